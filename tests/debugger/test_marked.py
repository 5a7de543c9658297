"""What a step changed in a pane is marked there, in every pane."""

from __future__ import annotations

from dataclasses import replace

from tests.explain.sample_links import linked
from wasmscope.debugger.cursor import Place, at_thing
from wasmscope.debugger.lines import Line
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.listed import PANES
from wasmscope.debugger.panes.symbol_rows import symbol_cells, symbol_mark
from wasmscope.debugger.scene import Scene
from wasmscope.debugger.stops import Stops

OF_TIME = ("step", "steps", "phases", "changes")
"""Panes about the step itself: all of them is new."""


def is_marked(lines: list[Line]) -> bool:
    return any("changed" in role or "step" in role or text.strip("> ") == "*" for line in lines for text, role in line)


def test_where_a_pane_reads_differently_after_a_step_it_is_marked() -> None:
    link = Opened(linked("hello"))
    resolve = link.link.resolve
    assert resolve is not None
    place = replace(at_thing(link.steps, Place(), resolve.by_name["print"], output=True), file=None)
    was: dict[str, list[Line]] = {}
    for step in range(len(link.steps) + 1):
        scene = Scene(link, replace(place, step=step), Stops())
        for pane in (one for one in PANES if one not in OF_TIME):
            rows = PANES[pane].rows(scene)
            now = list(rows.lines(0, rows.total))
            before = was.get(pane, now)
            if text(now) != text(before):
                assert is_marked(now) or is_marked(before), (pane, link.steps[step].text)  # or it was, and no longer is
            was[pane] = now


def text(lines: list[Line]) -> list[str]:
    return ["".join(part for part, _ in line) for line in lines]


def test_a_symbol_whose_row_reads_differently_is_marked_and_shows_old_and_new() -> None:
    link = Opened(linked("hello"))
    before = {one: [cell for cell, _ in symbol_cells(Scene(link, Place()), one)] for one in link.symbols}
    for step in range(1, len(link.steps) + 1):
        scene = Scene(link, Place(step=step))
        for one in link.symbols:
            cells = [cell for cell, _ in symbol_cells(scene, one)]
            plain = [cell.rpartition("→")[2] for cell in cells]
            if any("→" in cell for cell in cells):
                assert symbol_mark(scene, one)[0] == "*"
            changed = [i for i in (7, 8) if plain[i] != before[one][i]]  # address or number, and slot
            assert all(cells[i] == f"{before[one][i]}→{plain[i]}" for i in changed)
            before[one] = plain
