"""Where a byte of the output is from.

Facts: `offset`, `byte`, `section` (name, start, end; null in the file's header), `piece` (start, size; the run of
bytes made together), `rule` (what made it, in words), `atom`, `file`, `input_offset` (the byte it was copied from;
null if the linker made it), `inputs` (every input byte that it stands for, when strings were merged), `function`
(number and name), `relocation` (as in `why`; null when none patched it).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wasmscope.explain.find import Found
from wasmscope.explain.naming import title
from wasmscope.explain.origin import Origin, origin
from wasmscope.link.model import Atom, Link
from wasmscope.report.text import printable
from wasmscope.report.why import why_facts

Facts = dict[str, Any]


def at_facts(link: Link, offset: int) -> Facts:
    """The facts of the byte at `offset` of the output. Raises IndexError when there is none."""
    made = origin(link, offset)
    assert link.emit is not None
    section, piece = made.section, made.piece
    return {
        "offset": offset,
        "byte": link.emit.data[offset],
        "section": None if section is None else {"name": section.name, "start": section.start, "end": section.end},
        "piece": None if piece is None else {"start": piece.start, "size": piece.size},
        "rule": made.rule,
        "atom": None if made.atom is None else title(made.atom),
        "file": None if made.file is None else made.file.name,
        "input_offset": None if made.file is None else made.input_offset,
        "inputs": [{"file": file.name, "offset": at} for file, at in made.inputs],
        "function": _function(link, made.atom),
        "relocation": _relocation(link, made),
    }


def _function(link: Link, atom: Atom | None) -> Facts | None:
    if atom is None or atom.kind != "function" or link.index is None:
        return None
    return {"index": link.index.functions.get(atom), "name": title(atom)}


def _relocation(link: Link, made: Origin) -> Facts | None:
    return None if made.relocation is None else why_facts(link, Found("relocation", made.relocation))


def lines(facts: Facts) -> Iterator[str]:
    """The facts as text."""
    for line in _lines(facts):
        yield printable(line)


def _lines(facts: Facts) -> Iterator[str]:
    offset = facts["offset"]
    yield f"{offset:#x}: {facts['byte']:02x}, {facts['rule']}"
    section, piece, function = facts["section"], facts["piece"], facts["function"]
    if section is not None:
        yield f"  section  {section['name']}, {section['start']:#x} to {section['end']:#x}"
    if function is not None:
        yield f"  function {function['index']} {function['name']}"
    elif facts["atom"] is not None:
        yield f"  atom     {facts['atom']}"
    if piece is not None:
        inside = offset - piece["start"]
        yield f"  piece    {piece['start']:#x} to {piece['start'] + piece['size']:#x}, byte {inside} of {piece['size']}"
    for one in facts["inputs"]:
        yield f"  from     {one['file']} at {one['offset']:#x}"
    if facts["relocation"] is not None:
        yield ""
        yield f"{facts['relocation']['name']}, which patched it:"
        yield from (f"  {line}" for line in facts["relocation"]["lines"])
