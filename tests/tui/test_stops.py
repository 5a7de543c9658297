"""Breakpoints, watches and failed checks on the screen: their keys, their pane, their marks."""

from __future__ import annotations

import pytest

from tests.samples import SAMPLES
from tests.tui.stage import HELLO, Stage, linked, matches, opened, play
from wasmscope.debugger.panes.phases import PhaseRow
from wasmscope.debugger.stops import Stops
from wasmscope.explain.steps import steps
from wasmscope.link.model import PHASES
from wasmscope.tui.program import WasmscopeApp
from wasmscope.tui.widgets.phase_list import phase_at, timeline
from wasmscope.tui.widgets.stop_pane import StopPane

MARKS = ("●", "", "●!", "", "!", "", "●")
SIZES = {"wide": (120, 36), "small": (80, 24)}


def on_hello(scenario, size=(120, 36)) -> None:
    app = opened(*HELLO)

    async def told(stage: Stage) -> None:
        await scenario(stage, app)

    play(app, told, size)


def stops(app: WasmscopeApp) -> Stops:
    assert app.debugger is not None
    return app.debugger.stops


async def command(stage: Stage, *lines: str) -> None:
    for line in lines:
        await stage.keys("colon")
        await stage.type(line)


async def focus(stage: Stage, pane: str) -> None:
    for _ in range(8):
        if stage.app.focused is not None and stage.app.focused.id == pane:
            return
        await stage.keys("tab")
    raise AssertionError(f"Tab does not come to {pane}")


@pytest.mark.parametrize("size", SIZES)
def test_the_pane_reads_as_its_snapshots(size: str) -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await command(stage, "watch greet.number", "display undefined", "break *TABLE_INDEX*", "break emit")
        await command(stage, "disable b2", "goto top")
        await focus(stage, "stops")
        matches(f"stops-start-{size}", stage.snapshot())
        await command(stage, "continue", "continue")
        await focus(stage, "stops")
        matches(f"stops-reached-{size}", stage.snapshot())

    on_hello(scenario, SIZES[size])


def test_b_and_w_are_about_what_the_cursor_is_on_and_take_back_what_they_set() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await command(stage, "goto greet")
        await stage.keys("b", "w", "2", "b", "w", "3", "b", "4", "b", "w", "1")
        await focus(stage, "events")
        await stage.keys("b")
        await focus(stage, "phases")
        await stage.keys("home")
        await stage.keys("b")
        assert app.place.relocation is not None
        atom, row = app.place.relocation
        assert app.place.file is None
        span = f"out {app.place.start:#x}..{app.place.start + 1:#x}"
        assert [one.spec for one in stops(app).breakpoints] == [
            "atom greet", "symbol greet", f"reloc {row - atom.lo} of {atom.name}", span, f"step {app.place.step}",
            "phase load",
        ]  # fmt: skip
        assert [one.spec for one in stops(app).watches] == ["atom:greet", "greet", span]
        await stage.keys("b", "2", "b", "w")
        assert len(stops(app).breakpoints) == 4
        assert len(stops(app).watches) == 2

    on_hello(scenario)


def test_b_on_a_line_of_a_card_is_about_what_the_line_leads_to() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await command(stage, "goto greet")
        await stage.keys("2")
        await focus(stage, "references")
        await stage.keys("end")
        await stage.keys("b")
        await stage.keys("w")
        atom, row = app.opened.mentions(app.place.symbol)[-1]  # type: ignore[union-attr, arg-type]
        assert [one.spec for one in stops(app).all] == 2 * [f"reloc {row - atom.lo} of {atom.name}"]

    on_hello(scenario)


