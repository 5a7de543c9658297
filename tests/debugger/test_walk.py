from __future__ import annotations

from pathlib import Path

import pytest

from tests.samples import links
from tests.tui.stage import HELLO, linked
from wasmscope.debugger import walk
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.session import Debugger
from wasmscope.explain.steps import Steps, steps


def hello() -> Steps:
    return steps(linked(*HELLO))


def starts(found: Steps) -> dict[str, int]:
    return {phase: first for phase, first, _ in found.ranges}


def test_over_passes_a_file_in_load_and_an_atom_in_relocate() -> None:
    found = hello()
    second = walk.over(found, 0, True) + 1
    assert found[second].kind == "file"
    assert "greet.o" in found[second].text
    first = starts(found)["relocate"]
    end = walk.over(found, first - 1, True)
    subject = found[first].subject
    assert all(found[number].subject[0] is subject[0] for number in range(first, end + 1))
    assert found[end + 1].subject[0] is not subject[0]


def test_over_backwards_undoes_over_forwards() -> None:
    found = hello()
    at, stops = 0, [0]
    while at < len(found):
        at = walk.over(found, at, True)
        stops.append(at)
    assert stops[-1] == len(found)
    back = [at]
    while at > 0:
        at = walk.over(found, at, False)
        back.append(at)
    assert back == stops[::-1]


def test_runs_are_neighbours_about_one_object() -> None:
    """Of each phase by what its steps say themselves."""
    found = hello()
    objects = {
        "load": lambda step: getattr(step.subject, "file", step.subject),
        "resolve": lambda step: found.link.resolve.events[step.row].file,
        "mark": lambda step: step.subject.file,
        "relocate": lambda step: step.subject[0],
        "index": lambda step: step.kind,
    }
    for phase, first, end in found.ranges:
        runs = [found.run(number) for number in range(first, end)]
        assert all(start <= number <= last for number, (start, last) in enumerate(runs, first))
        if phase == "emit":
            assert runs == [(number, number) for number in range(first, end)]
        if phase in objects:
            about = [objects[phase](found[number]) for number in range(first, end)]
            for place in range(1, len(runs)):
                assert (runs[place] == runs[place - 1]) == (about[place] is about[place - 1]), (phase, place)


@pytest.mark.parametrize("words", [HELLO, (HELLO[0],)])
def test_from_every_step_a_phase_begins_and_ends_where_the_steps_say(words: tuple[Path, ...]) -> None:
    """Of the second link phase resolve is the last with steps: print is defined nowhere."""
    found = steps(linked(*words, strict=True))
    phases = ["", *(found[number].phase for number in range(1, len(found) + 1)), ""]
    firsts = [number for number in range(1, len(found) + 1) if phases[number] != phases[number - 1]]
    ends = [number for number in range(1, len(found) + 1) if phases[number] != phases[number + 1]]
    assert len(firsts) == len(ends) > 1
    for at in range(len(found) + 1):
        assert walk.finish(found, at, True) == min((one for one in ends if one > at), default=len(found))
        assert walk.finish(found, at, False) == max((one - 1 for one in firsts if one <= at), default=0)
        assert walk.first_of_phase(found, at, True) == min((one for one in firsts if one > at), default=len(found))
        assert walk.first_of_phase(found, at, False) == max((one for one in firsts if one < at), default=0)


def test_at_an_end_of_the_link_every_move_stays() -> None:
    found = hello()
    for move in (walk.step, walk.over, walk.finish, walk.first_of_phase):
        assert move(found, len(found), True) == len(found)
        assert move(found, 0, False) == 0


@pytest.mark.parametrize("sample", links())
def test_every_sample_is_walked_by_objects_to_the_end_and_back(sample, monkeypatch) -> None:
    monkeypatch.chdir(sample.folder)
    found = steps(linked(*sample.link))
    at = 0
    while (further := walk.over(found, at, True)) != at:
        at = further
    assert at == len(found)
    while (nearer := walk.over(found, at, False)) != at:
        at = nearer
    assert at == 0


@pytest.mark.parametrize("line", ["step -3", "next-back 0", "phase -1", "continue 0", "field -1"])
def test_what_is_done_less_than_once_is_refused(line: str) -> None:
    answer = COMMANDS.run(Debugger(Opened(linked(*HELLO))), line)
    assert answer.refused
    assert "a number from 1 on" in answer.notice.lower()
