"""What checks, and an audit, found at a byte and around it: in its atom, or where it is in none in its section."""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.debugger.audited import outside_lines, record_lines, section_lines
from wasmscope.debugger.cursor import Byte
from wasmscope.debugger.lines import BLANK, CardLine, heading
from wasmscope.debugger.panes.stop_rows import FAILED
from wasmscope.debugger.scene import Scene
from wasmscope.debugger.spaces import sides_of
from wasmscope.explain.checking.findings import Finding
from wasmscope.explain.naming import count
from wasmscope.explain.origin import atom_at, origin
from wasmscope.link.model import ObjectFile

SHOWN = 5
"""Findings that are listed, the nearest first."""


def findings_at(scene: Scene, byte: Byte) -> list[CardLine]:
    """What was found at `byte` of the output, of memory or of an input, and around it; lines lead to their bytes, if
    they have any."""
    source = sides_of(scene.link, byte).input
    found = [] if source is None or source.file is None else _checked(scene, source.file, source.offset)
    if byte.file is None and not byte.memory:
        found += _of_output(scene, byte.offset)
    audited = list(_audited(scene, byte, source)) if scene.audited is not None else []
    lines = [*(_line(scene, byte, *one) for one in found[:SHOWN]), *audited][:SHOWN]
    more = len(found) + len(audited) - len(lines)
    if more:
        lines.append(CardLine([(f"and {count(more, 'more finding')}", "dim")]))
    return [BLANK, heading("found here"), *lines] if lines else []


def _audited(scene: Scene, byte: Byte, source: Byte | None) -> Iterator[CardLine]:
    """What an audit found in the atom that `byte` is from, and of records in its section of the output."""
    audited, naming = scene.audited, scene.naming
    assert audited is not None
    atom = atom_at(source.file, source.offset) if source is not None and source.file is not None else None
    if atom is not None:
        yield from outside_lines(audited, atom, naming)
        for symbol in scene.steps.symbols.symbols_at.get(atom, ()):
            yield from record_lines(audited, symbol, naming)
    section = origin(scene.link, byte.offset).section if byte.file is None and not byte.memory else None
    if section is not None:
        yield from section_lines(audited, Byte(None, section.start), naming)


def _findings(scene: Scene) -> Iterator[Finding]:
    """Those of the checks that are made."""
    known = scene.stops.failed(scene.steps) if scene.stops is not None else ()
    return (one.finding for one in known)


def _checked(scene: Scene, file: ObjectFile, offset: int) -> list[tuple[Finding, Byte | None]]:
    """What checks found in the atom of byte `offset` of an input, or in its section, the nearest first; and at which
    byte."""
    atom = atom_at(file, offset)
    section = next((one for one in file.module.sections if one.start <= offset < one.end), None)
    span = atom if atom is not None else section
    if span is None:
        return []
    at_bytes: list[tuple[int, Finding]] = []
    elsewhere: list[Finding] = []
    for one in _findings(scene):
        at = one.place.offset
        if one.place.file != file.name:
            continue
        if at is not None and span.start <= at < span.end:
            at_bytes.append((at, one))
        elif at is None and atom is None and section is not None and one.place.section == section.name:
            elsewhere.append(one)
    at_bytes.sort(key=lambda one: abs(one[0] - offset))
    return [*((one, Byte(file, at)) for at, one in at_bytes), *((one, None) for one in elsewhere)]


def _of_output(scene: Scene, offset: int) -> list[tuple[Finding, Byte | None]]:
    """What checks found in the section of the output that byte `offset` is in."""
    section = origin(scene.link, offset).section
    name = scene.link.options.output or "a.out"
    if section is None:
        return []
    found = (one for one in _findings(scene) if one.place.file == name and one.place.section == section.name)
    return [(one, None) for one in found]


def _line(scene: Scene, byte: Byte, one: Finding, target: Byte | None) -> CardLine:
    """A finding as a line that leads to its byte; of which file that is, where another than it is looked at."""
    where = []
    if target is not None:
        file = f"{scene.naming.file(target.file)}:" if target.file is not None and target.file is not byte.file else ""
        where = [(f"{file}{target.offset:#x}  ", "number")]
    return CardLine([(f"{FAILED} ", "error"), *where, (scene.naming.words(f"{one.rule}: {one.found}"), "")], target, 2)
