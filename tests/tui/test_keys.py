"""Each key of the program, on the link of samples/hello."""

from __future__ import annotations

import asyncio

import pytest
from textual.binding import Binding
from textual.events import Key
from textual.screen import Screen

from tests.tui.stage import HELLO, Stage, linked, opened, play
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.question import Linker, Question
from wasmscope.explain.steps import steps
from wasmscope.tui import keys
from wasmscope.tui.program import WasmscopeApp
from wasmscope.tui.screen_commands import SCREEN_COMMANDS
from wasmscope.tui.widgets.card import Card
from wasmscope.tui.widgets.hex_view import HexView
from wasmscope.tui.widgets.line_view import LineView
from wasmscope.tui.widgets.virtual_table import VirtualTable

LAST = len(steps(linked(*HELLO)))


def on_hello(scenario, size=(120, 36)) -> None:
    app = opened(*HELLO)

    async def told(stage: Stage) -> None:
        await scenario(stage, app)

    play(app, told, size)


def test_every_key_has_an_action_an_id_and_words() -> None:
    made = [one for one in keys.bindings() if isinstance(one, Binding)]
    names = [one.id for one in made]
    assert len(set(names)) == len(names)
    for one in made:
        assert one.id
        assert one.description
        command = one.action.removeprefix("run('").removesuffix("')").split(" ")[0]
        assert SCREEN_COMMANDS.by_name.get(command) or COMMANDS.by_name.get(command), one.action


def test_the_link_opens_at_its_end_and_says_how_to_go_on() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        assert app.place.step == LAST
        assert "S steps back" in stage.text()
        assert f"@{LAST}/{LAST}" in stage.text()

    on_hello(scenario)


MOVES = (
    (0, "s", 1), (5, "S", 4), (0, "n", 14), (14, "N", 0), (3, "f", 25), (30, "F", 25), (0, "c", LAST), (9, "C", 0),
    (3, "right_curly_bracket", 26), (26, "left_curly_bracket", 1),
)  # fmt: skip
"""The step before, the key, the step after."""


def test_keys_that_move_in_time() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        for start, key, end in MOVES:
            await stage.keys("g")
            await stage.type(f"@{start}")
            await stage.keys(key)
            assert app.place.step == end, key
            assert f" @{end} " in stage.text(), key

    on_hello(scenario)


def test_past_the_ends_a_key_answers_with_a_line() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("s")
        assert "this is the end of the link" in stage.text()
        await stage.keys("C", "S")
        assert "nothing has happened yet" in stage.text()
        assert app.place.step == 0

    on_hello(scenario)


def test_many_keys_at_once_are_drawn_once_and_none_is_lost() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("C", *("s",) * 60)
        assert app.place.step == 60

    on_hello(scenario)


def test_views_are_reached_by_number_and_back_returns() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        for key, name in (("2", "[2 Symbols]"), ("3", "[3 Relocs]"), ("4", "[4 Bytes]"), ("1", "[1 Link]")):
            await stage.keys(key)
            assert name in stage.text()
        await stage.keys("u", "u")
        assert "[3 Relocs]" in stage.text()
        await stage.keys("U")
        assert "[4 Bytes]" in stage.text()

    on_hello(scenario)


def test_goto_says_what_it_does_not_find_and_gg_is_the_top() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("g")
        await stage.type("nobody")
        assert "nothing is called nobody" in stage.text()
        await stage.keys("g")
        await stage.type("g")
        assert app.place.step == 0

    on_hello(scenario)


def test_keys_that_come_in_one_piece_reach_whom_they_are_meant_for() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        for key in ("g", "at", "7"):
            stage.app.post_message(Key(key, "@" if key == "at" else key))
        stage.app.post_message(Key("enter", "\r"))
        await stage.settle()
        for key in ("3", "tab", "down", "down"):
            stage.app.post_message(Key(key, key if len(key) == 1 else None))
        await stage.settle()
        assert app.place.step == 7
        assert app.focused is not None
        assert app.focused.id == "formula"
        assert app.view.query_one("#formula", Card).cursor == 2

    on_hello(scenario)


