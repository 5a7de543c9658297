"""What checks, and an audit, found at a byte and around it: in its atom, or where it is in none in its section."""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.debugger.audited import outside_lines
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
    """What was found at `byte` of the output, of memory or of an input, and around it; each line leads to its byte."""
    source = sides_of(scene.link, byte).input
    lines = list(_checked(scene, source.file, source.offset)) if source is not None and source.file is not None else []
    if byte.file is None and not byte.memory:
        lines += _of_output(scene, byte.offset)
    atom = atom_at(source.file, source.offset) if source is not None and source.file is not None else None
    if atom is not None and scene.audited is not None:
        lines += outside_lines(scene.audited, atom, scene.naming)
    if len(lines) > SHOWN:
        lines = [*lines[:SHOWN], CardLine([(f"and {count(len(lines) - SHOWN, 'more finding')}", "dim")])]
    return [BLANK, heading("found here"), *lines] if lines else []


def _findings(scene: Scene) -> Iterator[Finding]:
    """Those of the checks that are made."""
    known = scene.stops.failed(scene.steps) if scene.stops is not None else ()
    return (one.finding for one in known)


def _checked(scene: Scene, file: ObjectFile, offset: int) -> list[CardLine]:
    """What checks found in the atom of byte `offset` of an input, or in its section."""
    atom = atom_at(file, offset)
    section = next((one for one in file.module.sections if one.start <= offset < one.end), None)
    span = atom if atom is not None else section
    if span is None:
        return []
    found: list[tuple[int, CardLine]] = []
    for one in _findings(scene):
        at = one.place.offset
        if one.place.file != file.name:
            continue
        if at is not None and span.start <= at < span.end:
            found.append((abs(at - offset), _line(scene, one, Byte(file, at))))
        elif at is None and atom is None and section is not None and one.place.section == section.name:
            found.append((section.end - section.start, _line(scene, one, None)))
    return [line for _, line in sorted(found, key=lambda one: one[0])]


def _of_output(scene: Scene, offset: int) -> list[CardLine]:
    """What checks found in the section of the output that byte `offset` is in."""
    section = origin(scene.link, offset).section
    name = scene.link.options.output or "a.out"
    if section is None:
        return []
    return [
        _line(scene, one, None)
        for one in _findings(scene)
        if one.place.file == name and one.place.section == section.name
    ]


def _line(scene: Scene, one: Finding, target: Byte | None) -> CardLine:
    where = [(f"{target.offset:#x}  ", "number")] if target is not None else []
    return CardLine([(f"{FAILED} ", "error"), *where, (scene.naming.words(f"{one.rule}: {one.found}"), "")], target, 2)
