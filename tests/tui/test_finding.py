"""Keys that find, filter and sort, on the link of samples/hello."""

from __future__ import annotations

from tests.samples import SAMPLES
from tests.tui.stage import HELLO, Stage, matches, opened, play
from wasmscope.tui.program import WasmscopeApp
from wasmscope.tui.widgets.event_list import EventList
from wasmscope.tui.widgets.styled_lines import laid_over
from wasmscope.tui.widgets.virtual_table import VirtualTable


def on_hello(scenario, size=(120, 36)) -> None:
    app = opened(*HELLO)

    async def told(stage: Stage) -> None:
        await scenario(stage, app)

    play(app, told, size)


def test_a_search_in_bytes_counts_its_hits_and_marks_those_in_sight() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("g")
        await stage.type("out:0")
        await stage.keys("slash")
        await stage.type('x"80 80 80 00"')
        assert 'x"80 80 80 00": 1 of ' in stage.text()
        first = app.place.start
        await stage.keys("full_stop")
        assert app.place.start > first
        await stage.keys("comma")
        assert app.place.start == first
        assert " bu" in stage.snapshot()
        await stage.keys("escape")
        assert app.debugger is not None
        assert app.debugger.search.pattern is None

    on_hello(scenario)


def test_a_side_pane_is_searched_when_it_has_the_focus() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("1", "tab", "tab", "slash")
        await stage.type("section")
        assert app.focused is not None
        assert app.focused.id == "events"
        assert "section" in app.opened.steps[app.place.step].text  # type: ignore[union-attr]

    on_hello(scenario)


def test_the_difference_and_the_paths_are_searched_too() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("5", "colon")
        await stage.type("diff @0 @160")
        await stage.keys("slash")
        await stage.type("print_number")
        table = app.view.query_one("#differences", VirtualTable)
        told = [row for row in range(table.count) if "print_number" in table.text_of(row)]
        assert len(told) > 1
        assert table.cursor == told[0]
        assert f"print_number: 1 of {len(told)}" in stage.text()
        await stage.keys("full_stop")
        assert table.cursor == told[1]
        await stage.keys("g")
        await stage.type("print")
        await stage.keys("6", "slash")
        await stage.type("shout")
        assert "shout: 1 of " in stage.text()

    on_hello(scenario)


def test_a_filter_is_shown_in_the_title_and_can_be_changed_and_taken_away() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("2", "backslash")
        await stage.type("kind:data bind:local")
        table = app.view.query_one("#symbols", VirtualTable)
        assert app.opened is not None
        local = [one for one in app.opened.symbols if one.kind == "data" and one.local]
        assert table.count == len(local)
        assert f"Symbols {len(local)} of 23  filter: kind:data bind:local" in stage.text()
        await stage.keys("home", "down")
        assert app.place.symbol is not None
        assert app.place.symbol.local
        await stage.keys("f4", "escape", "f4", "enter")
        assert table.count == len(local)
        await stage.keys("backslash", "ctrl+u", "enter")
        assert table.count == 23
        await stage.keys("backslash")
        await stage.type("nobody*")
        assert "0 of 23 symbols  filter: nobody*" in stage.text()
        assert "nothing here is like that; an empty filter shows all again" in stage.text()
        await stage.keys("backslash", "ctrl+u", "enter")
        assert "all 23 symbols" in stage.text()
        assert "nothing here" not in stage.text()
        await stage.keys("backslash")
        await stage.type("colour:red")
        assert "there is no field colour: they are name" in stage.text()

    on_hello(scenario)


def test_sorting_by_key_and_by_a_click_is_shown_in_the_head() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("2", "f6", "f6")
        table = app.view.query_one("#symbols", VirtualTable)
        assert "name ▲" in stage.text()
        names = [table._row(row)[1][0].lower() for row in range(table.count)]
        assert names == sorted(names)
        await stage.keys("I")
        assert "name ▼" in stage.text()
        line = next(number for number, text in enumerate(stage.lines()) if "name ▼" in text and "kind" in text)
        await stage.pilot.click(offset=(stage.lines()[line].index("kind"), line))
        await stage.settle()
        assert "kind ▼" in stage.text()
        await stage.pilot.click(offset=(stage.lines()[line].index("kind"), line))
        await stage.settle()
        assert "kind ▲" in stage.text()

    on_hello(scenario)


def test_a_filter_by_state_follows_the_steps() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("g")
        await stage.type("@relocate")
        await stage.keys("3", "backslash")
        await stage.type("state:pending")
        table = app.view.query_one("#relocs", VirtualTable)
        before = table.count
        await stage.keys("s", "s")
        assert table.count == before - 2

    on_hello(scenario)


def test_what_is_looked_for_is_laid_over_the_runs_of_a_line() -> None:
    runs = [("ab", ""), ("cdef", "name"), ("g", "")]
    assert laid_over(runs, [(1, 3), (5, 7)]) == [
        ("a", ""), ("b", " hit"), ("c", "name hit"), ("de", "name"), ("f", "name hit"), ("g", " hit"),
    ]  # fmt: skip


def test_found_filtered_and_sorted_views_read_as_their_snapshots() -> None:
    for size, name in (((120, 36), "wide"), ((80, 24), "small")):

        async def scenario(stage: Stage, app: WasmscopeApp, name: str = name) -> None:
            await stage.keys("2", "backslash")
            await stage.type("kind:func !bind:local")
            await stage.keys("f6", "f6", "I", "slash")
            await stage.type("print")
            matches(f"found-{name}", stage.snapshot())

        on_hello(scenario, size)


def test_hostile_patterns_and_filters_are_taken_as_they_are() -> None:
    app = opened(*SAMPLES["kernel"].inputs)

    async def scenario(stage: Stage) -> None:
        for text in ("[/x]", "\x1b[1m", "a" * 2_000, "\u202edcba", "x\"", "/[/", "name:", "!", ":"):
            for key in ("slash", "backslash"):
                await stage.keys("2", key)
                await stage.type(text.replace("\x1b", ""))
        assert app.is_running

    play(app, scenario)


def test_a_filter_in_view_1_leaves_steps_out_of_their_pane_and_never_the_current_one() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        assert app.opened is not None
        steps, events = app.opened.steps, app.view.query_one("#events", EventList)
        await stage.keys("tab", "tab", "backslash")
        await stage.type("phase:mark")
        _, first, end = steps.ranges[2]
        shown = [*range(first, end), len(steps)]  # the step that the reader is at does not hold, and is there
        assert [events.rows.step(item) for item in range(events.count)] == shown
        assert events.step == app.place.step == len(steps)
        assert f"Steps {end - first} of {len(steps)}  filter: phase:mark" in stage.text()
        await stage.keys("up")
        assert app.place.step == end - 1  # an arrow goes to a step that holds
        assert events.count == end - first
        await stage.keys("s", "s")
        assert app.place.step == events.step == end + 1  # a step is a step
        assert events.count == end - first + 1
        await stage.keys("home")
        assert app.place.step == events.step == first
        matches("link-filtered", stage.snapshot())
        await stage.keys("escape")
        assert events.count == len(steps) + 1
        assert app.place.step == events.step == first
        await stage.keys("backslash")
        await stage.type("text:nowhere")
        assert [events.rows.step(item) for item in range(events.count)] == [first]
        await stage.keys("b")
        assert [one.spec for one in app.debugger.stops.breakpoints] == [f"step {first}"]  # type: ignore[union-attr]
        await stage.keys("backslash", "ctrl+u")
        await stage.type("")
        assert events.count == len(steps) + 1

    on_hello(scenario)
