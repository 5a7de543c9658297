from __future__ import annotations

import pytest

from tests.tui.stage import Stage, show
from wasmscope.debugger.lines import Column
from wasmscope.debugger.panes.reloc_rows import COLUMNS as RELOCATION_COLUMNS
from wasmscope.debugger.panes.symbol_rows import COLUMNS as SYMBOL_COLUMNS
from wasmscope.tui.widgets.virtual_table import VirtualTable, column_widths

COLUMNS = (
    Column("#", 6, right=True),
    Column("name", 30, 10, grow=1),
    Column("kind", 8, drop=1),
    Column("value", 10, drop=2),
)


def table(count: int) -> VirtualTable:
    made = VirtualTable(COLUMNS, id="table")
    made.show(
        count,
        lambda row: [(str(row), "dim"), (f"name_{row}[/x]\x1b[1m", ""), ("func", ""), (hex(row), "")],
        lambda row: ("*", "changed") if row == 2 else ("", ""),
    )
    return made


def test_columns_take_what_they_want_when_there_is_room() -> None:
    assert column_widths(COLUMNS, 100) == [6, 72, 8, 10]


def test_columns_shrink_to_their_least_and_then_the_least_needed_go() -> None:
    assert column_widths(COLUMNS, 40) == [6, 12, 8, 10]
    assert column_widths(COLUMNS, 30) == [6, 13, 8, 0]
    assert column_widths(COLUMNS, 20) == [6, 12, 0, 0]


def test_rows_show_cells_marks_and_the_cursor_and_no_markup() -> None:
    async def scenario(stage: Stage) -> None:
        lines = stage.lines()
        assert "name" in lines[0]
        assert lines[1].startswith("▶      0 name_0[/x]\\x1b[1m")
        assert lines[3].startswith(" *     2 name_2")

    show(table(10), scenario)


def test_a_name_is_cut_inside_and_a_heading_among_them_at_its_end() -> None:
    made = VirtualTable((Column("name", 20, name=True),), id="table")
    texts = [("first_of_many_long_names", ""), ("3 removed, 2 added, 20 moved", "head")]
    made.show(2, lambda row: [texts[row]])

    async def scenario(stage: Stage) -> None:
        name, heading = (line[2:].strip() for line in stage.lines()[1:3])
        assert name.startswith("first_of")
        assert name.endswith("_names")
        assert heading == "3 removed, 2 added,…"

    show(made, scenario, (24, 5))


def test_keys_move_by_row_page_and_to_the_ends() -> None:
    made = table(1000)

    async def scenario(stage: Stage) -> None:
        for keys, row in (
            (("down", "j"), 2), (("k",), 1), (("pagedown",), 20), (("end",), 999), (("home",), 0),
            (("G",), 999), (("pageup",), 980),
            (("ctrl+u",), 971), (("ctrl+d",), 980),
        ):  # fmt: skip
            await stage.keys(*keys)
            assert made.cursor == row, keys
            assert f"name_{row}[" in stage.text()

    show(made, scenario)


def test_an_empty_table_takes_keys() -> None:
    async def scenario(stage: Stage) -> None:
        await stage.keys("down", "end", "pagedown", "enter", "home")
        assert "name" in stage.text()

    show(table(0), scenario)


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_an_address_above_the_stack_of_zig_is_not_cut(width: int) -> None:
    """Zig gives a program 16 MiB of stack, and data comes after that."""
    for columns in (SYMBOL_COLUMNS, RELOCATION_COLUMNS):
        widths = dict(zip((one.title for one in columns), column_widths(columns, width - 5), strict=True))
        assert widths["value"] >= len("0x1000970")


def test_the_sign_of_the_order_stands_in_a_column_as_narrow_as_its_title() -> None:
    made = VirtualTable((Column("name", 10, grow=1), Column("slot", 4, right=True)))
    made.show(1, lambda row: [("a", ""), ("1", "")])

    async def scenario(stage: Stage) -> None:
        for column, head in (("slot", "  name           slo▲"), ("name", "  name ▲         slot")):
            made.sorted_by = column
            made.changed()
            await stage.settle()
            assert stage.lines()[0] == head

    show(made, scenario, (23, 5))
