"""The tour: each stop shows what its text speaks of, on the real screens; also without a screen."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.stage import Stage, linked, play
from wasmscope.debugger.question import Linker, Question
from wasmscope.debugger.tour import STOPS, objects
from wasmscope.tui.keymap import Keymap, known
from wasmscope.tui.program import WasmscopeApp
from wasmscope.tui.settings import settings

SIZES = ((120, 36), (80, 24))


def on_tour() -> WasmscopeApp:
    """The program, which begins with the tour."""
    question, linker = Question(tuple(objects())), Linker()
    app = WasmscopeApp(linker.link, linker.link(question), "", question)
    app.tours = True
    return app


@pytest.mark.parametrize("size", SIZES, ids=["wide", "small"])
def test_every_stop_shows_what_it_speaks_of(size) -> None:
    app = on_tour()

    async def scenario(stage: Stage) -> None:
        for number, stop in enumerate(STOPS, 1):
            await stage.until(lambda number=number: f"Tour {number}/{len(STOPS)}" in stage.text())
            if size == SIZES[0]:  # with less room some of it is in a pane that Tab brings up
                await stage.until(lambda stop=stop: stop.shows in stage.text())
            assert stop.text().split()[-1] in stage.text().split("Tour")[1]
            await stage.keys("greater_than_sign")
        assert "that was the last stop" in stage.text()
        await stage.keys("less_than_sign")
        assert STOPS[-2].title in stage.text()
        await stage.keys("colon")
        await stage.type("tour leave")
        assert "Tour" not in stage.text().split("the tour is over")[0]

    play(app, scenario, size)


def test_on_the_smallest_screen_a_stop_is_said_whole_and_a_pane_is_left() -> None:
    app = on_tour()

    async def scenario(stage: Stage) -> None:
        for number, stop in enumerate(STOPS, 1):
            await stage.until(lambda number=number: f"Tour {number}/{len(STOPS)}" in stage.text())
            above, _, said = stage.text().partition("Tour")
            assert stop.text().split()[-1] in said
            assert len([line for line in above.splitlines() if line.startswith("│")]) >= 1
            assert len([line for line in above.splitlines() if line.startswith("└─")]) == 1
            await stage.keys("greater_than_sign")
        await stage.keys("colon")
        await stage.type("tour leave")
        assert len([line for line in stage.lines() if line.startswith("└─")]) == 2  # there is room again

    play(app, scenario, (60, 15))


def test_the_numbers_of_its_text_are_those_of_the_link() -> None:
    link = linked(*objects())
    from wasmscope.explain.steps import steps

    found = steps(link)
    assert f"{len(found)} steps" in STOPS[0].text()
    assert found[32].text.endswith("main.o mentions it, undefined")
    assert found[44].kind == "define"
    assert found[59].text.startswith("function greet of ")


def test_off_the_tour_its_keys_say_what_it_is() -> None:
    made = linked(*objects())
    app = WasmscopeApp(lambda question: made, made)

    async def scenario(stage: Stage) -> None:
        await stage.keys("greater_than_sign")
        assert "wasmscope --tour opens it" in stage.text()

    play(app, scenario)


def test_the_tour_without_a_screen(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "wasmscope", "--tour", "--plain"]
    said = "tour\n" * (len(STOPS) - 1)
    root = str(Path(__file__).parent.parent.parent)
    ran = subprocess.run(
        command, input=said, capture_output=True, text=True, cwd=tmp_path, env={"PYTHONPATH": root, "PATH": "/usr/bin"}
    )
    assert ran.returncode == 0, ran.stderr
    for stop in STOPS:
        assert stop.title in ran.stdout


def test_the_keys_it_speaks_of_are_the_readers_own() -> None:
    made = linked(*objects())
    ids = {found[1] for stop in STOPS for found in re.finditer(r"\{\S+ (\S+)\}", stop.words)}
    assert ids <= set(known())
    for stop in STOPS:
        usual = re.sub(r"\{(\S+) \S+\}", lambda found: found[1], stop.words)
        assert stop.text() == stop.text(Keymap().shown) == usual
    app = WasmscopeApp(lambda question: made, made, settings=settings("vim"))
    app.tours = True

    async def scenario(stage: Stage) -> None:
        await stage.keys("colon")
        await stage.type("tour 8")
        assert "o passes over everything" in " ".join(stage.text().split())

    play(app, scenario)


@pytest.mark.parametrize("size", SIZES, ids=["wide", "small"])
def test_the_mouse_goes_along_the_tour(size) -> None:
    app = on_tour()

    async def scenario(stage: Stage) -> None:
        for words, then in (("goes on", 2), ("goes on", 3), ("back", 2), ("leave", 0)):
            head = next(line for line in stage.lines() if " Tour " in line)
            await stage.pilot.click("#tour", offset=(5, 1))
            await stage.pilot.click("#tour", offset=(head.index(words) + 1, 0))
            await stage.until(lambda then=then: (f"Tour {then}/" if then else "the tour is over") in stage.text())
        assert " Tour " not in stage.text()

    play(app, scenario, size)
