"""A module's bytes as a tree: header, sections, records, instructions, immediates. Parts are made when opened."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from wasmscope.errors import FormatError
from wasmscope.explain.naming import type_title
from wasmscope.format.code import body, instructions
from wasmscope.format.custom import NAME_SUBSECTIONS
from wasmscope.format.expr import Instr
from wasmscope.format.linking import SUBSECTION_NAMES
from wasmscope.format.module import Module, Section
from wasmscope.format.relocs import Relocs
from wasmscope.format.types import FUNCTION, type_name
from wasmscope.format.vectors import Subsection

KINDS = ("func", "table", "memory", "global", "tag")


class Node:
    """A named run of bytes, `start` to `end` in the file, with what it says; its parts are made by `parts`."""

    __slots__ = ("_children", "_parts", "end", "label", "start", "value")

    def __init__(
        self, label: str, start: int, end: int, value: str = "", parts: Callable[[], Iterable[Node]] | None = None
    ) -> None:
        self.label = label
        self.start = start
        self.end = end
        self.value = value
        self._parts = parts
        self._children: list[Node] | None = None

    @property
    def leaf(self) -> bool:
        """Whether it has no parts for certain."""
        return self._parts is None

    def children(self) -> list[Node]:
        """Its parts, in the order of the bytes."""
        if self._children is None:
            self._children = list(self._parts()) if self._parts is not None else []
        return self._children


def file_nodes(module: Module) -> list[Node]:
    """The roots: the header, then every section."""
    header = Node("header", 0, 8, "", lambda: [Node("magic", 0, 4, "\\0asm"), Node("version", 4, 8, "1")])
    return [header, *(section_node(module, section) for section in module.sections)]


def path_to(nodes: Sequence[Node], offset: int) -> list[Node]:
    """The nodes around byte `offset`, outermost first."""
    path: list[Node] = []
    while True:
        at = bisect_right(nodes, offset, key=lambda one: one.start) - 1
        if at < 0 or offset >= nodes[at].end:
            return path
        path.append(nodes[at])
        nodes = nodes[at].children()


def section_node(module: Module, section: Section) -> Node:
    """One section and its parts."""
    value = f"! {section.error.message}" if section.error is not None else ""
    return Node(
        section.name or f"section {section.id}", section.start, section.end, value, lambda: _parts(module, section)
    )


def _parts(module: Module, section: Section) -> list[Node]:
    parts = [Node("id", section.start, section.start + 1, str(section.id))]
    if section.body > section.start + 1:
        parts.append(Node("size", section.start + 1, section.body, f"{section.end - section.body}"))
    if section.contents > section.body:
        parts.append(Node("name", section.body, section.contents, section.name))
    records = _records(module, section)
    at = section.contents
    if records and records[0].start > at:
        parts.append(Node("count", at, records[0].start, _count(module, section, records)))
    parts += records
    end = parts[-1].end if records else at
    if end < section.end:
        parts.append(
            Node(
                "contents" if not records else "rest", end, section.end, section.error.message if section.error else ""
            )
        )
    return parts


def _count(module: Module, section: Section, records: list[Node]) -> str:
    return "version 2" if section.name == "linking" and section.id == 0 else str(len(records))


def _records(module: Module, section: Section) -> list[Node]:
    if section.id in _KNOWN:
        return _KNOWN[section.id](module)
    if section.id == 0 and section.name == "linking" and module.linking is not None:
        return [_subsection(module, one) for one in module.linking.subsections]
    if section.id == 0 and section.name == "name" and module.names is not None:
        return [_names(module, one) for one in module.names.subsections]
    if section.id == 0 and section.name.startswith("reloc."):
        found = next((one for one in module.relocs if one.section_name == section.name), None)
        return _relocs(found) if found is not None else []
    if section.id == 0 and section.name == "target_features" and module.features is not None:
        return _listed(module.features, lambda i, one: (str(one), ""))
    if section.id == 0 and section.name == "producers" and module.producers is not None:
        return _listed(module.producers, lambda i, one: (str(one.name), ""))
    return []


def _relocs(relocs: Relocs) -> list[Node]:
    nodes = []
    for i, (start, end) in enumerate(relocs.spans):
        one = relocs[i]
        addend = f" {one.addend:+d}" if one.addend else ""
        label = f"{i} {type_title(one.type).removeprefix('R_WASM_')}"
        nodes.append(Node(label, start, end, f"+{one.offset:#x} #{one.index}{addend}"))
    return nodes


Say = Callable[[int, Any], tuple[str, str]]


def _listed(vec: Any, say: Say) -> list[Node]:
    """A node for each record of a vector; `say` gives its label and value."""
    return [Node(*_around(say(i, one), span)) for i, (one, span) in enumerate(zip(vec, vec.spans, strict=False))]


def _around(said: tuple[str, str], span: tuple[int, int]) -> tuple[str, int, int, str]:
    return said[0], span[0], span[1], said[1]


def _numbered(attribute: str, kind: int, say: Say) -> Callable[[Module], list[Node]]:
    """Records of an index space: numbered after the imports."""

    def records(module: Module) -> list[Node]:
        first = module.num_imported(kind) if kind >= 0 else 0
        return _listed(getattr(module, attribute), lambda i, one: say(i + first, one))

    return records


def _expr(expr: tuple[Instr, ...]) -> str:
    return " ".join(" ".join((one.opcode, *map(str, one.args))) for one in expr[:-1])


def _bodies(module: Module) -> list[Node]:
    first = module.num_imported(FUNCTION)
    names = module.names.functions if module.names is not None else _symbol_names(module)
    return [
        Node(
            f"{first + i} {names.get(first + i, 'func')}",
            one.start,
            one.end,
            "",
            partial(_code, module.data, one.start, one.end),
        )
        for i, one in enumerate(module.bodies)
    ]


def _symbol_names(module: Module) -> dict[int, str]:
    symbols = module.linking.symbols if module.linking is not None else ()
    return {one.index: one.name for one in symbols if one.kind == 0 and one.name is not None}


def _code(data: bytes, start: int, end: int) -> list[Node]:
    try:
        frame = body(data, start, end)
    except FormatError as error:
        return [Node("not read", start, end, str(error))]
    parts = [Node("size", start, frame.size_end, str(frame.end - frame.size_end))]
    declared = ", ".join(f"{run.number} {type_name(run.type)}" for run in frame.locals)
    parts.append(Node("locals", frame.size_end, frame.code_start, declared or "none"))
    for one in instructions(data, frame.code_start, frame.end, lenient=True):
        immediates = [Node("opcode", one.start, one.args[0].start, one.name)] if one.args else []
        immediates += [Node(arg.kind, arg.start, arg.end, str(arg.value)) for arg in one.args]
        parts.append(Node(one.text(), one.start, one.end, "", partial(list, immediates)))
    return parts


def _datas(module: Module) -> list[Node]:
    infos = module.linking.segments if module.linking is not None else []
    nodes = []
    for i, (one, span) in enumerate(zip(module.datas, module.datas.spans, strict=False)):
        name = infos[i].name if i < len(infos) else "segment"
        offset = _expr(one.offset) if one.offset is not None else "passive"
        parts = [Node("header", span[0], one.start, offset), Node("bytes", one.start, one.end)]
        nodes.append(Node(f"{i} {name}", *span, "", partial(list, parts)))
    return nodes


def _subsection(module: Module, part: Subsection) -> Node:
    linking = module.linking
    assert linking is not None
    lists: dict[int, tuple[Any, Say]] = {
        5: (linking.segments, lambda i, one: (f"{i} {one.name}", f"align {1 << one.align}")),
        6: (linking.init_funcs, lambda i, one: (f"priority {one.priority}", f"symbol {one.symbol}")),
        7: (linking.comdats, lambda i, one: (one.name, f"{len(one.entries)} entries")),
        8: (
            linking.symbols,
            lambda i, one: (f"#{i} {one.name or '(import)'}", f"{KINDS_OF_SYMBOLS[one.kind]} {one.binding}"),
        ),
    }
    name = SUBSECTION_NAMES.get(part.type, f"subsection {part.type}")
    if part.type not in lists:
        return Node(name, part.start, part.end)
    return Node(name, part.start, part.end, "", lambda: _listed(*lists[part.type]))


KINDS_OF_SYMBOLS = ("func", "data", "global", "section", "tag", "table")


def _names(module: Module, part: Subsection) -> Node:
    names = module.names
    assert names is not None
    name = NAME_SUBSECTIONS[part.type] if part.type < len(NAME_SUBSECTIONS) else f"subsection {part.type}"
    found = getattr(names, name, None)
    starts = getattr(found, "starts", None)
    if not starts or not isinstance(found, dict):
        return Node(name, part.start, part.end)
    base = found.base  # type: ignore[attr-defined]

    def entries() -> list[Node]:
        return [
            Node(f"{index} {text}", base + starts[i], base + starts[i + 1])
            for i, (index, text) in enumerate(found.items())
            if i + 1 < len(starts)
        ]

    return Node(name, part.start, part.end, f"{len(found)} names", entries)


_KNOWN: dict[int, Callable[[Module], list[Node]]] = {
    1: _numbered("types", -1, lambda i, one: (f"{i} {one}", "")),
    2: _numbered("imports", -1, lambda i, one: (f"{one.module}.{one.name}", KINDS[one.kind])),
    3: _numbered("functions", 0, lambda i, one: (f"{i}", f"type {one}")),
    4: _numbered("tables", 1, lambda i, one: (f"{i}", str(one.type))),
    5: _numbered("memories", 2, lambda i, one: (f"{i}", str(one))),
    6: _numbered("globals", 3, lambda i, one: (f"{i} {one.type}", _expr(one.init))),
    7: _numbered("exports", -1, lambda i, one: (one.name, f"{KINDS[one.kind]} {one.index}")),
    9: _numbered("elements", -1, lambda i, one: (f"{i} elements", f"{len(one.items)} items")),
    10: _bodies,
    11: _datas,
    13: _numbered("tags", 4, lambda i, one: (f"{i}", f"type {one}")),
}
