"""The whole story of one byte: of the output, of memory or of an input.

Facts: `asked` (space: "output", "memory" or "input"; offset, file), `fate` (what the linker made of it, in words),
`output` (offset, byte, section: name, start, end, contents; piece: start, size, the run of bytes made together; rule;
path: what it is in the structure of the file; function: index, name), `memory` (address, kind, region, start, end,
rule; when the program starts: value, holds: it and what follows, hex), `atom`, `inputs` (file, offset, byte, section,
section_offset, path, symbol, symbol_offset, source, frames: the calls inlined there, innermost first) and
`relocation` (as in `why`). What it is not part of is null.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wasmscope.explain.find import Found
from wasmscope.explain.named_bytes import section_contents
from wasmscope.explain.naming import title
from wasmscope.explain.origin import Origin
from wasmscope.explain.story import InputByte, MemoryByte, Story, structure
from wasmscope.format.module import read
from wasmscope.link.model import Atom, Link
from wasmscope.link.names import displayed, readable
from wasmscope.report.lines import frame_facts, frame_lines, source_facts, source_text
from wasmscope.report.text import dumped, printable
from wasmscope.report.why import why_facts

Facts = dict[str, Any]


def at_facts(link: Link, told: Story) -> Facts:
    """The facts of a byte's story."""
    atom = told.output.atom if told.output is not None else next((one.atom for one in told.inputs), None)
    mention = told.output.relocation if told.output is not None else None
    if mention is None:
        mention = next((one.relocation for one in told.inputs), None)
    place = told.asked
    return {
        "asked": {"space": place.space, "offset": place.offset, "file": place.file.name if place.file else None},
        "fate": told.fate,
        "output": None if told.output is None else _output(link, told.output),
        "memory": None if told.memory is None else _memory(told.memory),
        "atom": None if atom is None else title(atom),
        "inputs": [input_facts(one) for one in told.inputs],
        "relocation": None if mention is None else why_facts(link, Found("relocation", mention)),
    }


def _output(link: Link, made: Origin) -> Facts:
    assert link.emit is not None
    section, piece = made.section, made.piece
    return {
        "offset": made.offset,
        "byte": link.emit.data[made.offset],
        "section": None if section is None else {
            "name": section.name,
            "start": section.start,
            "end": section.end,
            "contents": section_contents(link, section.id, section.body),
        },
        "piece": None if piece is None else {"start": piece.start, "size": piece.size},
        "rule": made.rule,
        "path": list(structure(read(link.emit.data, link.options.output), made.offset)),
        "function": _function(link, made.atom),
    }  # fmt: skip


def _function(link: Link, atom: Atom | None) -> Facts | None:
    if atom is None or atom.kind != "function" or link.index is None:
        return None
    return {"index": link.index.functions.get(atom), "name": title(atom)}


def _memory(one: MemoryByte) -> Facts:
    region = one.region
    return {
        "address": one.address,
        "kind": region.kind if region else "past the end",
        "region": region.name if region else None,
        "start": region.start if region else None,
        "end": region.end if region else None,
        "rule": region.rule if region else None,
        "value": one.value,
        "holds": one.holds.hex(),
    }


def input_facts(one: InputByte) -> Facts:
    """A byte of an input: an entry of `inputs`."""
    return {
        "file": one.file.name,
        "offset": one.offset,
        "byte": one.file.module.data[one.offset],
        "section": one.section.name if one.section else None,
        "section_offset": one.offset - one.section.contents if one.section else None,
        "path": list(one.path),
        "symbol": title(one.symbol) if one.symbol is not None else None,
        "symbol_offset": one.symbol_offset if one.symbol is not None else None,
        "source": source_facts(one.source),
        "frames": [frame_facts(frame) for frame in one.frames],
    }


# --- as text ----------------------------------------------------------------------------------------------------

INPUTS_SHOWN = 8


def lines(facts: Facts) -> Iterator[str]:
    """The facts as text, with names demangled."""
    for line in _lines(facts):
        yield printable(displayed(line))


def _lines(facts: Facts) -> Iterator[str]:
    asked = facts["asked"]
    space = {"output": "", "memory": "mem:", "input": f"{asked['file']}:"}[asked["space"]]
    yield f"{space}{asked['offset']:#x}: {_value(facts)}{facts['fate']}"
    if facts["output"] is not None:
        yield from _output_lines(facts["output"])
    if facts["memory"] is not None:
        yield from _memory_lines(facts["memory"])
    if facts["atom"] is not None and (facts["output"] is None or facts["output"]["function"] is None):
        yield f"  atom     {facts['atom']}"
    for one in facts["inputs"][:INPUTS_SHOWN]:
        yield from input_lines(one)
    if len(facts["inputs"]) > INPUTS_SHOWN:
        yield f"  … and from {len(facts['inputs']) - INPUTS_SHOWN:,} more places"
    if facts["relocation"] is not None:
        yield ""
        patched = ", which patched it" if facts["output"] is not None else ", whose site it is in"
        yield f"{facts['relocation']['name']}{patched}:"
        yield from (f"  {line}" for line in facts["relocation"]["lines"])


def _value(facts: Facts) -> str:
    """The byte where it was asked for, as hex."""
    space = facts["asked"]["space"]
    if space == "input":
        value = facts["inputs"][0]["byte"]
    else:
        value = facts["memory"]["value"] if space == "memory" else facts["output"]["byte"]
    return "" if value is None else f"{value:02x}, "


def _output_lines(one: Facts) -> Iterator[str]:
    section, piece, function = one["section"], one["piece"], one["function"]
    if section is not None:
        inside = one["offset"] - section["contents"]
        place = f"{section['name']}+{inside:#x}" if inside >= 0 else f"the header of {section['name']}"
        yield f"  output   {one['offset']:#x}, {place} ({section['start']:#x} to {section['end']:#x})"
    yield f"  is       {path_text(one['path'])}"
    if function is not None:
        yield f"  function {function['index']} {readable(function['name'])}"
    if piece is not None:
        inside = one["offset"] - piece["start"]
        yield f"  piece    {piece['start']:#x} to {piece['start'] + piece['size']:#x}, byte {inside} of {piece['size']}"


def path_text(path: list[str]) -> str:
    """Where in the structure of a file a byte is, from the section down; what is the same for all is left out."""
    return " > ".join(part.partition(" custom section,")[0].partition(" section,")[0] for part in path) or "header"


def _memory_lines(one: Facts) -> Iterator[str]:
    if one["region"] is None:
        return
    place = f"{one['address']:#x}, {one['region']}+{one['address'] - one['start']:#x}"
    yield f"  memory   {place} ({one['kind']}, {one['start']:#x} to {one['end']:#x}: {one['rule']})"
    yield f"  holds    {dumped(bytes.fromhex(one['holds']))}"


def input_lines(one: Facts) -> Iterator[str]:
    """A byte of an input as text."""
    inside = one["section_offset"]
    place = "" if inside is None or inside < 0 else f", {one['section']}+{inside:#x}"
    yield f"  from     {one['file']} at {one['offset']:#x}{place}"
    yield f"           {path_text(one['path'])}"
    if one["symbol"] is not None:
        yield f"  symbol   {readable(one['symbol'])}+{one['symbol_offset']:#x}"
    if one["source"] is not None:
        yield f"  source   {source_text(one['source'])}"
    yield from frame_lines(one["frames"])