def test_search_finds_in_the_pane_and_repeats_both_ways() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("2", "slash")
        await stage.type("print")
        table = app.view.query_one("#symbols", VirtualTable)
        first = table.cursor
        assert app.place.symbol is not None
        assert "print" in app.place.symbol.name
        await stage.keys("full_stop")
        assert table.cursor != first
        await stage.keys("comma")
        assert table.cursor == first
        await stage.keys("slash")
        await stage.type("nobody")
        assert "nobody is not here" in stage.text()

    on_hello(scenario)


def test_escape_leaves_a_prompt_and_its_history_is_kept() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("g")
        await stage.type("@7")
        await stage.keys("g", "escape")
        assert app.place.step == 7
        await stage.keys("s", "g", "up", "enter")
        assert app.place.step == 7
        await stage.keys("g", "s", "escape")
        assert app.place.step == 7

    on_hello(scenario)


def test_parentheses_go_through_the_relocations_in_every_view() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        for view in "1234":
            await stage.keys(view, "g")
            await stage.type("r3")
            await stage.keys(view, "right_parenthesis")
            assert app.place.relocation == steps(linked(*HELLO)).places.relocation_at(4)
            await stage.keys("left_parenthesis", "left_parenthesis")
            assert app.place.relocation == steps(linked(*HELLO)).places.relocation_at(2)

    on_hello(scenario)


def test_whose_keys_count_is_what_textual_finds_whatever_has_the_focus() -> None:
    """It is found out once for each pane, and again when the keys are others."""

    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        seen = set()
        for one in ("1", "tab", "2", "tab", "4", "colon", "escape", "question_mark"):
            for keymap in ({}, {"time.step": "x"}):
                app.set_keymap(keymap)
                chain, made = app.screen._binding_chain, Screen._binding_chain.fget(app.screen)
                assert [(node, keys.key_to_bindings) for node, keys in chain] == [
                    (node, keys.key_to_bindings) for node, keys in made
                ]
            app.set_keymap({})
            seen.add(app.focused)
            await stage.keys(one)
        assert len(seen) >= 6

    on_hello(scenario)


def test_tab_goes_through_the_panes_and_z_zooms_one() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        seen = []
        for _ in range(5):
            assert app.focused is not None
            seen.append(app.focused.id)
            await stage.keys("tab")
        assert seen == ["chain", "thing", "events", "stops", "phases"]
        await stage.keys("z")
        assert app.view.zoomed is app.focused
        await stage.keys("z")
        assert app.view.zoomed is None
        await stage.keys("shift+tab")
        assert app.focused is not None
        assert app.focused.id == "phases"

    on_hello(scenario)


@pytest.mark.parametrize("size", [(120, 36), (60, 15)])
def test_z_gives_a_pane_the_whole_view_and_takes_it_back(size: tuple[int, int]) -> None:
    async def scenario(stage: Stage) -> None:
        app = stage.app
        for number in range(6):
            await stage.keys(str(number + 1))
            for name in app.view.panes:
                pane, before = app.focused, {one: one.region for one in app.view.query(LineView)}
                assert pane is not None
                assert pane.id == name
                await stage.keys("z")
                assert pane.region == app.query_one("#views").region
                assert [one for one in before if one.region] == [pane]
                await stage.keys("1" if number else "2", str(number + 1))
                assert app.focused is pane
                assert pane.region == app.query_one("#views").region
                await stage.keys("z")
                assert {one: one.region for one in before} == before
                await stage.keys("tab")

    play(opened(*HELLO, "--no-entry", "--export-all"), scenario, size)


def test_letters_beside_the_bytes_are_explained_for_the_byte_under_the_cursor() -> None:
    """There is room for them in a zoomed view, and for what the brackets mean too."""

    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("4", "g")
        await stage.type("greet")
        assert " here: " not in stage.text()
        await stage.keys("z")
        assert "[ ] linker  b here: greet.o ─┘" in stage.text()
        await stage.keys("home")
        assert "[ ] linker  L here: linker ─┘" in stage.text()
        await stage.keys("p", "p")
        assert "a main.o  b greet.o  L linker ─┘" in stage.text()
        await stage.keys("p", "z")
        assert " here: " not in stage.text()

    on_hello(scenario)


