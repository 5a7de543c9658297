"""A linked module in one page, when the objects that it was made of are not at hand.

Facts: `file`, `size` (bytes), `linked` (true), `errors` (as in `dump`), `sections` (name, start, size), `functions`
(how many: total, imported, exported, in_table, named), `start` (number and title, or null), `memory` (memory 0:
page_size, pages, max, imported, bases: imported globals that addresses count from, regions: name, kind, start, size,
rule; null without one), `tables`, `memories` and `globals` (number, name, type, origin, exports; a global's init,
value, role), `tags`, `imports` (module, name, kind, index, type), `exports` (name, kind, index, title), `segments`
(index, name, mode, address, memory: null for memory 0, base: the imported global that the address counts from, or null,
start, size), `customs` (name, start, size, purpose), `producers`, `features`, `build_id` (hex), `dylink`, `units`
(name, directory, producer, version, size, dropped), `relocations` (how many were kept).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wasmscope.explain.alone.lone import LoneModule
from wasmscope.explain.alone.lone_rows import Global, Memory, Table, Tag
from wasmscope.explain.alone.module_memory import memory_limits, page_size
from wasmscope.explain.alone.module_references import Item
from wasmscope.format.custom import Dylink
from wasmscope.format.types import MEMORY
from wasmscope.report.dump import debug_errors, error_facts, error_lines
from wasmscope.report.text import columns, count, printable, table

Facts = dict[str, Any]


def lone_facts(lone: LoneModule) -> Facts:
    """The facts of a linked module."""
    module = lone.module
    return {
        "file": module.file,
        "size": len(module.data),
        "linked": True,
        "sections": [{"name": one.name, "start": one.start, "size": one.end - one.start} for one in module.sections],
        "functions": _functions(lone),
        "start": _start(lone),
        "memory": _memory(lone),
        "tables": [_entity(one) | {"filled": one.filled} for one in lone.tables],
        "globals": [
            _entity(one) | {"init": one.init or None, "value": one.value, "role": one.role or None}
            for one in lone.globals
        ],
        "memories": [_entity(one) for one in lone.memories],
        "tags": [_entity(one) for one in lone.tags],
        "imports": [
            {"module": one.module, "name": one.name, "kind": one.kind, "index": one.number, "type": one.type}
            for one in lone.imports
        ],
        "exports": [
            {"name": one.name, "kind": one.kind, "index": one.number, "title": one.title} for one in lone.exports
        ],
        "segments": [
            {
                "index": one.number, "name": one.name or None, "mode": "passive" if one.passive else "active",
                "address": one.address, "memory": one.memory or None, "base": one.base or None,
                "start": one.start, "size": one.end - one.start,
            }
            for one in lone.segments
        ],
        "customs": [
            {"name": one.name, "start": one.start, "size": one.end - one.start, "purpose": one.purpose or None}
            for one in lone.customs
        ],
        "producers": [
            {"field": field.name, "name": one.name, "version": one.version}
            for field in module.producers or ()
            for one in field.values
        ],
        "features": [str(one) for one in module.features or ()],
        "build_id": module.build_id.hex() if module.build_id is not None else None,
        "dylink": _dylink(module.dylink) if module.dylink is not None else None,
        "units": [one._asdict() for one in lone.units],
        "relocations": len(lone.relocations),
        "errors": [*map(error_facts, module.errors), *debug_errors(module)],
    }  # fmt: skip


def _functions(lone: LoneModule) -> Facts:
    return {
        "total": len(lone.functions),
        "imported": sum(bool(one.origin) for one in lone.functions),
        "exported": sum(bool(one.exports) for one in lone.functions),
        "in_table": sum(bool(one.slots) for one in lone.functions),
        "named": sum(bool(one.name) for one in lone.functions),
    }


def _start(lone: LoneModule) -> Facts | None:
    start = lone.module.start
    return None if start is None else {"index": start, "title": lone.title(Item("function", start))}


def _memory(lone: LoneModule) -> Facts | None:
    limits = memory_limits(lone.module)
    if limits is None:
        return None
    return {
        "page_size": page_size(limits),
        "pages": limits.min,
        "max": limits.max,
        "imported": lone.module.num_imported(MEMORY) > 0,
        "bases": lone.bases,
        "regions": [
            {"name": one.name, "kind": one.kind, "start": one.start, "size": one.end - one.start, "rule": one.rule}
            for one in lone.regions
        ],
    }


def _entity(one: Global | Memory | Table | Tag) -> Facts:
    return {
        "index": one.number,
        "name": one.name or None,
        "type": one.type,
        "origin": one.origin or None,
        "exports": list(one.exports),
    }


def _dylink(one: Dylink) -> Facts:
    return {
        "memory": one.memory._asdict() if one.memory is not None else None,
        "needed": list(one.needed),
        "exports": [export._asdict() for export in one.exports],
        "imports": [given._asdict() for given in one.imports],
        "runtime_path": list(one.runtime_path),
    }


# --- as text ----------------------------------------------------------------------------------------------------

SHOWN = 20
"""So many rows of a list are printed; JSON has them all."""


def lines(facts: Facts) -> Iterator[str]:
    """The facts as text."""
    functions = facts["functions"]
    yield f"{printable(facts['file'])}: a linked module, {count(facts['size'], 'byte')}"
    parts = [f"{functions[key]:,} {key.replace('_', ' ')}" for key in ("imported", "exported", "in_table", "named")]
    yield f"  functions   {functions['total']:,}: {', '.join(parts)}"
    yield from _short(facts)
    yield from _block("Sections", facts["sections"], "name start:hex size:number")
    yield from _memory_lines(facts["memory"])
    if len(facts["memories"]) > 1:
        yield from _block("Memories", facts["memories"], "index:number name type origin/imported_as exports:list")
    yield from _block("Data segments", facts["segments"], _SEGMENTS)
    yield from _block("Globals", [one | {"value": _value(one)} for one in facts["globals"]], _GLOBALS)
    yield from _block("Tables", facts["tables"], "index:number name type filled:number origin/imported_as exports:list")
    yield from _block("Tags", facts["tags"], "index:number name type origin/imported_as exports:list")
    yield from _block("Imports", facts["imports"], "kind index:number module name type")
    yield from _block("Exports", facts["exports"], "name kind index:number title/is")
    yield from _block("Debug information", facts["units"], _UNITS)
    yield from _dylink_lines(facts["dylink"])
    yield from error_lines(facts)


_SEGMENTS = "index:number name mode memory:number address:hex base/counted_from start/at:hex size:number"
_GLOBALS = "index:number name type value:number origin/imported_as exports:list role"
_UNITS = "name version:number size/code:number dropped:number dangling:number directory"


def _value(one: Facts) -> str | None:
    """What a global holds at first: its number, or how it is made if it is none."""
    return f"{one['value']:#x}" if one["value"] is not None else one["init"]


def _short(facts: Facts) -> Iterator[str]:
    if facts["start"] is not None:
        yield f"  start       function {facts['start']['index']} {printable(facts['start']['title'])}"
    made = [f"{one['name']} {one['version']}".rstrip() for one in facts["producers"]]
    for key, text in (
        ("made by", ", ".join(made)),
        ("features", ", ".join(facts["features"])),
        ("build id", facts["build_id"] or ""),
        ("kept", f"{count(facts['relocations'], 'relocation')} of --emit-relocs" if facts["relocations"] else ""),
    ):
        if text:
            yield printable(f"  {key:<11} {text}")


def _memory_lines(memory: Facts | None) -> Iterator[str]:
    if memory is None:
        return
    most = f", at most {memory['max']:,}" if memory["max"] is not None else ""
    imported = ", imported" if memory["imported"] else ""
    yield ""
    yield f"Memory: {count(memory['pages'], 'page')} of {memory['page_size']:,} bytes{most}{imported}"
    yield from (f"  addresses count from {printable(one)}" for one in memory["bases"])
    yield from table(memory["regions"], columns("start/address:hex size:number name kind rule"))


def _dylink_lines(dylink: Facts | None) -> Iterator[str]:
    if dylink is None:
        return
    yield ""
    yield "For the dynamic linker:"
    if dylink["memory"] is not None:
        words = ", ".join(f"{key.replace('_', ' ')} {value:,}" for key, value in dylink["memory"].items())
        yield f"  {words}"
    for key in ("needed", "runtime_path"):
        if dylink[key]:
            yield printable(f"  {key.replace('_', ' ')}: {', '.join(dylink[key])}")
    if dylink["exports"] or dylink["imports"]:
        yield f"  flags of {count(len(dylink['exports']), 'export')} and {count(len(dylink['imports']), 'import')}"


def _block(heading: str, rows: list[Facts], spec: str) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield f"{heading} ({len(rows):,}):"
    yield from table(rows[:SHOWN], columns(spec))
    if len(rows) > SHOWN:
        yield f"  … and {len(rows) - SHOWN:,} more (--json, or wasmscope dump)"
