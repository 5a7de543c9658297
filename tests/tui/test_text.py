from __future__ import annotations

import pytest

from wasmscope.tui.text import clip, cut, fit, plain, width_of, wrap
from wasmscope.tui.widgets.text_panel import hang


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain", "plain"),
        ("[/x] [b]", "[/x] [b]"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("two\nlines\tand", "two\\nlines\\tand"),
        ("\udcff\udc80", "\\xff\\x80"),
        ("right\u202eleft", "right\\u202eleft"),
        ("\U000e0001", "\\U000e0001"),
    ],
)
def test_what_cannot_be_printed_is_written_as_an_escape(raw: str, shown: str) -> None:
    assert plain(raw) == shown


def test_text_fits_its_cells_exactly() -> None:
    assert fit("abc", 5) == "abc  "
    assert fit("abc", 5, right=True) == "  abc"
    assert fit("abcdef", 4) == "abc…"
    assert fit("abc", 0) == ""


def test_a_name_is_cut_inside_and_fits_its_cells_exactly() -> None:
    assert fit("a_long_name+0x10", 12, name=True) == "a_l…ame+0x10"
    assert fit("short+0x1", 12, name=True) == "short+0x1   "
    assert fit("漢字漢字漢字", 8, name=True) == "漢…漢字 "
    assert fit("abc", 1, name=True) == "…"


def test_wide_characters_count_two_cells() -> None:
    assert width_of([(fit("漢字漢字", 5), "")]) == 5
    assert cut("漢字", 4) == "漢字"


def test_a_cut_name_ends_with_dots_and_a_short_one_is_whole() -> None:
    assert cut("abcdef", 4) == "abc…"
    assert cut("abc", 3) == "abc"


def test_a_clipped_line_keeps_its_roles() -> None:
    assert clip([("abc", "x"), ("defgh", "y"), ("i", "z")], 6) == [("abc", "x"), ("de…", "y")]


def test_a_line_cut_between_two_runs_says_so_and_one_that_only_ends_in_blanks_is_whole() -> None:
    assert clip([("abc", "x"), ("def", "y")], 3) == [("ab…", "x")]
    assert clip([("abc", "x"), ("def", "y"), ("", "z")], 6) == [("abc", "x"), ("def", "y"), ("", "z")]
    assert clip([("abc", "x"), ("   ", "y")], 4) == [("abc", "x"), ("", "y")]


def test_a_line_wraps_at_spaces_with_an_indent() -> None:
    rows = wrap([("one two three", "x")], 8)
    assert ["".join(text for text, _ in row) for row in rows] == ["one two ", "  three"]


def test_a_word_longer_than_the_line_is_broken_and_nothing_is_lost() -> None:
    rows = wrap([("_ZN3foo3barEv_and_more", "")], 10)
    assert "".join(text.strip() for row in rows for text, _ in row) == "_ZN3foo3barEv_and_more"
    assert all(width_of(row) <= 10 for row in rows)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("libc.a(strerror.o):0x122", ["libc.a(strerror.o):", "  0x122"]),
        (".rodata.errmsgstr+0x10", [".rodata.errmsgstr", "  +0x10"]),
        ("make<shop::billings::Square>", ["make<shop::", "  billings::Square>"]),
        ("shop_and_a_billings::Square", ["shop_and_a_billings", "  ::Square"]),
        ("/usr/lib/musl/src/errno/strerror.c:18", ["/usr/lib/musl/src/", "  errno/strerror.c:", "  18"]),
    ],
)
def test_a_long_place_or_path_is_cut_where_its_parts_meet(text: str, lines: list[str]) -> None:
    assert ["".join(part for part, _ in row) for row in wrap([(text, "")], 20)] == lines


def test_wrapping_in_hardly_any_room_ends() -> None:
    assert wrap([("漢字 and more", "")], 1)


def test_a_long_line_of_a_panel_goes_on_under_its_last_column() -> None:
    line = [("name  what it does, in a few ", ""), ("words", "dim")]
    assert hang(line, 40) == 6
    rows = ["".join(text for text, _ in row) for row in wrap(line, 24, hang(line, 24))]
    assert [row.rstrip() for row in rows] == ["name  what it does, in a", "      few words"]
    assert hang([("a sentence without columns", "")], 40) == 1
    assert hang([(" " * 30 + "far to the right", "")], 40) == 1