def test_stops_are_marked_on_the_timeline_and_a_click_goes_to_the_phase_all_the_same() -> None:
    made = zip(PHASES, MARKS, strict=True)
    rows = [PhaseRow(i + 1, name, 5, 5, "", marks=mark) for i, (name, mark) in enumerate(made)]
    names, ticks = timeline(rows, 120), timeline(rows, 20)
    text = "".join(part for part, _ in names)
    assert text.startswith("load●─resolve─mark●!─layout─index!─relocate─emit●")
    assert [phase_at(names, text.index(name)) for name in PHASES] == list(range(len(PHASES)))
    text = "".join(part for part, _ in ticks)
    assert text.startswith("✓●✓✓●!✓✓!✓✓●")
    signs = [at for at, sign in enumerate(text) if sign == "✓"]
    assert [phase_at(ticks, at) for at in signs] == list(range(len(PHASES)))


def test_the_lists_open_as_a_panel() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await command(stage, "break emit", "watch undefined")
        await stage.keys("B")
        assert "b1 phase emit" in stage.text()
        await stage.keys("escape")
        await stage.keys("W")
        assert "w1 undefined" in stage.text()
        await stage.keys("escape")
        await stage.keys("equals_sign")
        assert "emit 12 → 13 of 13" in stage.text()

    on_hello(scenario)


def test_plus_and_minus_go_to_who_changed_the_byte_at_the_cursor() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await command(stage, "goto r5")
        await stage.keys("4", "minus")
        assert app.place.step == steps(linked(*HELLO)).number("relocate", 5)
        assert "writer  * " in stage.text()
        await stage.keys("minus")
        earlier = app.place.step
        assert steps(linked(*HELLO))[earlier].phase == "index"
        await stage.keys("plus")
        assert app.place.step > earlier
        await stage.keys("u")
        assert app.place.step == earlier

    on_hello(scenario)


def test_in_the_pane_keys_are_about_the_line_under_the_cursor() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await command(stage, "watch greet.number", "break emit", "goto top")
        await focus(stage, "stops")
        await stage.keys("c")
        number = app.place.step
        assert "function index of greet" in stage.text()
        await command(stage, "goto end")
        await focus(stage, "stops")
        await stage.keys("C")
        assert app.place.step == number
        await stage.keys("down")
        await stage.keys("enter")
        assert app.place.step == steps(linked(*HELLO)).ranges[6][1]
        await stage.keys("space")
        assert not stops(app).breakpoints[0].enabled
        await stage.keys("delete")
        assert not stops(app).breakpoints
        await stage.keys("home")
        await stage.keys("backspace")
        assert not stops(app).watches
        pane = stage.app.query_one(StopPane)
        assert pane.label == ""
        await stage.keys("delete", "enter", "c")  # of nothing: no harm, and c runs as everywhere

    on_hello(scenario)


def test_a_run_says_what_stopped_it_and_marks_it_everywhere() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await command(stage, "break greet", "break r5", "break out 0x120..0x128", "goto top")
        await stage.keys("c")
        assert "stopped at @32: b1 symbol greet" in stage.text()
        assert "● 32▶" in stage.text()
        assert "resolve●" in stage.text()
        await stage.keys("2")
        await command(stage, "goto @35")
        assert any("●" in line and " greet " in line for line in stage.lines())
        await stage.keys("3")
        assert any("●" in line and " 5 " in line for line in stage.lines())
        await stage.keys("4")
        await command(stage, "goto end", "goto 0x120")
        assert "0120●" in stage.text()
        await stage.keys("1")
        await command(stage, "goto greet")
        assert "●5" in stage.text()  # its card in the chain

    on_hello(scenario)


def test_failed_checks_are_marked_stopped_at_and_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = SAMPLES["kernel"]
    monkeypatch.chdir(kernel.folder)
    app = opened(*kernel.link)

    async def scenario(stage: Stage) -> None:
        await stage.until(lambda: "relocate!" in stage.text())
        await stage.keys("C")
        assert "check weak-call-traps" in stage.text()
        assert "maybe" in stage.text()
        await stage.keys("exclamation_mark")
        assert "failed checks" in stage.text()
        assert "weak-call-traps" in stage.text()

    play(app, scenario)


def test_a_link_that_said_nothing_is_told_to_have_said_nothing() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("2", "exclamation_mark")
        assert "the link said nothing, and no check failed" in stage.text()

    on_hello(scenario)
