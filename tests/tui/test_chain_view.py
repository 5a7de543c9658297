from __future__ import annotations

from textual.geometry import Region

from tests.tui.stage import Stage, show
from wasmscope.debugger.panes.chains import ChainCard
from wasmscope.tui.widgets.chain_view import ChainView

CARDS = [
    ChainCard("0", "first", "0x0", "4 B  0 r", "a.o"),
    ChainCard("1", "second[/x]", "0x8", "4 B  1 r", "a.o", pad=4),
    ChainCard("2", "broken", "0xc", "4 B  1 r", "b.o", joint="─>"),
    ChainCard("3", "now", "· → 0x10 *", "4 B  1 r", "b.o", "step"),
    ChainCard("4", "later", "·", "4 B  1 r", "b.o", "pending", joint=""),
]


def chain() -> ChainView:
    made = ChainView()
    made.show(len(CARDS), lambda item: CARDS[item], lambda width: [[("5 atoms", "")], [("bar", "")]])
    return made


def show_beside(widget: ChainView, scenario, width: int) -> None:
    """On a screen that is wide enough for cards, in a pane of `width`."""
    widget.styles.width = width
    show(widget, scenario, (120, 20))


def test_cards_are_joined_in_both_directions_only_when_each_names_the_other() -> None:
    async def scenario(stage: Stage) -> None:
        text = stage.text()
        assert "┃<─>│ second[/x]" in text
        assert "│─╮" in text
        assert "─>!│ broken" in text
        assert " · │ later" in text or "· │ later" in text

    show_beside(chain(), scenario, 54)


def test_padding_is_a_number_under_the_joint_and_a_new_place_is_marked() -> None:
    async def scenario(stage: Stage) -> None:
        assert "+4 │ 0x8" in stage.text()
        assert "· → 0x10 *" in stage.text()

    show_beside(chain(), scenario, 54)


def test_the_heavy_border_follows_the_cursor() -> None:
    made = chain()

    async def scenario(stage: Stage) -> None:
        await stage.keys("l", "j")
        assert made.cursor == 3
        assert "┃ now" in stage.text()

    show_beside(made, scenario, 54)


def test_a_narrow_chain_is_a_list() -> None:
    async def scenario(stage: Stage) -> None:
        lines = stage.lines()
        assert lines[2].startswith("▶    0 first")
        assert lines[3].startswith(" ⇅   1 second[/x]")
        assert "0x8 +4" in lines[3]
        assert lines[4].startswith(" !   2 broken")
        assert lines[6].startswith(" ·   4 later")

    show(chain(), scenario, (54, 20))


def test_text_stands_in_for_a_chain_that_is_not_there() -> None:
    made = chain()

    async def scenario(stage: Stage) -> None:
        made.show_instead([[("no chain: the link stopped", "")]])
        await stage.settle()
        assert "no chain: the link stopped" in stage.text()
        await stage.keys("down", "end", "enter")

    show_beside(made, scenario, 54)


def test_text_that_came_while_the_pane_was_out_of_sight_has_its_width_in_the_first_frame() -> None:
    made = ChainView()

    async def scenario(stage: Stage) -> None:
        made.show_instead([[("no chain", "")]])
        await stage.settle()
        made.display = False
        await stage.settle()
        made.show_instead([[("no chain: the link stopped in load", "")]])
        made.display = True
        stage.app.screen._refresh_layout()
        stage.app.screen._on_timer_update()
        made.render_lines(Region(0, 0, *made.size))  # painted before the pane is told of its size
        await stage.settle()
        assert "no chain: the link stopped in load" in stage.text()

    show(made, scenario)
