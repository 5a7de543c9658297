"""Keys that move in space, on the link of samples/hello."""

from __future__ import annotations

import pytest

from tests.samples import SAMPLES
from tests.tui.stage import HELLO, Stage, matches, opened, play
from wasmscope.tui.program import WasmscopeApp
from wasmscope.tui.widgets.card import Card
from wasmscope.tui.widgets.line_view import LineView
from wasmscope.tui.widgets.pick_panel import PickPanel
from wasmscope.tui.widgets.tree_view import TreeView


def on_hello(scenario, size=(120, 36)) -> None:
    app = opened(*HELLO)

    async def told(stage: Stage) -> None:
        await scenario(stage, app)

    play(app, told, size)


async def goto(stage: Stage, text: str) -> None:
    await stage.keys("g")
    await stage.type(text)


def test_a_goes_around_output_input_and_memory() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await goto(stage, "mem:0x10001")
        assert "Bytes  memory at start  0x10001" in stage.text()
        await stage.keys("a")
        assert "Bytes  output a.out" in stage.text()
        await stage.keys("a")
        assert "Bytes  main.o" in stage.text()
        await stage.keys("a")
        assert app.place.start == 0x10001
        assert app.place.memory

    on_hello(scenario)


def test_x_lists_what_leads_here_and_enter_goes_there_and_u_comes_back() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await goto(stage, "greet")
        await stage.keys("2")
        before = app.place
        await stage.keys("x")
        assert "3 references to symbol greet" in stage.text()
        assert app.query_one(PickPanel).has_class("open")
        await stage.keys("enter")
        assert app.place.view == 2
        assert not app.query_one(PickPanel).has_class("open")
        await stage.keys("u")
        assert app.place == before
        await stage.keys("X", "escape")
        assert not app.query_one(PickPanel).has_class("open")
        assert app.place == before

    on_hello(scenario)


def test_x_in_a_side_pane_is_about_its_line() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await goto(stage, "visit_all")
        await stage.keys("2", "tab", "tab")
        card = app.view.query_one("#references", Card)
        while card.target is None or not hasattr(card.target, "row"):
            await stage.keys("down")
        await stage.keys("X")
        assert "references from relocation" in stage.text()

    on_hello(scenario)


def test_t_changes_the_chain_and_brackets_the_field() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("1")
        code = stage.text()
        await stage.keys("t")
        assert "Chain code" in code
        assert "Chain code" not in stage.text()
        await stage.keys("T")
        assert "Chain code" in stage.text()
        await stage.keys("4", "right_square_bracket")
        there = app.place
        await stage.keys("right_square_bracket", "left_square_bracket")
        assert app.place.start == there.start

    on_hello(scenario)


def test_back_restores_cursor_and_scroll_of_every_pane() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("2", *("down",) * 9, "tab", "tab", *("down",) * 4)
        panes = {one: app.view.query_one(f"#{one}", LineView) for one in app.view.panes}
        panes["symbols"].scroll_to(y=3, animate=False, immediate=True)
        await stage.settle()
        before = {name: (pane.cursor, pane.scroll_offset.y) for name, pane in panes.items()}
        focused = app.focused
        await goto(stage, "@7")
        await goto(stage, "print")
        await stage.keys("u", "u")
        assert {name: (pane.cursor, pane.scroll_offset.y) for name, pane in panes.items()} == before
        assert app.focused is focused
        await stage.keys("U")
        assert app.place.step == 7

    on_hello(scenario, (100, 24))


def test_moves_further_than_a_page_can_be_undone_and_others_are_not_kept() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("3", "home", "down", "down")
        row = app.view.query_one("#relocs", LineView).cursor
        await stage.keys("end")
        await stage.keys("u")
        assert app.view.query_one("#relocs", LineView).cursor == row
        await stage.keys("down")
        await stage.keys("u")
        assert app.place.view != 2

    on_hello(scenario)


@pytest.mark.parametrize(("size", "pane"), [((120, 36), "hex"), ((80, 24), "hex"), ((120, 20), "structure")])
def test_back_from_the_end_of_a_pane_shows_it_as_it_was_left(size: tuple[int, int], pane: str) -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await goto(stage, "greet")
        await stage.keys("4", *(("tab",) if pane == "structure" else ()))
        view = app.view.query_one(f"#{pane}", LineView)
        assert app.focused is view
        before = app.place.start, view.cursor, view.scroll_offset.y
        await stage.keys("end")
        after = app.place.start, view.cursor, view.scroll_offset.y
        assert before[2] != after[2]
        await stage.keys("u")
        assert (app.place.start, view.cursor, view.scroll_offset.y) == before
        await stage.keys("U")
        assert app.place.start == after[0]
        if pane == "hex":  # the structure may have opened the way by itself
            assert (view.cursor, view.scroll_offset.y) == after[1:]
        await goto(stage, "0x0")
        await goto(stage, "greet")
        await stage.keys("u")
        assert (app.place.start, view.cursor, view.scroll_offset.y) != before, "what was left is long ago"

    on_hello(scenario, size)