def test_a_zoom_ends_with_tab_and_on_the_way_back_to_another_pane() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("4", "end", "tab", "z", "tab")
        assert app.view.zoomed is None
        await stage.keys("shift+tab", "end", "z", "u")
        assert app.view.zoomed is None
        assert app.focused is app.query_one("#hex")
        await stage.keys("z", "escape")
        assert app.view.zoomed is None

    on_hello(scenario)


def test_enter_follows_from_a_symbol_to_its_atom_and_from_a_relocation_to_its_bytes() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("2", "g")
        await stage.type("greet")
        await stage.keys("2", "enter")
        assert app.place.view == 0
        assert app.place.atom is app.place.symbol.target  # type: ignore[union-attr]
        await stage.keys("3", "enter")
        assert app.place.view == 3
        assert app.place.relocation is not None
        await stage.keys("enter")
        assert app.place.view == 2

    on_hello(scenario)


def test_every_number_of_a_formula_leads_to_the_step_that_made_it() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("3", "tab")
        card = app.view.query_one("#formula", Card)
        await stage.keys("down", "down")  # the symbol's first line
        target = card.target
        await stage.keys("enter")
        assert target is not None
        assert app.place.step == target.step  # type: ignore[attr-defined]

    on_hello(scenario)


def test_a_key_goes_from_an_output_byte_to_its_input_and_back() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("4")
        output = app.place.start
        await stage.keys("a")
        assert app.place.file is not None
        assert app.place.file.name.endswith("main.o")
        await stage.keys("a")
        assert app.place.file is None
        assert app.place.start == output

    on_hello(scenario)


def test_brackets_go_from_field_to_field_and_p_changes_what_stands_under_the_bytes() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("4")
        view = app.view.query_one("#hex", HexView)
        at = view.cursor
        await stage.keys("right_square_bracket")
        assert view.cursor > at
        await stage.keys("left_square_bracket")
        assert view.cursor == at
        for mode in ("labels", "origin", "bytes"):
            await stage.keys("p")
            assert view.mode == mode

    on_hello(scenario)


def test_help_lists_the_keys_of_the_pane_and_of_the_program() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("question_mark")
        text = stage.text()
        assert "one step forward" in text
        assert "Moving in time" in text
        await stage.keys("pagedown", "escape")
        assert "Moving in time" not in stage.text()
        await stage.keys("question_mark", "2")
        assert "Moving in time" not in stage.text()
        assert "[2 Symbols]" in stage.text()
        await stage.keys("1")
        assert app.focused is not None
        assert app.focused.id == "chain"

    on_hello(scenario)


@pytest.mark.parametrize("key", ["s", "S", "b", "e", "right_parenthesis", "escape", "question_mark"])
def test_a_key_that_closes_the_help_leaves_the_focus_where_it_was(key: str) -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("3", "tab")
        pane = app.focused
        assert pane is not None
        assert pane.id == "formula"
        await stage.keys("question_mark", "down", key)
        assert "Moving in time" not in stage.text()
        assert app.focused is pane
        await stage.keys("question_mark", "tab")
        assert app.focused is not None
        assert app.focused.id == "code", "the next pane is the one after that"

    on_hello(scenario)


@pytest.mark.parametrize("key", ["equals_sign", "W", "X"])
def test_a_step_that_closes_a_panel_leaves_the_focus_where_it_was(key: str) -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("tab")
        pane = app.focused
        await stage.keys(key)
        assert app.focused is not pane
        await stage.keys("S")
        assert app.focused is pane

    on_hello(scenario)


def test_redrawing_leaves_the_cursor_where_the_reader_put_it_in_the_dominators() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("g")
        await stage.type("print")
        await stage.keys("6", "tab")
        table = app.view.query_one("#dominators", VirtualTable)
        assert app.focused is table
        here = table.cursor
        assert here > 1
        await stage.keys("up", "b", "e")
        await stage.pilot.resize_terminal(100, 30)
        await stage.settle()
        assert table.cursor == here - 1
        await stage.keys("enter")
        assert table.cursor == here - 1, "it is on what is looked at"
        await stage.keys("u")
        assert table.cursor == here - 1

    on_hello(scenario)


