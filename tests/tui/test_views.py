"""What the views show: snapshots at several steps and sizes, the whole walk, facts against the reference."""

from __future__ import annotations

import pytest

from tests.toolchain import reference
from tests.tui.stage import HELLO, Stage, linked, matches, opened, play
from wasmscope.debugger.cursor import Place, at_step
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.chains import chain_card, chains
from wasmscope.debugger.panes.facts import facts
from wasmscope.debugger.panes.reloc_rows import reloc_cells
from wasmscope.debugger.panes.status import status_lines
from wasmscope.debugger.panes.symbol_rows import symbol_cells
from wasmscope.debugger.scene import Scene
from wasmscope.explain.steps import steps
from wasmscope.format.module import read
from wasmscope.tui.frame import time_line

VIEWS = {"link": "1", "symbols": "2", "relocs": "3", "bytes": "4", "diff": "5", "why": "6"}
SIZES = {"wide": (120, 36), "small": (80, 24)}
MOMENTS = {"end": None, "resolve": 15, "layout": 3, "relocate": 5}
"""Name of a moment: the row of that phase that has just happened."""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_reads_as_its_snapshots(view: str, size: str) -> None:
    app = opened(*HELLO)
    found = steps(linked(*HELLO))

    async def scenario(stage: Stage) -> None:
        await stage.keys(VIEWS[view])
        for moment, row in MOMENTS.items():
            if row is not None:
                await stage.keys("g")
                await stage.type(f"@{found.number(moment, row)}")
            matches(f"{view}-{moment}-{size}", stage.snapshot())

    play(app, scenario, SIZES[size])


@pytest.mark.parametrize("view", ["1", "3"])
def test_walking_to_the_start_and_back_to_the_end_shows_the_same_on_both_ways(view: str) -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys(view, "S", "s")  # the end, as a step forward shows it
        backwards = {}
        while app.place.step:
            backwards[app.place.step] = status(stage)
            await stage.keys("N")
        await stage.keys("n")
        while app.place.step < max(backwards):
            assert status(stage) == backwards[app.place.step]
            await stage.keys("n")
        assert status(stage) == backwards[app.place.step]

    play(app, scenario)


def test_the_scene_at_every_step_is_the_same_from_both_sides() -> None:
    found = Opened(linked(*HELLO))
    place, forwards = Place(), []
    for number in range(len(found.steps) + 1):
        place = at_step(found.steps, place, number)
        forwards.append(told(Scene(found, place)))
    for number in reversed(range(len(found.steps) + 1)):
        place = at_step(found.steps, place, number)
        assert told(Scene(found, place)) == forwards[number]


def told(scene: Scene) -> object:
    """What every view says that depends on the moment alone."""
    thing = scene.step.subject
    return (
        status_lines(scene, ""),
        time_line(scene, 100),
        [symbol_cells(scene, one) for one in scene.opened.symbols],
        [reloc_cells(scene, row, scene.opened.relocations[row]) for row in range(len(scene.opened.relocations))],
        facts(scene.now, thing),
        [chain_card(scene, chain, item) for chain in chains(scene) for item in range(len(chain))],
    )


def status(stage: Stage) -> list[str]:
    """The lines that only depend on the step: time, and the step in words."""
    lines = stage.lines()
    return [lines[1], *lines[-3:]]


def test_at_zero_nothing_has_happened_and_no_output_byte_is_there() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys("C")
        assert "nothing has happened yet" in stage.text()
        await stage.keys("4", "g")
        await stage.type("0x0")
        assert " ·· ·· ·· ··" in stage.text()

    play(app, scenario)


def test_numbers_on_screen_are_those_in_the_reference_linkers_name_section() -> None:
    made = reference([str(path) for path in HELLO])
    assert made.output is not None
    names = read(made.output, "reference").names
    assert names is not None
    link = linked(*HELLO)
    opened_link = Opened(link)
    scene = Scene(opened_link, Place(step=len(opened_link.steps)))
    shown = {
        cells[1][0]: cells[7][0]
        for cells in (symbol_cells(scene, one) for one in opened_link.symbols if one.kind == "function")
    }
    numbered = {name: str(number) for number, name in names.functions.items()}
    assert {name: shown[name] for name in numbered} == numbered


def test_bytes_on_screen_are_the_reference_linkers() -> None:
    made = reference([str(path) for path in HELLO])
    assert made.output is not None
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys("4", "g")
        await stage.type("0x0")
        lines = [line for line in stage.lines() if line[28:33].strip(" │").isalnum() and len(line) > 88]
        rows = [line.split("││")[1] for line in stage.lines() if line.count("││") == 2][:16]
        assert lines
        for number, row in enumerate(rows):
            digits = "".join(char if char in "0123456789abcdef" else " " for char in row[5:])
            expected = made.output[16 * number : 16 * number + 16].hex(" ")  # type: ignore[index]
            assert digits.split() == expected.split()

    play(app, scenario)
