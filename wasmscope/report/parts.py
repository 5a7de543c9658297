"""The parts of a module that `dump` shows: for each, its facts and the columns of its table.

`PARTS` is the list: name, heading, columns, and the function that gives the rows. The keys of a row are the keys of its
JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from wasmscope.explain.debug_info.module_lines import debug_of, debug_ranges
from wasmscope.format.expr import ConstExpr
from wasmscope.format.linking import COMDAT_KIND_NAMES, SEGMENT_FLAG_NAMES
from wasmscope.format.module import Module
from wasmscope.format.types import FUNCTION, GLOBAL, KIND_NAMES, MEMORY, TABLE, TAG, kind_name, type_name
from wasmscope.report.symbols import Names, relocation_facts, symbol_facts
from wasmscope.report.text import Column, columns

Rows = list[dict[str, Any]]


class Part(NamedTuple):
    """One part: `rows` gives its facts."""

    heading: str
    columns: tuple[Column, ...]
    rows: Callable[[Module, Names], Rows]


def _sections(module: Module, names: Names) -> Rows:
    return [
        {
            "index": one.index,
            "id": one.id,
            "name": one.name,
            "start": one.start,
            "contents": one.contents,
            "end": one.end,
            "size": one.end - one.body,
            "error": str(one.error) if one.error else None,
        }
        for one in module.sections
    ]


def _types(module: Module, names: Names) -> Rows:
    return [{"index": index, "type": str(one)} for index, one in enumerate(module.types)]


def _imports(module: Module, names: Names) -> Rows:
    numbers = [0] * len(KIND_NAMES)
    found = []
    for one in module.imports:
        desc = names.type(one.desc) if isinstance(one.desc, int) else str(one.desc)
        found.append(
            {
                "kind": KIND_NAMES[one.kind],
                "index": numbers[one.kind],
                "module": one.module,
                "name": one.name,
                "type": desc,
            }
        )
        numbers[one.kind] += 1
    return found


def _functions(module: Module, names: Names) -> Rows:
    first = module.num_imported(FUNCTION)
    bodies = module.bodies
    found = []
    for position, type in enumerate(module.functions):
        body = bodies[position] if position < len(bodies) else None
        number = first + position
        facts = {"index": number, "name": names.functions.get(number), "type": names.type(type)}
        if body is not None:
            facts |= {"start": body.start, "end": body.end, "size": body.end - body.code_start}
        found.append(facts)
    return found


def _numbered(kind: int, items: Callable[[Module], list[Any]]) -> Callable[[Module, Names], Rows]:
    def rows(module: Module, names: Names) -> Rows:
        first = module.num_imported(kind)
        return [
            {"index": first + position} | _described(one, kind, names) for position, one in enumerate(items(module))
        ]

    return rows


def _described(one: Any, kind: int, names: Names) -> dict[str, Any]:
    if kind in (TABLE, GLOBAL):
        return {"type": str(one.type), "init": None if one.init is None else expression(one.init)}
    if kind == TAG:
        return {"type": names.type(one)}
    return {"type": str(one)}


def expression(expr: ConstExpr) -> str:
    """A constant expression without its end: `i32.const 1024`."""
    return "; ".join(str(instr) for instr in expr if instr.opcode != "end")


def _exports(module: Module, names: Names) -> Rows:
    return [{"name": one.name, "kind": kind_name(one.kind), "index": one.index} for one in module.exports]


def _start(module: Module, names: Names) -> Rows:
    return [] if module.start is None else [{"index": module.start, "name": names.functions.get(module.start)}]


def _elements(module: Module, names: Names) -> Rows:
    modes = ("active", "passive", "active", "declarative")
    return [
        {
            "index": index,
            "mode": modes[one.flags & 3],
            "table": one.table,
            "offset": None if one.offset is None else expression(one.offset),
            "type": type_name(one.type),
            "items": [
                names.functions.get(item, str(item)) if isinstance(item, int) else expression(item)
                for item in one.items
            ],
        }
        for index, one in enumerate(module.elements)
    ]


def _segments(module: Module, names: Names) -> Rows:
    infos = module.linking.segments if module.linking else []
    given = module.names.datas if module.names else {}
    found = []
    for index, one in enumerate(module.datas):
        info = infos[index] if index < len(infos) else None
        facts: dict[str, Any] = {
            "index": index,
            "name": info.name if info else given.get(index),
            "mode": "passive" if one.flags & 1 else "active",
            "address": None if one.offset is None else expression(one.offset),
            "start": one.start,
            "size": one.end - one.start,
        }
        if info is not None:
            flags = [name for bit, name in SEGMENT_FLAG_NAMES.items() if info.flags & bit]
            facts |= {"align": 1 << info.align, "flags": flags}
        found.append(facts)
    return found


def _init_functions(module: Module, names: Names) -> Rows:
    inits = module.linking.init_funcs if module.linking else []
    return [{"priority": one.priority, "symbol": one.symbol, "name": names.named(one.symbol)} for one in inits]


def _comdats(module: Module, names: Names) -> Rows:
    groups = module.linking.comdats if module.linking else []
    return [
        {
            "index": index,
            "name": one.name,
            "members": [f"{COMDAT_KIND_NAMES.get(kind, f'kind {kind}')} {item}" for kind, item in one.entries],
        }
        for index, one in enumerate(groups)
    ]


def _features(module: Module, names: Names) -> Rows:
    return [{"prefix": one.prefix, "name": one.name}
            for one in module.features or ()]  # fmt: skip


def _units(module: Module, names: Names) -> Rows:
    debug = debug_of(module)
    return [
        {"offset": one.offset, "name": one.name, "version": one.version, "directory": one.directory,
         "producer": one.producer}
        for one in (debug.dwarf.units if debug is not None else ())
    ]  # fmt: skip


def _ranges(module: Module, names: Names) -> Rows:
    return [one._asdict() for one in debug_ranges(module)]


PARTS: dict[str, Part] = {
    "sections": Part(
        "Sections", columns("index:number id:number name start:hex contents:hex end:hex size:number error"), _sections
    ),
    "types": Part("Types", columns("index:number type"), _types),
    "imports": Part("Imports", columns("kind index:number module name type"), _imports),
    "functions": Part("Functions", columns("index:number name type start:hex end:hex size:number"), _functions),
    "tables": Part("Tables", columns("index:number type init"), _numbered(TABLE, lambda module: list(module.tables))),
    "memories": Part(
        "Memories", columns("index:number type/pages"), _numbered(MEMORY, lambda module: list(module.memories))
    ),
    "tags": Part("Tags", columns("index:number type"), _numbered(TAG, lambda module: list(module.tags))),
    "globals": Part(
        "Globals", columns("index:number type init"), _numbered(GLOBAL, lambda module: list(module.globals))
    ),
    "exports": Part("Exports", columns("name kind index:number"), _exports),
    "start": Part("Start function", columns("index:number name"), _start),
    "elements": Part("Elements", columns("index:number mode table:number offset type items:list"), _elements),
    "segments": Part(
        "Data segments",
        columns("index:number name mode address align:number flags:list start:hex size:number"),
        _segments,
    ),
    "symbols": Part(
        "Symbols",
        columns(
            "index:number kind name binding visibility state item:number segment:number offset:hex size:number"
            " flags:list"
        ),
        symbol_facts,
    ),
    "constructors": Part("Init functions", columns("priority:number symbol:number name"), _init_functions),
    "comdats": Part("COMDAT groups", columns("index:number name members:list"), _comdats),
    "relocations": Part(
        "Relocations",
        columns("section offset:hex file_offset/at:hex type names addend:number"),
        relocation_facts,
    ),
    "features": Part("Target features", columns("prefix name"), _features),
}

ON_DEMAND: dict[str, Part] = {
    "units": Part("Compilation units", columns("offset:hex name version:number directory producer"), _units),
    "ranges": Part("Address ranges of debug information", columns("unit start:hex end:hex state"), _ranges),
}
"""Parts that are shown only when somebody asks for them: they take the debug information apart."""