def test_a_comparison_of_links_has_its_own_columns_after_one_of_steps() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("5")
        head = stage.lines()[3]
        assert "before" in head
        assert "bytes" not in head
        await stage.keys("colon")
        await stage.type("set --no-gc-sections")
        await stage.until(lambda: app.debugger is not None and "linked again" in app.notice)
        await stage.until(lambda: "bytes" in stage.lines()[3])

    on_hello(scenario)


def test_reload_keeps_the_step_and_the_symbol() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("g")
        await stage.type("greet")
        await stage.keys("S", "S", "g")
        await stage.type("greet")
        before = app.place
        await stage.keys("R")
        await stage.until(lambda: "linked again" in stage.text())
        assert app.place.step == before.step
        assert app.place.symbol is before.symbol
        assert "linked again" in stage.text()

    on_hello(scenario)


def test_q_leaves() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("q")
        assert not app.is_running or app._exit

    on_hello(scenario)


def test_a_click_on_a_row_is_the_cursor() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("2")
        await stage.pilot.click("#symbols", offset=(20, 6))
        await stage.settle()
        assert app.view.query_one("#symbols", VirtualTable).cursor == 4

    on_hello(scenario)


def test_a_command_line_takes_any_command_by_its_name() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("colon")
        await stage.type("step-back 3")
        assert app.place.step == LAST - 3
        await stage.keys("colon")
        await stage.type("view symbols")
        assert "[2 Symbols]" in stage.text()
        await stage.keys("colon")
        await stage.type("stepp")
        assert "there is no command stepp: did you mean step" in stage.text()

    on_hello(scenario)


def test_the_command_that_is_typed_is_explained_and_stays_so_when_the_terminal_changes() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("colon")
        for key in "set":
            await stage.keys(key)
        assert "set OPTION" in stage.text()  # not the screen's own `settings`
        await stage.pilot.resize_terminal(100, 30)
        await stage.settle()
        assert "set OPTION" in stage.text()
        await stage.keys("escape")
        assert "set OPTION" not in stage.text()

    on_hello(scenario)


def test_enter_that_was_typed_before_the_screen_is_there_enters() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("colon")
        for character in "view 6":
            app.post_message(Key(character, character))
        await stage.settle()
        await stage.keys("ctrl+j")
        assert "[6 Why]" in stage.text()

    on_hello(scenario)


def test_commands_of_the_screen_and_of_the_session_share_their_beginnings() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        for line, said in (
            ("them", "now: dark"),  # an unambiguous beginning of a screen's command
            ("se", "there is no command se: did you mean settings, set?"),
            ("help re", "there is no command re: did you mean"),
            ("stop b1", "there is no b1; breakpoints"),
        ):
            await stage.keys("colon")
            await stage.type(line)
            assert said in stage.text(), line

    on_hello(scenario)


def test_an_option_is_chosen_from_the_list_and_links_again() -> None:
    question, linker = Question(tuple(map(str, HELLO))), Linker()
    app = WasmscopeApp(linker.link, linker.link(question), "", question)

    async def scenario(stage: Stage) -> None:
        await stage.keys("colon")
        await stage.type("options no-gc")
        assert "--no-gc-sections" in stage.text()
        await stage.keys("enter")
        await stage.until(lambda: app.debugger.question.changed)
        assert "5 shows the difference" in stage.text()
        await stage.keys("5")
        await stage.until(lambda: "gc-sections" in stage.text())
        await stage.keys("colon")
        await stage.type("options global-base")
        await stage.keys("enter")
        await stage.type("65536")
        await stage.until(lambda: app.debugger.question.more[-1] == "--global-base=65536")

    play(app, scenario)


def test_a_move_and_what_it_leads_to_are_one_frame() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("2", "home")
        await asyncio.sleep(0.1)
        frames: list[str] = []
        paint = app.screen._compositor_refresh
        app.screen._compositor_refresh = lambda: (frames.append(app.place.symbol.name), paint())
        app.simulate_key("down")
        await asyncio.sleep(0.2)
        assert frames == [app.opened.symbols[1].name]

    on_hello(scenario)
