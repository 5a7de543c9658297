"""Links that fail, files that cannot be read, hostile names, little room, no colours."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.toolchain import compiled
from tests.tui.stage import HELLO, Stage, linked, opened, play
from wasmscope.errors import OptionError
from wasmscope.format.types import FuncType
from wasmscope.link.builder import ObjectBuilder
from wasmscope.tui.app import run
from wasmscope.tui.frame import key_pairs
from wasmscope.tui.keymap import Keymap
from wasmscope.tui.program import WasmscopeApp
from wasmscope.tui.views.bytes import BytesView
from wasmscope.tui.views.link import LinkView
from wasmscope.tui.views.relocs import RelocsView
from wasmscope.tui.views.symbols import SymbolsView
from wasmscope.tui.widgets.bars import KeyBar

VIEWS = ("1", "2", "3", "4")
WALK = ("C", "n", "f", "c", "tab", "down", "end", "enter", "u", "right_parenthesis")


async def look_at_everything(stage: Stage) -> None:
    """Every view, with the keys that touch all panes."""
    for view in VIEWS:
        await stage.keys(view)
        for key in WALK:
            await stage.keys(key)


# --- failing links ------------------------------------------------------------------------------------------------


def test_an_undefined_symbol_stops_the_link_at_a_step_that_says_so() -> None:
    app = opened(HELLO[0], strict=True)

    async def scenario(stage: Stage) -> None:
        text = stage.text()
        assert "undefined symbol: " in text
        assert "! " in stage.lines()[0]
        step = app.place.step
        await stage.keys("S")
        assert app.place.step == step - 1
        await stage.keys("c")
        assert app.place.step == step
        await look_at_everything(stage)

    play(app, scenario)


def test_panes_without_bytes_keep_their_titles(tmp_path: Path) -> None:
    (tmp_path / "junk.o").write_bytes(b"")
    app = opened(tmp_path / "junk.o")

    async def scenario(stage: Stage) -> None:
        await stage.keys("4")
        assert [name in stage.text() for name in ("─ Structure ─", "─ Bytes ─", "─ Inspector ─")] == [True] * 3
        assert "no bytes: nothing could be" in stage.text()
        await stage.keys("3")
        assert "─ Before / after ─" in stage.text()
        await stage.keys("6")
        assert "─ Why ─" in stage.text()
        await stage.keys("2")
        assert "nothing is resolved: no object could be read" in stage.text()

    play(app, scenario)


def test_the_card_of_a_damaged_file_says_where_and_what_was_expected(tmp_path: Path) -> None:
    data = bytearray(HELLO[0].read_bytes())
    data[0x60] = 0xFF  # the kind of an import
    (tmp_path / "bad.o").write_bytes(data)
    app = opened(tmp_path / "bad.o")

    async def scenario(stage: Stage) -> None:
        card = " ".join(line.rpartition("││")[2].rstrip(" │▂▃▄▅▆▇█") for line in stage.lines())
        assert "at offset 0x60 of 0x3c8 bytes, in section import" in " ".join(card.split())
        assert "expected: 0 to 4" in " ".join(card.split())

    play(app, scenario)


def test_two_definitions_are_both_shown_and_nothing_is_claimed_after_the_failure() -> None:
    twice = compiled("int greeted(void) { return 2; }", "-O1", "-g0")
    app = opened(*HELLO, twice)

    async def scenario(stage: Stage) -> None:
        assert "duplicate symbol: greeted" in stage.text()
        assert "no chain: the link stopped in resolve" in stage.text()
        await stage.keys("2")
        assert "greeted" in stage.text()
        assert "2 candidates" in stage.text() or "3 candidates" in stage.text()
        await look_at_everything(stage)

    play(app, scenario)


def test_a_file_that_is_cut_off_is_shown_at_the_byte_where_it_breaks(tmp_path: Path) -> None:
    cut = tmp_path / "cut.o"
    cut.write_bytes(HELLO[0].read_bytes()[:150])
    app = opened(HELLO[1], cut)

    async def scenario(stage: Stage) -> None:
        assert "cut.o" in stage.text()
        await stage.keys("4")
        text = stage.text()
        assert "Bytes  cut.o" in text or "cut.o  0x" in text
        assert "!" in text
        await look_at_everything(stage)

    play(app, scenario)


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\0asm", b"\0asm\x01\0\0\0"])
def test_what_is_no_object_is_said_and_every_key_still_works(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "input.o").write_bytes(content)
    app = opened(tmp_path / "input.o")

    async def scenario(stage: Stage) -> None:
        assert "input.o" in stage.text()
        assert "error" in stage.lines()[0]
        await look_at_everything(stage)
        await stage.keys("exclamation_mark")
        assert "said" in stage.text()

    play(app, scenario)


def test_what_was_assumed_is_on_the_screen() -> None:
    app = opened(HELLO[1])

    async def scenario(stage: Stage) -> None:
        assert "assumed --no-entry --export-dynamic" in stage.text()
        await stage.keys("C")
        assert "--strict turns that off" in stage.text()

    play(app, scenario)


def test_an_error_in_the_linker_itself_is_shown_and_does_not_end_the_program() -> None:
    def broken(question):
        raise RuntimeError("a mistake of ours [/x]")

    app = WasmscopeApp(broken)

    async def scenario(stage: Stage) -> None:
        await stage.until(lambda: "a mistake of ours [/x]" in stage.text())
        await stage.keys("s", "2", "g", "escape", "question_mark", "escape")

    play(app, scenario)


def test_a_link_may_come_after_the_first_screen() -> None:
    made = linked(*HELLO)
    app = WasmscopeApp(lambda question: made)

    async def scenario(stage: Stage) -> None:
        await stage.until(lambda: "greet.o" in stage.text())

    play(app, scenario)


# --- names ----------------------------------------------------------------------------------------------------------

NAMES = (
    "[/x]",
    "[b",
    "[0]",
    "[bold]loud[/bold]",
    "\x1b[31mred\x1b[0m",
    "two\nlines",
    "tab\t",
    "\udcff\udc80",
    "\u202eback",
    "漢字" * 20,
    "x" * 500,
)


def hostile(folder: Path) -> Path:
    """An object whose functions, data and segments have names that a screen could trip over."""
    builder = ObjectBuilder()
    for name in NAMES:
        builder.function(name, FuncType((), ()), b"\0\x0b")
        builder.data(name + "data", b"1234", segment=f".data.{name}")
    path = folder / "[hostile].o"
    path.write_bytes(builder.flush())
    return path


def test_names_are_shown_as_they_are_and_control_nothing(tmp_path: Path) -> None:
    app = opened(hostile(tmp_path), "--export-all", "--no-entry", "--no-gc-sections")

    async def scenario(stage: Stage) -> None:
        for width, height in ((120, 36), (80, 24), (40, 12)):
            await stage.pilot.resize_terminal(width, height)
            for view in VIEWS:
                await stage.keys(view, "C", "c", "home")
                for key in ("down",) * 6 + ("tab",) * 3:
                    await stage.keys(key)
                    text = stage.text()
                    assert all(char == "\n" or char.isprintable() for char in text)
                    assert all(cell_len(line) <= width for line in text.splitlines())

    play(app, scenario)


def test_hostile_names_can_be_read(tmp_path: Path) -> None:
    app = opened(hostile(tmp_path), "--export-all", "--no-entry", "--no-gc-sections")

    async def scenario(stage: Stage) -> None:
        await stage.keys("2", "home")
        text = stage.text()
        for _ in range(4):
            await stage.keys(*("down",) * 7)
            text += stage.text()
        for shown in ("[/x]", "[bold]loud[/bold]", "\\x1b[31mred", "two\\nlines", "\\xff\\x80", "\\u202eback", "漢字"):
            assert shown in text

    play(app, scenario)


# --- little room, no colours ----------------------------------------------------------------------------------------


def test_no_size_is_too_small_to_survive() -> None:
    async def scenario(stage: Stage) -> None:
        for width, height in ((40, 10), (5, 3)):
            await stage.pilot.resize_terminal(width, height)
            await look_at_everything(stage)
            await stage.keys("question_mark", "escape", "g", "escape", "z", "z")

    play(opened(*HELLO), scenario, (20, 6))


def test_a_resize_keeps_the_place() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys("3", "down", "down", "down")
        place = app.place
        for width, height in ((80, 24), (60, 15), (200, 60), (120, 36)):
            await stage.pilot.resize_terminal(width, height)
            await stage.settle()
            assert app.place == place
            assert "_start+0x" in stage.text()

    play(app, scenario)


def test_the_key_bar_never_cuts_a_key_and_has_at_most_eight() -> None:
    for view in (LinkView, SymbolsView, RelocsView, BytesView):
        bar = KeyBar()
        bar._keys = key_pairs(view.keys, Keymap())
        for width in range(9, 200):
            (line,) = bar.lines(width, 1)
            text = "".join(piece for piece, _ in line)
            assert len(text.rstrip()) <= width
            assert text.rstrip().endswith("? keys")
            assert (len(line) - 1) // 2 <= 8


def test_without_colours_nothing_is_lost_and_no_colour_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        assert app.no_color
        await look_at_everything(stage)
        await stage.keys("4", "g")
        await stage.type("r7")
        await stage.keys("4")
        assert "(" in stage.text()
        for row in stage.rows():
            for segment in row:
                assert segment.style is not None
                for color in (segment.style.color, segment.style.bgcolor):
                    assert color is None or color.is_default, segment

    play(app, scenario)


def test_words_that_make_no_sense_are_an_error() -> None:
    with pytest.raises(OptionError, match="no input files"):
        run([])


@pytest.mark.parametrize(("option", "said"), [("keys", "presets are gdb, vim"), ("theme", "they are dark, light, ")])
def test_an_option_of_the_screen_that_makes_no_sense_is_an_error(option: str, said: str) -> None:
    with pytest.raises(OptionError, match=said):
        run([str(HELLO[0])], **{option: "nonsense"})
