from __future__ import annotations

import pytest

from tests.tui.stage import Stage, show
from wasmscope.debugger.panes.bytes_source import ByteSpan
from wasmscope.debugger.panes.hex_rows import joined
from wasmscope.tui.widgets.hex_view import HexView

DATA = bytes(range(256))


def view(*spans: ByteSpan, mode: str = "bytes") -> HexView:
    made = HexView()
    made.mode = mode
    made.show(len(DATA), lambda a, b: DATA[a:b], lambda a, b: spans, 0, lambda a, b: "a" * (b - a))
    return made


@pytest.mark.parametrize(
    ("span", "row"),
    [
        (ByteSpan(2, 4, "patched"), "0000  00 01(02 03)04 05"),
        (ByteSpan(2, 4, "step"), "0000  00 01<02 03>04 05"),
        (ByteSpan(2, 4, "pending"), "0000  00 01{02 03}04 05"),
        (ByteSpan(2, 4, "linker"), "0000  00 01[02 03]04 05"),
        (ByteSpan(2, 4, "error"), "0000  00 01!02 03!04 05"),
        (ByteSpan(2, 4, "unset"), "0000  00 01 ·· ·· 04 05"),
    ],
)
def test_brackets_say_what_happened_to_bytes(span: ByteSpan, row: str) -> None:
    async def scenario(stage: Stage) -> None:
        assert stage.lines()[0].startswith(row)

    show(view(span), scenario, (80, 10))


def test_a_run_that_goes_on_ends_with_dots_and_opens_again() -> None:
    async def scenario(stage: Stage) -> None:
        first, second = stage.lines()[:2]
        assert "0e(0f…" in first
        assert second.startswith("0010 (10 11)12")

    show(view(ByteSpan(15, 18, "patched")), scenario, (80, 10))


def test_between_neighbours_the_step_and_then_the_opening_wins() -> None:
    async def scenario(stage: Stage) -> None:
        assert "00(01 02(03 04)05<06>07" in stage.lines()[0]

    spans = (ByteSpan(1, 3, "patched"), ByteSpan(3, 5, "patched"), ByteSpan(6, 7, "step"), ByteSpan(7, 7, "patched"))
    show(view(*spans[:3]), scenario, (80, 10))


def test_neighbours_that_the_linker_made_read_as_one_run() -> None:
    spans = [ByteSpan(0, 2, "linker"), ByteSpan(2, 3, "linker"), ByteSpan(3, 5, "patched"), ByteSpan(5, 7, "patched")]
    assert joined(spans) == [ByteSpan(0, 3, "linker"), *spans[2:]]


def test_text_stands_beside_the_bytes_when_there_is_room_and_rows_are_short_when_there_is_little() -> None:
    async def wide(stage: Stage) -> None:
        assert stage.lines()[4].endswith("@ABCDEFGHIJKLMNO")

    async def narrow(stage: Stage) -> None:
        assert stage.lines()[1].split()[0] == "0008"
        assert len(stage.lines()[1].split()) == 9

    show(view(), wide, (80, 10))
    show(view(), narrow, (40, 10))


def test_labels_and_origins_stand_under_the_bytes() -> None:
    async def labels(stage: Stage) -> None:
        assert stage.lines()[0].startswith("0000  00 01(02 03)")
        assert stage.lines()[1].strip() == "R7"
        assert stage.lines()[1].index("R7") == stage.lines()[0].index("02")

    async def origins(stage: Stage) -> None:
        assert stage.lines()[1].split() == ["a"] * 16

    show(view(ByteSpan(2, 4, "patched", "R7"), mode="labels"), labels, (60, 10))
    show(view(mode="origin"), origins, (60, 10))


def test_the_cursor_moves_by_byte_and_row_and_stays_in_the_file() -> None:
    made = view()

    async def scenario(stage: Stage) -> None:
        for keys, byte in (
            (("right", "l"), 2), (("down",), 18), (("h",), 17), (("up",), 1),
            (("end",), 255), (("down",), 255), (("home", "left"), 0),
        ):  # fmt: skip
            await stage.keys(*keys)
            assert made.cursor == byte, keys

    show(made, scenario, (60, 8))

