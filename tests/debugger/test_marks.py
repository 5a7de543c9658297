"""Marks and notes: bound by name, so that they are found again in another link of changed inputs."""

from __future__ import annotations

from pathlib import Path

from tests.debugger.stage import hello, said
from tests.toolchain import compiled
from tests.tui.stage import HELLO, linked
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.cursor import RELOCS
from wasmscope.debugger.marks import meant, named
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.symbol_rows import symbol_mark
from wasmscope.debugger.panes.thing_card import thing_card
from wasmscope.debugger.saved import facts_of, restore
from wasmscope.debugger.session import Debugger
from wasmscope.link.model import Link


def test_every_symbol_atom_and_relocation_is_found_by_its_name() -> None:
    opened = Opened(linked(*HELLO))
    for symbol in opened.symbols:
        name = named(opened.steps, symbol)
        assert name is not None
        found = meant(opened, name)
        assert named(opened.steps, found) == name
    for row in range(len(opened.relocations)):
        name = named(opened.steps, opened.relocations[row])
        assert name is not None
        assert meant(opened, name) == opened.relocations[row]


def test_a_mark_brings_back_view_step_and_thing() -> None:
    debugger = hello("goto @130", "goto r5")
    there = debugger.place
    assert "marked as a" in said(debugger, "mark a").notice
    said(debugger, "goto top")
    said(debugger, "view symbols")
    said(debugger, "jump a")
    now = debugger.place
    assert (now.view, now.step, now.relocation) == (RELOCS, there.step, there.relocation)
    said(debugger, "back")
    assert debugger.place.step == 0


def test_a_mark_on_a_byte_keeps_its_space() -> None:
    for line in ("goto mem:0x10003", "goto main.o:0xe0", "goto out:0x100", "goto out:0x3", "goto main.o:3"):
        debugger = hello(line)
        there = debugger.place
        said(debugger, "mark b")
        said(debugger, "goto greet")
        said(debugger, "jump b")
        now = debugger.place
        assert (now.file, now.start, now.memory, now.view) == (there.file, there.start, there.memory, there.view), line


def rebuilt(extra: str) -> Link:
    source = f"int first(void) {{ return 1; }} {extra} int wanted = 3; int _start(void) {{ return first() + wanted; }}"
    return linked(compiled(source, "-O0", "-g0"))


def test_marks_and_notes_survive_a_rebuild_that_moves_everything(tmp_path: Path) -> None:
    debugger = Debugger(Opened(rebuilt("")))
    old = rebuilt("")
    new = rebuilt("int more[9] = {1}; int second(void) { return more[2]; } int (*keep)(void) = second;")
    assert old.load is not None
    assert new.load is not None
    for file in new.load.files:
        file.name = old.load.files[0].name
    said(debugger, "goto wanted")
    said(debugger, "mark w")
    said(debugger, "note must be 3")
    debugger.answer(Opened(new), debugger.question)
    said(debugger, "goto top")
    said(debugger, "jump w")
    atom = debugger.place.atom
    assert atom is not None
    assert atom.file is new.load.files[0]
    assert "wanted" in atom.name
    assert any("must be 3" in text for one in said(debugger, "notes").picks for text, _ in one.spans)


def test_the_moment_of_a_mark_is_that_of_its_phase_and_thing_after_a_rebuild() -> None:
    debugger = Debugger(Opened(rebuilt("")))
    new = rebuilt("int more[9] = {1}; int second(void) { return more[2]; } int (*keep)(void) = second;")
    assert debugger.link.load is not None
    assert new.load is not None
    for file in new.load.files:
        file.name = debugger.link.load.files[0].name
    said(debugger, "goto end")
    said(debugger, "mark e")
    said(debugger, "goto @mark")
    said(debugger, "note here it begins")
    said(debugger, "mark m")
    text, count = debugger.steps[debugger.place.step].text, len(debugger.steps)
    debugger.answer(Opened(new), debugger.question)
    assert len(debugger.steps) > count
    said(debugger, "jump e")
    assert debugger.place.step == len(debugger.steps)
    said(debugger, "jump m")
    assert debugger.steps[debugger.place.step].text == text


def test_what_a_build_took_away_is_said_to_be_gone() -> None:
    debugger, new = Debugger(Opened(rebuilt("int other = 5;"))), rebuilt("int another = 6;")
    assert debugger.link.load is not None
    assert new.load is not None
    for file in new.load.files:
        file.name = debugger.link.load.files[0].name
    for line in ("goto other", "note it was 5", "mark o", "view bytes", "mark b", "goto wanted", "mark w"):
        said(debugger, line)
    debugger.answer(Opened(new), debugger.question)
    for letter in "ob":
        assert "is not there any more" in COMMANDS.run(debugger, f"jump {letter}").notice
    ends = ["".join(text for text, _ in one.spans).endswith("  gone") for one in said(debugger, "marks").picks]
    assert ends == [True, True, False]
    (note,) = said(debugger, "notes").picks
    assert note.spans[-1][0] == "  gone"


def test_a_note_is_shown_in_the_margin_and_on_the_card_and_can_be_taken_away() -> None:
    debugger = hello("goto greet", "view symbols", "note [/x] looks odd")
    symbol = debugger.place.symbol
    assert symbol is not None
    scene = debugger.scene()
    assert symbol_mark(scene, symbol) == (";", "note")
    assert any("[/x] looks odd" in text for one in thing_card(scene) for text, _ in one.spans)
    assert debugger.asked("note") == "[/x] looks odd"
    assert "pick" not in said(debugger, "notes").title
    said(debugger, "note")
    assert symbol_mark(debugger.scene(), symbol) != (";", "note")
    assert "nothing is noted" in COMMANDS.run(debugger, "notes").notice


def test_what_is_no_mark_is_said() -> None:
    debugger = hello("mark a")
    for line, why in (
        ("mark", "one letter"), ("mark ab", "one letter"), ("jump z", "nothing is marked as z: the marks are a"),
        ("unmark z", "nothing is marked as z"), ("note", "nothing is noted"),
    ):  # fmt: skip
        assert why in COMMANDS.run(debugger, line).notice
    said(debugger, "unmark a")
    assert "nothing is marked" in COMMANDS.run(debugger, "marks").notice


def test_they_come_back_with_the_session() -> None:
    debugger = hello("goto greet", "mark g", "note hot", "goto mem:0x10003", "mark m", "note here")
    other = hello()
    restore(other, facts_of(debugger))
    assert other.marks.marks == debugger.marks.marks
    assert other.marks.notes == debugger.marks.notes
    assert other.place.memory


def test_what_is_marked_and_noted_is_called_as_it_is_everywhere_on_the_screen() -> None:
    path = compiled("static int counter = 7; int twice(int a) { return a * counter++; }", language="c++")
    debugger = Debugger(Opened(linked(path)))
    said(debugger, "goto counter")
    assert said(debugger, "mark a").notice == "marked as a: symbol counter of input.o"
    assert said(debugger, "note of old").notice == "noted on symbol counter of input.o"
    for line in ("marks", "notes"):
        (told,) = ["".join(text for text, _ in one.spans) for one in said(debugger, line).picks]
        assert "counter of input.o" in told
