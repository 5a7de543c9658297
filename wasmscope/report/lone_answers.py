"""`why` and `at` of a linked module without its objects.

Facts of `why`: `space`, `index`, `name`, `title`, `what` (signature or type), `origin` (of an import), `exports`,
`slots`, `offset` and `size` (of a function's body or a segment), `source`, `reached` (path from the module itself:
what, by, offset; null when nothing reaches it), `paths` (such paths, the shortest first, as many as asked for; null
when one was asked for), `keepers` (what alone keeps it, the nearest first), `retains` (bytes
that would go with it), `named_by` and `names` (what, by or to, offset, source).
Facts of `at`: `space` ("file" or "memory"), `offset`, `byte`, `section`, `section_offset`, `path`, `of` (title),
`of_offset`, `address`, `memory` (its number), `region` (name, kind, start, end, rule), `holds` (hex),
`symbol` (name, offset; if kept), `variable` (name, address, size), `relocation` (type, names, addend), `source`,
`frames`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from wasmscope.explain.alone.lone import LoneModule
from wasmscope.explain.alone.lone_byte import LoneByte, address_text, span_of
from wasmscope.explain.alone.lone_why import LoneWhy, paths_to, source_of_item
from wasmscope.explain.alone.module_references import Item, Reference
from wasmscope.explain.debug_info.module_lines import line_of_byte
from wasmscope.format.reloc_section import Reloc
from wasmscope.report.at import path_text
from wasmscope.report.lines import frame_facts, frame_lines, source_facts, source_text
from wasmscope.report.symbols import Names, relocation_type
from wasmscope.report.text import count, dumped, printable

Facts = dict[str, Any]


def why_facts(lone: LoneModule, told: LoneWhy, paths: int = 1) -> Facts:
    """The facts of one thing in a module; `paths`: how many ways to it to list."""
    space, number = told.item
    row: Any = None
    if space in _ROWS and number < len(rows := getattr(lone, _ROWS[space])):
        row = rows[number]
    span = span_of(lone, told.item)
    return {
        "space": space,
        "index": number,
        "name": getattr(row, "name", "") or None,
        "title": told.title,
        "what": getattr(row, "signature", None) or getattr(row, "type", None),
        "origin": getattr(row, "origin", "") or None,
        "exports": list(getattr(row, "exports", ())),
        "slots": list(getattr(row, "slots", ())),
        "offset": span[0] if span is not None else None,
        "size": span[1] - span[0] if span is not None else None,
        "source": source_facts(source_of_item(lone, told.item)),
        "reached": [_reference(lone, one) for one in told.path] or None,
        "paths": None if paths <= 1 else [
            [_reference(lone, one) for one in path] for path in islice(paths_to(lone, told.item), paths)
        ],
        "keepers": [lone.title(one) for one in told.keepers],
        "retains": told.retains.total if told.retains is not None else None,
        "named_by": [_reference(lone, one) for one in told.named_by],
        "names": [_reference(lone, one) for one in told.names],
    }


_ROWS = {
    "function": "functions", "global": "globals", "table": "tables", "memory": "memories", "tag": "tags",
    "data": "segments",
}  # fmt: skip


def _reference(lone: LoneModule, one: Reference) -> Facts:
    return {
        "by": lone.title(one.by) if one.by is not None else None,
        "to": lone.title(one.to),
        "what": one.what,
        "offset": one.offset if one.offset >= 0 else None,
        "source": source_facts(line_of_byte(lone.module, one.offset)) if one.offset >= 0 else None,
    }


def at_facts(lone: LoneModule, told: LoneByte) -> Facts:
    """The facts of one byte."""
    section, region, variable = told.section, told.region, told.variable
    return {
        "space": told.space,
        "offset": told.offset,
        "byte": told.value,
        "section": section.name if section is not None else None,
        "section_offset": told.offset - section.contents if section is not None and told.offset is not None else None,
        "path": list(told.path),
        "of": _title(lone, told.item),
        "of_offset": told.item_offset if told.item is not None else None,
        "address": told.address,
        "memory": told.memory if told.address is not None else None,
        "region": None if region is None else {
            "name": region.name, "kind": region.kind, "start": region.start, "end": region.end, "rule": region.rule,
        },
        "holds": told.holds.hex() or None,
        "variable": None if variable is None else {
            "name": variable.name, "address": variable.address, "size": variable.size,
        },
        "symbol": None if told.symbol is None else {"name": told.symbol[0], "offset": told.symbol[1]},
        "relocation": None if told.relocation is None else _relocation(lone, told.relocation),
        "source": source_facts(told.source),
        "frames": [frame_facts(one) for one in told.frames],
    }  # fmt: skip


def _title(lone: LoneModule, item: Item | None) -> str | None:
    if item is None:
        return None
    return f"function {item.number} {lone.title(item)}" if item.space == "function" else lone.title(item)


def _relocation(lone: LoneModule, one: Reloc) -> Facts:
    return {"type": relocation_type(one.type), "names": Names(lone.module).target(one), "addend": one.addend}


# --- as text ----------------------------------------------------------------------------------------------------

SHOWN = 20


def why_lines(facts: Facts) -> Iterator[str]:
    """The facts of `why` as text."""
    for line in _why_lines(facts):
        yield printable(line)


def _why_lines(facts: Facts) -> Iterator[str]:
    what = f" {facts['what']}" if facts["what"] else ""
    yield f"{facts['title']}: {facts['space']} {facts['index']}{what}"
    if facts["origin"]:
        yield f"  import   {facts['origin']}"
    if facts["exports"]:
        yield f"  export   {', '.join(facts['exports'])}"
    if facts["slots"]:
        yield f"  slots    {', '.join(map(str, facts['slots']))}"
    if facts["offset"] is not None:
        yield f"  bytes    {count(facts['size'], 'byte')} at {facts['offset']:#x}"
    if facts["source"] is not None:
        yield f"  source   {source_text(facts['source'])}"
    yield ""
    if facts["reached"] is None:
        yield "nothing that the module exports or starts reaches it"
    else:
        yield "what reaches it:"
        for depth, one in enumerate(facts["reached"]):
            yield f"  {'  ' * min(depth, 12)}{_words(one, 'to')}"
        for number, path in enumerate((facts["paths"] or ())[1:], 2):
            yield f"path {number}:"
            yield from (f"  {'  ' * min(depth, 12)}{_words(one, 'to')}" for depth, one in enumerate(path))
        keepers = ", ".join(facts["keepers"]) or "nothing alone"
        yield f"what alone keeps it: {keepers}; with it {count(facts['retains'], 'byte')} would go"
    yield from _list(facts["named_by"], "by", "names it", "name it")
    yield from _list(facts["names"], "to", "is named by it", "are named by it")


def _words(one: Facts, key: str) -> str:
    place = f" at {one['offset']:#x}" if one["offset"] is not None else ""
    source = f", {source_text(one['source'])}" if one["source"] else ""
    return f"{one[key] or 'the module'}: {one['what']}{place}{source}"


def _list(rows: list[Facts], key: str, one: str, many: str) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield f"1 place {one}:" if len(rows) == 1 else f"{count(len(rows), 'place')} {many}:"
    yield from (f"  {_words(row, key)}" for row in rows[:SHOWN])
    if len(rows) > SHOWN:
        yield f"  … and {len(rows) - SHOWN:,} more"


def at_lines(facts: Facts) -> Iterator[str]:
    """The facts of `at` as text."""
    for line in _at_lines(facts):
        yield printable(line)


def _at_lines(facts: Facts) -> Iterator[str]:
    region = facts["region"]
    asked = address_text(facts["memory"], facts["address"]) if facts["space"] == "memory" else f"{facts['offset']:#x}"
    value = "" if facts["byte"] is None else f"{facts['byte']:02x}, "
    what = facts["of"] or facts["section"] or (region["name"] if region else None)
    past = "past the end of memory" if facts["space"] == "memory" else "the header of the file"
    yield f"{asked}: {value}{what or past}" + (f"+{facts['of_offset']:#x}" if facts["of"] else "")
    if facts["section"] is not None:
        inside = facts["section_offset"]
        place = f"{facts['section']}+{inside:#x}" if inside >= 0 else f"the header of {facts['section']}"
        yield f"  file     {facts['offset']:#x}, {place}"
        yield f"  is       {path_text(facts['path'])}"
    if region is not None:
        memory = f" of memory {facts['memory']}" if facts["memory"] else ""
        place = f"{facts['address']:#x}{memory}, {region['name']}+{facts['address'] - region['start']:#x}"
        yield f"  memory   {place} ({region['kind']}, {region['start']:#x} to {region['end']:#x}: {region['rule']})"
    if facts["holds"] is not None:
        yield f"  holds    {dumped(bytes.fromhex(facts['holds']))}"
    if facts["variable"] is not None:
        one = facts["variable"]
        yield f"  variable {one['name']}+{facts['address'] - one['address']:#x}, {count(one['size'], 'byte')}"
    if facts["symbol"] is not None:
        yield f"  symbol   {facts['symbol']['name']}+{facts['symbol']['offset']:#x}"
    if facts["relocation"] is not None:
        one = facts["relocation"]
        addend = f"{one['addend']:+}" if one["addend"] else ""
        yield f"  patched  {one['type']} {one['names']}{addend}"
    if facts["source"] is not None:
        yield f"  source   {source_text(facts['source'])}"
    yield from frame_lines(facts["frames"])
