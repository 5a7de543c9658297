"""Source lines in panes, where an input has debug information: of a relocation, an atom, a byte, a function's code.

They are found aside (`lookups`); where there is no debug information nothing is asked.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from wasmscope.debugger.lines import CardLine, entry
from wasmscope.debugger.scene import Scene
from wasmscope.explain.debug_info.debug_sections import has_debug_information
from wasmscope.explain.debug_info.lines import line_at, lines_of, source_of
from wasmscope.explain.debug_info.module_lines import line_of_byte
from wasmscope.explain.debug_info.source_line import SourceLine
from wasmscope.explain.symbols import Mention
from wasmscope.link.model import Atom, ObjectFile, Symbol

MEANWHILE = "…"
"""Stands for a line that is being looked up."""


def _line(text: str) -> list[CardLine]:
    return [entry("source", text, "comment")] if text else []


def _knows(file: ObjectFile | None) -> bool:
    return file is not None and has_debug_information(file.module)


def relocation_source(scene: Scene, mention: Mention) -> list[CardLine]:
    """The source line of a relocation's site."""
    if not _knows(mention.atom.file):
        return []
    find = lambda: str(line_at(scene.link, mention) or "")  # noqa: E731
    return _line(scene.naming.words(scene.opened.lookups.get(mention, find, MEANWHILE)))


def thing_source(scene: Scene, thing: Symbol | Atom) -> list[CardLine]:
    """Where an atom, or what a symbol stands for, is in the source."""
    atom = thing.target if isinstance(thing, Symbol) else thing
    if not isinstance(atom, Atom) or not _knows(atom.file):
        return []
    find = lambda: str(source_of(thing) or "")  # noqa: E731
    return _line(scene.naming.words(scene.opened.lookups.get(("thing", thing), find, MEANWHILE)))


def byte_source(scene: Scene, file: ObjectFile | None, offset: int) -> list[CardLine]:
    """The source line of a byte of an input."""
    if file is None or not _knows(file):
        return []
    find = lambda: str(line_of_byte(file.module, offset) or "")  # noqa: E731
    return _line(scene.naming.words(scene.opened.lookups.get((file, offset), find, MEANWHILE)))


def code_sources(scene: Scene, atom: Atom, starts: Sequence[int]) -> dict[int, str]:
    """Which of the rows of a function's code, that begin at `starts` in it, begin a source line: `file.c:12` by row."""
    if atom.kind != "function" or not _knows(atom.file):
        return {}
    found: dict[int, str] = {}
    nothing: list[tuple[int, SourceLine]] = []
    for offset, source in scene.opened.lookups.get(("code", atom), lambda: lines_of(atom), nothing):
        if source.line:
            found[max(0, bisect_right(starts, offset) - 1)] = f"{source.file.rpartition('/')[2]}:{source.line}"
    return found
