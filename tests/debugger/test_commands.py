from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.debugger.stage import hello
from tests.tui.stage import HELLO, linked
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.cursor import RELOCS, SYMBOLS, at_bytes
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.session import Debugger
from wasmscope.explain.symbols import Mention


def test_a_name_an_alias_and_an_unambiguous_beginning_are_the_same_command() -> None:
    assert COMMANDS.find("step") is COMMANDS.find("s")
    assert COMMANDS.find("conti") is None  # continue and continue-back
    assert COMMANDS.find("relocation-b") is COMMANDS.find("(")


def test_every_command_has_words_and_no_two_share_a_name() -> None:
    names = [name for one in COMMANDS.all for name in (one.name, *one.aliases)]
    assert len(names) == len(set(names))
    assert all(one.about for one in COMMANDS.all)


@pytest.mark.parametrize(
    ("lines", "step"),
    [(["goto top"], 0), (["goto top", "step 5"], 5), (["goto @9", "S", "s 3"], 11), (["goto @9", "continue-back"], 0)],
)
def test_commands_move_in_time(lines: list[str], step: int) -> None:
    debugger = hello()
    for line in lines:
        assert not COMMANDS.run(debugger, line).refused, line
    assert debugger.place.step == step


def test_a_command_that_cannot_do_what_it_says_tells_why_and_moves_nothing() -> None:
    debugger = hello()
    before = debugger.place
    for line, why in (
        ("step", "this is the end of the link"),
        ("step x", "a number was expected, not x"),
        ("goto nowhere", "nothing is called nowhere"),
        ("view 9", "there is no view 9"),
        ("back", "nothing to go back to"),
        ("vieww", "there is no command vieww: did you mean view?"),
    ):
        answer = COMMANDS.run(debugger, line)
        assert answer.refused
        assert why in answer.notice
    assert debugger.place == before


def test_a_jump_is_undone_and_redone() -> None:
    debugger = hello()
    COMMANDS.run(debugger, "goto greet")
    COMMANDS.run(debugger, "view symbols")
    assert debugger.place.view == SYMBOLS
    COMMANDS.run(debugger, "back")
    assert debugger.place.view != SYMBOLS
    COMMANDS.run(debugger, "forward")
    assert debugger.place.view == SYMBOLS


def test_steps_are_listed_by_a_filter_and_chosen() -> None:
    debugger = hello()
    found = debugger.steps
    picks = COMMANDS.run(debugger, "steps phase:mark name:gr").picks
    wanted = [one.number for one in found if one.phase == "mark" and "gr" in getattr(one.subject, "name", "")]
    assert [one.target.step for one in picks] == wanted
    assert not COMMANDS.run(debugger, "pick 1").refused
    assert debugger.place.step == picks[0].target.step
    for line, why in (("steps phase:nowhere", "no step holds"), ("steps colour:red", "there is no field colour")):
        answer = COMMANDS.run(debugger, line)
        assert answer.refused
        assert why in answer.notice


def test_where_a_link_stopped_every_command_answers_or_says_why_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # `save` and `export` write
    broken = tmp_path / "broken.o"
    broken.write_bytes(HELLO[0].read_bytes()[:300])
    for words, phase in (
        ([str(broken), str(HELLO[0])], "load"),
        ([str(HELLO[0]), "--unresolved-symbols=report-all"], "index"),
        ([*map(str, HELLO), "--entry=nothing"], "resolve"),
        ([*map(str, HELLO), "-z", "stack-size=12345"], "layout"),
        ([*map(str, HELLO), "--global-base=1"], "layout"),
        ([*map(str, HELLO), "--stack-first", "--global-base=4096"], "layout"),
    ):
        opened = Opened(linked(*words, strict=True))
        assert opened.link.failed == phase, words
        for name in sorted({one.name for one in COMMANDS.by_name.values()}):
            for relocation in (None, *relocations_of(opened)):
                debugger = Debugger(opened)
                if relocation is not None:
                    debugger.go(replace(debugger.place, relocation=relocation, view=RELOCS))
                answer = COMMANDS.run(debugger, name)
                assert not answer.refused or answer.notice, (phase, name)


def relocations_of(opened: Opened) -> list[Mention]:
    """A relocation of a function of the last object, and one of its data."""
    assert opened.link.load is not None
    file = opened.link.load.files[-1]
    return [Mention(one, one.lo) for one in (file.functions[-1], *file.segments) if one.lo < one.hi][:2]


def test_there_is_no_address_in_a_memory_that_was_not_laid_out() -> None:
    debugger = Debugger(Opened(linked(*HELLO, "--stack-first", "--global-base=4096", strict=True)))
    assert debugger.link.load is not None
    data = debugger.link.load.files[0].segments[0]
    debugger.go(at_bytes(debugger.place, data.file, data.start, data.end))
    for line in ("goto mem:0", "other-side memory"):
        assert COMMANDS.run(debugger, line).refused
    assert not debugger.place.memory