def test_the_structure_in_focus_follows_what_is_gone_to() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await goto(stage, "main")
        await stage.keys("4", "tab")
        tree = app.view.query_one("#structure", TreeView)
        assert app.focused is tree
        for keys in (":", ")", "]", "S"):
            await (goto(stage, "greet") if keys == ":" else stage.keys(keys))
            assert tree.node is not None
            assert tree.node.start <= app.place.start < tree.node.end
            assert tree.node.is_leaf
        await stage.keys("left")
        parent = tree.node
        assert not parent.is_leaf
        await stage.keys("left")
        assert tree.node is parent, "a node that is closed stays so"
        assert app.place.start == parent.start

    on_hello(scenario)


def test_enter_on_a_step_goes_to_what_it_is_about() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await goto(stage, "@90")
        await stage.keys("1", "tab", "tab")
        assert app.focused is not None
        assert app.focused.id == "events"
        subject = app.opened.steps[90].subject  # type: ignore[union-attr]
        await stage.keys("enter")
        assert app.place.thing is subject

    on_hello(scenario)


def test_enter_on_a_pointer_in_memory_goes_where_it_points() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await goto(stage, "names")
        await stage.keys("4", "a", "a")
        while not app.place.memory:
            await stage.keys("a")
        await stage.keys("enter")
        assert app.place.memory
        assert "reader" in stage.text() or "linker" in stage.text()

    on_hello(scenario)


def test_e_shows_names_as_they_are_in_the_files() -> None:
    app = opened(*SAMPLES["shapes"].inputs)

    async def scenario(stage: Stage) -> None:
        await stage.keys("2", "home")
        assert "_ZN" not in "".join(stage.lines()[3:10])
        await stage.keys("e")
        assert "_Z" in "".join(stage.lines()[3:12])
        await stage.keys("e")
        assert "_ZN" not in "".join(stage.lines()[3:10])

    play(app, scenario)


def test_memory_and_references_read_as_their_snapshots() -> None:
    for size, name in (((120, 36), "wide"), ((80, 24), "small")):

        async def scenario(stage: Stage, app: WasmscopeApp, name: str = name) -> None:
            await goto(stage, "mem:0x1002c")
            matches(f"memory-end-{name}", stage.snapshot())
            await goto(stage, "visit_all")
            await stage.keys("2", "x")
            matches(f"references-{name}", stage.snapshot())

        on_hello(scenario, size)


def test_back_to_a_pane_of_another_size_shows_its_cursor() -> None:
    async def scenario(stage: Stage, app: WasmscopeApp) -> None:
        await stage.keys("4", *("down",) * 20)
        pane = app.view.query_one("#hex", LineView)
        cursor, line = pane.cursor, pane.line_of(pane.cursor)
        assert pane.scroll_offset.y == 0
        await stage.keys("end")
        await stage.pilot.resize_terminal(120, 18)
        await stage.settle()
        await stage.keys("u")
        assert pane.cursor == cursor
        assert pane.scroll_offset.y <= line < pane.scroll_offset.y + pane.room

    on_hello(scenario)


def test_a_relocation_that_the_link_does_not_apply_has_a_row_while_it_is_looked_at() -> None:
    app = opened(*SAMPLES["kernel"].inputs)

    async def scenario(stage: Stage) -> None:
        resolve = app.opened.link.resolve
        assert resolve is not None
        atom = next(one for one in resolve.discarded if one.lo < one.hi and one.kind == "function")
        assert atom.file is not None
        total = len(app.opened.relocations)
        await goto(stage, f"{atom.file.name}:{atom.start + atom.site(atom.lo):#x}")
        await stage.keys("3")
        assert app.place.relocation == (atom, atom.lo)
        table = app.view.query_one("#relocs", LineView)
        assert (table.count, table.cursor) == (total + 1, total)
        row = next(line for line in stage.lines() if line.startswith("│▶"))
        assert row.split()[1] == "-"
        await stage.keys("up")
        assert (table.count, table.cursor) == (total, total - 1)
        assert app.place.relocation == app.opened.relocations[total - 1]

    play(app, scenario)
