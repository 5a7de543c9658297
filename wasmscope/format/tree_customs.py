"""The custom sections in the tree of a file: linking, reloc.*, name, producers, target_features, dylink.0, build_id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wasmscope.errors import FormatError
from wasmscope.format import grammar_customs as grammar
from wasmscope.format.custom import INDIRECT_NAMES, NAME_SUBSECTIONS, Names
from wasmscope.format.fields import Fields, Rule, VectorRule, bytes_node, entry_node, fields, reached, rest, rows
from wasmscope.format.frames import Section
from wasmscope.format.leb128 import U8, String, read_u32
from wasmscope.format.linking import SUBSECTION_NAMES, SYMBOL_KINDS
from wasmscope.format.module import Module
from wasmscope.format.node import Children, Node
from wasmscope.format.reloc_section import Relocs
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.format.vectors import Subsection


def _symbol_text(module: Module, row: int, one: Any) -> str:
    word = "defined" if one.defined else "undefined"
    return f"{module.symbol_name(one)}, {word} {one.binding} {SYMBOL_KINDS[one.kind]}"


def _init_text(module: Module, row: int, one: Any) -> str:
    symbols = module.linking.symbols if module.linking is not None else []
    name = module.symbol_name(symbols[one.symbol]) if one.symbol < len(symbols) else f"symbol {one.symbol}"
    return f"{name}, priority {one.priority}"


_LINKING_PARTS = {
    5: VectorRule("segments", "segment", lambda module, row, one: one.name, grammar.segment_info),
    6: VectorRule("init_funcs", "init function", _init_text, grammar.init_func),
    7: VectorRule("comdats", "group", lambda module, row, one: one.name, grammar.comdat),
    8: VectorRule("symbols", "symbol", _symbol_text, grammar.symbol),
}


def _linking(module: Module, section: Section) -> Children:
    version = fields(module.data, section.contents, section.end, lambda at: at.u32("version")).head[:1]
    linking = module.linking
    assert linking is not None, "it is there"

    def contents(part: Subsection) -> Children | None:
        rule = _LINKING_PARTS.get(part.type)
        vector = getattr(linking, rule.attribute) if rule is not None else None
        if rule is None or vector is None or vector.base != part.contents:
            return None
        return rows(module, vector, rule, part.contents)

    nodes = [_subsection(module, part, SUBSECTION_NAMES.get(part.type, ""), contents) for part in linking.subsections]
    return _with_rest(module, section, version + nodes)


def _subsection(
    module: Module, part: Subsection, label: str, contents: Callable[[Subsection], Children | None]
) -> Node:
    """A subsection: type, size, and what `contents` makes of the rest."""

    def children() -> Children:
        at = Fields(module.data, part.start, part.end)
        at.take("type", U8, lambda type: f"{type} ({label})" if label else str(type))
        at.nodes.append(Node("size", at.pos, part.contents, str(read_u32(module.data, at.pos)[0])))
        inner = contents(part) or Children()
        inner.head[:0] = at.nodes
        end = inner[-1].end
        if end < part.end:
            inner.tail.append(bytes_node(module.data, "unread" if inner.entries else "contents", end, part.end))
        return inner

    value = f"{part.end - part.contents:,} bytes"
    return Node(label or f"subsection {part.type}", part.start, part.end, value, children)


def _with_rest(module: Module, section: Section, nodes: list[Node]) -> Children:
    return Children(nodes, tail=rest(module, section, nodes[-1].end if nodes else section.contents))


def relocs(module: Module, section: Section) -> Children:
    """Target, count and entries of a reloc section."""
    columns = next(one for one in module.relocs if one.start == section.contents)
    head = fields(module.data, section.contents, section.end, _reloc_head).head[:2]
    starts = [start for start, _ in columns.spans]
    if starts:
        starts.append(columns.spans[-1][1])

    def make(row: int, start: int, end: int) -> Node:
        text = _reloc_text(module, columns, row)
        return entry_node(module.data, f"relocation {row}", start, end, grammar.reloc, text)

    end = starts[-1] if starts else head[-1].end
    return Children(head, starts, make, rest(module, section, end))


def _reloc_head(at: Fields) -> None:
    at.u32("target section")
    at.u32("count")


def _reloc_text(module: Module, relocs: Relocs, row: int) -> str:
    one = relocs[row]
    symbols = module.linking.symbols if module.linking is not None else []
    if RELOC_TYPES[one.type].symbol_kind == "type":
        name = f"type {one.index}"
    else:
        name = module.symbol_name(symbols[one.index]) if one.index < len(symbols) else f"symbol {one.index}"
    addend = f"{one.addend:+}" if one.addend else ""
    return f"{RELOC_TYPES[one.type].name} {name}{addend} at {one.offset:#x}"


def _names(module: Module, section: Section) -> Children:
    names, data = module.names, module.data
    assert names is not None, "it is there"

    def contents(part: Subsection) -> Children | None:
        if part.type == 0:
            return fields(data, part.contents, part.end, lambda at: at.take("name", String, repr))
        attribute = NAME_SUBSECTIONS[part.type] if part.type < len(NAME_SUBSECTIONS) else ""
        if not attribute:
            return None
        rule = grammar.names_of if attribute in INDIRECT_NAMES else grammar.name
        starts = _map_starts(names, attribute, part, data)
        if not starts or starts[0] > part.end:  # not even the count is in its place
            return None
        head = Node("count", part.contents, starts[0], str(read_u32(data, part.contents)[0]))
        return Children([head], starts, lambda row, start, end: _name_node(data, rule, row, start, end))

    labels = dict(enumerate(NAME_SUBSECTIONS))
    return _with_rest(
        module, section, [_subsection(module, part, labels.get(part.type, ""), contents) for part in names.subsections]
    )


def _map_starts(names: Names, attribute: str, part: Subsection, data: bytes) -> list[int]:
    found = getattr(names, attribute)
    try:
        if attribute in INDIRECT_NAMES:
            return grammar.indirect_starts(data, read_u32(data, part.contents)[1], part.end)
    except FormatError:
        return []
    return [found.base + start for start in found.starts] if found.base == part.contents else []


def _name_node(data: bytes, rule: Rule, row: int, start: int, end: int) -> Node:
    index, pos = read_u32(data, start)
    value = str(index)
    if rule is grammar.name:
        value += f" {String.read(data, pos)[0]!r}"
    else:
        value += f": {read_u32(data, pos)[0]} names"
    return entry_node(data, f"name {row}", start, end, rule, value)


def _customs_vector(attribute: str, label: str, rule: Rule) -> Callable[[Module, Section], Children]:
    def contents(module: Module, section: Section) -> Children:
        vector = getattr(module, attribute)
        children = rows(module, vector, VectorRule(attribute, label, _record_text, rule), section.contents)
        children.tail = rest(module, section, reached(vector, section.contents))
        return children

    return contents


def _record_text(module: Module, row: int, one: Any) -> str:
    return f"{one.name}: {', '.join(map(str, one.values))}" if hasattr(one, "values") else str(one)


def _dylink(module: Module, section: Section) -> Children:
    dylink = module.dylink
    assert dylink is not None, "it is there"

    def contents(part: Subsection) -> Children | None:
        known = grammar.DYLINK_RULES.get(part.type)
        return fields(module.data, part.contents, part.end, known[1]) if known is not None else None

    labels = {type: label for type, (label, _) in grammar.DYLINK_RULES.items()}
    return _with_rest(
        module, section, [_subsection(module, part, labels.get(part.type, ""), contents) for part in dylink.subsections]
    )


def _build_id(module: Module, section: Section) -> Children:
    return fields(module.data, section.contents, section.end, grammar.build_id)


CUSTOMS: dict[str, Callable[[Module, Section], Children]] = {
    "linking": _linking,
    "name": _names,
    "producers": _customs_vector("producers", "field", grammar.producer_field),
    "target_features": _customs_vector("features", "feature", grammar.feature),
    "dylink.0": _dylink,
    "build_id": _build_id,
}
"""How to take each custom section apart."""
