"""What each row of each phase is about, without the sentences: quick, for who asks it of every step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wasmscope.explain.naming import FileSection
from wasmscope.link.chain import Placed
from wasmscope.link.model import Merge

if TYPE_CHECKING:
    from wasmscope.explain.steps import Steps

Head = tuple[str, object]
"""(kind, subject) of a step."""


def _load(steps: Steps, row: int) -> Head:
    file, position = steps.symbols.load_row(row)
    return ("section", FileSection(file, position)) if position >= 0 else ("file", file)


def _resolve(steps: Steps, row: int) -> Head:
    event = steps.symbols.events[row]
    return event.kind, event.symbol if event.symbol is not None else event.file


def _mark(steps: Steps, row: int) -> Head:
    return "kept", steps.symbols.kept[row][0]


def _layout(steps: Steps, row: int) -> Head:
    assert steps.link.layout is not None
    what, thing, part = steps.link.layout.rows[row]
    if isinstance(thing, Merge) and isinstance(part, int):
        return what, thing.strings[part].atom
    return what, part.item if isinstance(part, Placed) else thing


def _index(steps: Steps, row: int) -> Head:
    assert steps.link.index is not None
    what, thing, _ = steps.link.index.rows[row]
    return what, thing


def _relocate(steps: Steps, row: int) -> Head:
    return "relocation", steps.places.relocation_at(row)


def _emit(steps: Steps, row: int) -> Head:
    assert steps.link.emit is not None
    return "section", steps.link.emit.sections[row]


HEADS: tuple[Callable[[Steps, int], Head], ...] = (_load, _resolve, _mark, _layout, _index, _relocate, _emit)
"""What a row is about, by the position of its phase."""
