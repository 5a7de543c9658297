from __future__ import annotations

import pytest

from tests.debugger.stage import hello
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.cursor import SYMBOLS


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
