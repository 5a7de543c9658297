"""Checkpoints come back to the same moment, also in a link made again."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from tests.explain.sample_links import linked
from tests.toolchain import compiled
from wasmscope.debugger.checkpoints import Checkpoints, around, name_at
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.cursor import Place
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.question import Linker, Question
from wasmscope.debugger.session import Debugger
from wasmscope.explain.symbols import Mention


def test_every_step_of_a_link_is_found_again() -> None:
    found = Opened(linked("hello")).steps
    kept = Checkpoints()
    for step in range(len(found) + 1):
        assert kept.add(found, step).step(found) == step


def test_in_another_link_the_row_about_the_same_name_is_found() -> None:
    debugger = Debugger(Opened(linked("hello")), Place())
    for place in ("greet.number", "greet.offset", "greet.kept"):
        COMMANDS.run(debugger, "restart")
        COMMANDS.run(debugger, f"next-writer {place}")
        COMMANDS.run(debugger, f"checkpoint {place}")
    debugger.answer(Opened(linked("hello, nothing collected")))
    assert len(debugger.checkpoints.all) == 3
    for one in debugger.checkpoints.all:
        step = debugger.steps[one.step(debugger.steps)]
        assert step.phase == one.phase
        assert name_at(debugger.steps, step.number) in ("greet", "greet of greet.o")
    debugger.answer(Opened(linked("duplicate")))  # stops in resolve: what was later is at its end
    assert [one.step(debugger.steps) for one in debugger.checkpoints.all] == 3 * [len(debugger.steps)]


def test_a_moment_of_relocating_stays_with_its_relocation_where_others_come_before_it() -> None:
    """With nothing collected the constructors' caller is made, and forget is relocated, too."""
    found, again = Opened(linked("hello")).steps, Opened(linked("hello, nothing collected")).steps
    first, end = found.ranges[5][1:]
    for step in range(first, end):
        (atom, row), text = found[step].subject, found[step].text
        there = again[Checkpoints().add(found, step).step(again)].subject
        assert (there.atom.name, there.atom.file.name, there.row - there.atom.lo) == (
            atom.name, atom.file.name, row - atom.lo
        ), text  # fmt: skip


def test_a_moment_stays_with_its_own_file_where_others_have_things_of_the_same_name() -> None:
    helper = "__attribute__((noinline)) static int helper(int x) { static int own; return own += x; }"
    units = [compiled(f"{helper} int name{i}(int x) {{ return helper(x); }}", "-O1") for i in range(3)]
    more = "".join(f"int more{i}(int x) {{ static int own; return own += x; }}" for i in range(9))
    grown = compiled(f"{more} {helper} int name0(int x) {{ return helper(x); }}", "-O1")
    with tempfile.TemporaryDirectory() as folder:
        names = [str(Path(folder) / f"{i}.o") for i in range(3)]
        for unit, name in zip(units, names, strict=True):
            shutil.copy(unit, name)
        question, linker = Question((*names, "--no-entry", "--export-all")), Linker()
        found = Opened(linker.link(question)).steps
        own = [one for one in found if getattr(owner(one.subject), "name", "") == "helper" and one.phase != "resolve"]
        assert {one.phase for one in own} == {"mark", "index", "relocate"}
        moments = [(one, Checkpoints().add(found, one.number)) for one in own]
        shutil.copy(grown, names[0])
        again = Opened(linker.link(question)).steps
        for one, moment in moments:
            there = again[moment.step(again)]
            assert (there.phase, there.kind) == (one.phase, one.kind)
            assert placed(there.subject) == placed(one.subject)


def placed(subject: Any) -> tuple[str, str, int]:
    """Name and file of the atom that a step is about, and which of its relocations, if it is about one."""
    atom = owner(subject)
    return atom.name, atom.file.name, subject.row - atom.lo if isinstance(subject, Mention) else -1


def owner(subject: Any) -> Any:
    """The atom that a step is about, also where that is one of its relocations."""
    return subject.atom if isinstance(subject, Mention) else subject


def test_rows_are_looked_at_from_the_nearest_on() -> None:
    assert list(around(5, 2, 9)) == [5, 4, 6, 3, 7, 2, 8]
    assert list(around(2, 2, 4)) == [2, 3]


def test_checkpoints_are_named_listed_restarted_and_deleted() -> None:
    debugger = Debugger(Opened(linked("hello")))
    for step, label in ((9, "nine"), (40, ""), (0, "begin")):
        COMMANDS.run(debugger, f"goto @{step}" if step else "goto top")
        COMMANDS.run(debugger, f"checkpoint {label}")
    answer = COMMANDS.run(debugger, "info checkpoints")
    listed = ["".join(text for text, _ in line).split()[:3] for line in answer.lines]
    assert listed == [["1", "nine", "@9"], ["2", "@40", debugger.steps[40].text.split()[0]], ["*3", "begin", "@0"]]
    for line, step in (("restart nine", 9), ("restart 2", 40), ("goto $nine", 9), ("goto $3", 0), ("back", 9)):
        COMMANDS.run(debugger, line)
        assert debugger.place.step == step, line
    assert COMMANDS.run(debugger, "restart nowhere").refused
    COMMANDS.run(debugger, "delete checkpoint nine")
    assert COMMANDS.run(debugger, "restart nine").refused
    COMMANDS.run(debugger, "restart")
    assert debugger.place.step == 0
