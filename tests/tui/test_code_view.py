from __future__ import annotations

from tests.tui.stage import Stage, show
from wasmscope.debugger.panes.code_lines import code_line, coloured
from wasmscope.debugger.panes.listing import CodeLine
from wasmscope.tui.widgets.code_view import CodeView

CALL = CodeLine(0x91, bytes.fromhex("108080808000"), "call 0", "bump[/x]", "-", "pending", (1, 6))


def text(line: CodeLine, bytes_width: int = 22) -> str:
    return "".join(piece for piece, _ in code_line(line, bytes_width))


def test_a_line_shows_offset_bytes_site_instruction_and_target() -> None:
    assert text(CALL).split() == ["-000091", "10{80", "80", "80", "80", "00}", "call", "0", "<bump[/x]>"]


def test_bytes_that_do_not_fit_are_cut_with_dots() -> None:
    assert "…" in text(CALL._replace(data=bytes(20), site=(0, 0)), bytes_width=19)


def test_instructions_are_coloured_by_what_they_do() -> None:
    roles = dict(coloured("i32.const 42 ;; answer"))
    assert roles["i32.const"] == "op"
    assert roles["42"] == "number"
    assert roles[";; answer"] == "comment"


def test_before_and_after_stand_under_each_other() -> None:
    after = CALL._replace(mark="+", role="step", data=bytes.fromhex("108780808000"), text="call 7", changed=(1,))
    made = CodeView()
    made.show(2, lambda line: (CALL, after)[line])

    async def scenario(stage: Stage) -> None:
        assert stage.lines()[0].startswith("-000091  10{80 80 80 80 00}")
        assert stage.lines()[1].startswith("+000091  10<87 80 80 80 00>")
        assert "call 7" in stage.lines()[1]

    show(made, scenario)


def test_a_line_longer_than_its_pane_ends_in_dots_and_blanks_behind_it_do_not_count() -> None:
    texts = ("ab" * 14, "ab" * 14 + "c", "ab" * 14 + "  ")
    made = CodeView()
    made.show(3, lambda line: CALL._replace(text=texts[line], note=""))

    async def scenario(stage: Stage) -> None:
        lead = "-000091  10{80 80 80 80 00}    "
        fitting, long, blank = (line[:59] for line in stage.lines()[:3])  # behind that is the scroll bar
        assert fitting == blank == lead + "ab" * 14
        assert long == lead + "ab" * 13 + "a…"

    show(made, scenario, (60, 5))
