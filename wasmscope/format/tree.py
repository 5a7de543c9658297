"""The structure of a file as a tree of nodes: header, sections, entries, fields, down to single numbers.

`tree` gives the root; nodes below it are made when they are looked at (see `node`). Sections whose records were read
hang their entries on where the codecs found them, so a vector of 100,000 entries costs nothing until one is opened.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wasmscope.errors import FormatError
from wasmscope.format import grammar
from wasmscope.format.code import Instruction, body, instructions
from wasmscope.format.fields import Fields, VectorRule, bytes_node, fields, reached, rest, rows
from wasmscope.format.frames import Section
from wasmscope.format.grammar import expr_text
from wasmscope.format.immediates import Immediate
from wasmscope.format.leb128 import U8, String, read_u32
from wasmscope.format.module import Module
from wasmscope.format.node import Children, Node, node_at
from wasmscope.format.opcodes import UNDECODED
from wasmscope.format.section_ids import CODE_ID, CUSTOM_ID, DATA_COUNT_ID, START_ID
from wasmscope.format.tree_customs import CUSTOMS, relocs
from wasmscope.format.types import FUNCTION, GLOBAL, KIND_NAMES, MEMORY, TABLE, TAG, heap_name, type_name
from wasmscope.format.wat import float_text

__all__ = ["Children", "Node", "node_at", "tree"]


def tree(module: Module, named: Callable[[str], str] = str) -> Node:
    """The root of the tree over all bytes of `module`; `named`: how to show the name of a function at its body."""
    return Node("module", 0, len(module.data), module.file, lambda: _module(module, named))


def _module(module: Module, named: Callable[[str], str]) -> Children:
    if not module.has_header:
        return Children([Node("bytes", 0, len(module.data), module.errors[0].message)])
    header = Node("header", 0, 8, "wasm version 1", lambda: Children(_HEADER))
    return Children([header, *(_section(module, section, named) for section in module.sections)])


_HEADER = [Node("magic", 0, 4, r"\0asm"), Node("version", 4, 8, "1")]


def _section(module: Module, section: Section, named: Callable[[str], str]) -> Node:
    problem = f", {section.error.message}" if section.error is not None else ""
    value = f"{'section' if section.id else 'custom section'}, {section.end - section.body:,} bytes{problem}"
    return Node(section.name or "custom", section.start, section.end, value, lambda: _contents(module, section, named))


def _contents(module: Module, section: Section, named: Callable[[str], str]) -> Children:
    """Id, size and name of a section, and what is in it."""
    at = Fields(module.data, section.start, section.end)
    try:
        at.take("id", U8, lambda id: f"{id} ({section.name if id else 'custom'})")
        at.u32("size")
        if section.id == CUSTOM_ID:
            at.take("name", String, repr)
    except (FormatError, IndexError):
        return Children([*at.nodes, bytes_node(module.data, "unreadable", at.pos, section.end)])
    known = _known(module, section)
    if known is None:
        return Children([*at.nodes, *rest(module, section, at.pos, "contents")])
    inner = _code(module, section, named) if known is _code else known(module, section)
    inner.head[:0] = at.nodes
    return inner


def _known(module: Module, section: Section) -> Callable[[Module, Section], Children] | None:
    """How to take `section` apart; None when nobody knows, or when it is there a second time."""
    if section.id:
        first = module.section(section.id) is section
        if section.id in (START_ID, DATA_COUNT_ID):
            return _number
        if section.id == CODE_ID:
            return _code if first else None
        return _vector if first and section.id in _VECTORS else None
    if section.name.startswith("reloc."):
        return relocs
    return CUSTOMS.get(section.name) if module.custom(section.name) is section else None


# --- sections that are a vector or a number ----------------------------------------------------------------------


def _import_text(module: Module, row: int, one: Any) -> str:
    return f"{one.module}.{one.name} {KIND_NAMES[one.kind]}"


def _function_text(module: Module, row: int, one: int) -> str:
    return f"type {one}: {module.types[one]}" if one < len(module.types) else f"type {one}"


def _global_text(module: Module, row: int, one: Any) -> str:
    return f"{one.type} = {expr_text(one.init)}"


def _export_text(module: Module, row: int, one: Any) -> str:
    return f"{one.name!r} {KIND_NAMES[one.kind] if one.kind < len(KIND_NAMES) else one.kind} {one.index}"


def _element_text(module: Module, row: int, one: Any) -> str:
    where = f"table {one.table} at {expr_text(one.offset)}" if one.offset is not None else "passive"
    return f"{len(one.items)} elements, {where}"


def _data_text(module: Module, row: int, one: Any) -> str:
    infos = module.linking.segments if module.linking is not None else []
    name = f"{infos[row].name}, " if row < len(infos) else ""
    return f"{name}{one.end - one.start:,} bytes"


def _plain(module: Module, row: int, one: Any) -> str:
    return str(one)


_VECTORS = {
    1: VectorRule("types", "type", _plain, grammar.defined_type),
    2: VectorRule("imports", "import", _import_text, grammar.import_),
    3: VectorRule("functions", "function", _function_text, grammar.function),
    4: VectorRule("tables", "table", lambda module, row, one: str(one.type), grammar.table),
    5: VectorRule("memories", "memory", _plain, grammar.limits),
    13: VectorRule("tags", "tag", _function_text, grammar.tag_type),
    6: VectorRule("globals", "global", _global_text, grammar.global_),
    7: VectorRule("exports", "export", _export_text, grammar.export),
    9: VectorRule("elements", "element segment", _element_text, grammar.element),
    11: VectorRule("datas", "segment", _data_text, grammar.data_segment),
}


def _vector(module: Module, section: Section) -> Children:
    rule = _VECTORS[section.id]
    vector = getattr(module, rule.attribute)
    children = rows(module, vector, rule, section.contents, _first_number(module, rule))
    children.tail = rest(module, section, reached(vector, section.contents))
    return children


def _first_number(module: Module, rule: VectorRule) -> int:
    """Number of the first entry: what a module defines itself is numbered after what it imports."""
    kinds = {"functions": FUNCTION, "tables": TABLE, "memories": MEMORY, "globals": GLOBAL, "tags": TAG}
    return module.num_imported(kinds[rule.attribute]) if rule.attribute in kinds else 0


def _number(module: Module, section: Section) -> Children:
    def rule(at: Fields) -> None:
        at.u32("function index" if section.id == START_ID else "data segments")

    return fields(module.data, section.contents, section.end, rule)


# --- code ---------------------------------------------------------------------------------------------------------


def _code(module: Module, section: Section, named: Callable[[str], str] = str) -> Children:
    bodies, first, data = module.bodies, module.num_imported(FUNCTION), module.data
    if not bodies.starts:
        return Children(rest(module, section, section.contents))

    def make(row: int, start: int, end: int) -> Node:
        name = named(module.function_names.get(first + row, ""))
        return Node(f"body {first + row}", start, end, name, lambda: _body(data, start, end))

    count = Node("count", section.contents, bodies.base + bodies.starts[0], str(read_u32(data, section.contents)[0]))
    tail = rest(module, section, reached(bodies, section.contents))
    return Children([count], bodies.starts, make, tail, bodies.base)


def _body(data: bytes, start: int, end: int) -> Children:
    """Size, locals and instructions of a function body."""
    try:
        frame = body(data, start, end)
    except (FormatError, IndexError):
        return Children([bytes_node(data, "unreadable", start, end)])
    size, code = read_u32(data, start)
    head = [Node("size", start, code, str(size))]
    head.append(Node("local runs", code, read_u32(data, code)[1], str(len(frame.locals))))
    head += [Node("locals", run.start, run.end, f"{run.number} × {type_name(run.type)}") for run in frame.locals]
    found = list(instructions(data, frame.code_start, end, lenient=True))

    def make(row: int, begin: int, stop: int) -> Node:
        return _instruction(found[row])

    starts = [one.start for one in found] + [end] if found else []
    return Children(head, starts, make)


def _instruction(one: Instruction) -> Node:
    if one.name == UNDECODED:
        return Node(UNDECODED, one.start, one.end, str(one.args[-1].value))
    text = one.text()[len(one.name) :].strip()
    if not one.args:
        return Node(one.name, one.start, one.end, text)
    return Node(one.name, one.start, one.end, text, lambda: _immediates(one))


def _immediates(one: Instruction) -> Children:
    nodes = [Node(arg.kind, arg.start, arg.end, _immediate_text(arg)) for arg in one.args]
    first = one.args[0].start
    return Children([Node("opcode", one.start, first, one.name), *nodes] if first > one.start else nodes)


def _immediate_text(arg: Immediate) -> str:
    if arg.kind in ("f32", "f64"):
        return float_text(arg.value, 4 if arg.kind == "f32" else 8)
    if arg.kind == "valtype":
        return type_name(arg.value)
    if arg.kind == "heap":
        return heap_name(arg.value)
    return arg.value.hex(" ") if isinstance(arg.value, bytes) else str(arg.value)
