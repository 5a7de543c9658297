from __future__ import annotations

from dataclasses import replace

from tests.tui.stage import HELLO, linked
from wasmscope.debugger.cursor import Cursor, Place, at_step, at_thing
from wasmscope.explain.steps import Steps, steps
from wasmscope.link.model import Atom, Symbol


def hello() -> Steps:
    return steps(linked(*HELLO))


def symbol(name: str) -> Symbol:
    resolve = linked(*HELLO).resolve
    assert resolve is not None
    return resolve.by_name[name]


def test_jumps_can_be_undone_and_redone_and_small_moves_cannot() -> None:
    cursor = Cursor(Place())
    cursor.move(Place(step=5), jump=True)
    cursor.move(Place(step=6))
    cursor.move(Place(step=50), jump=True)
    assert cursor.back()
    assert cursor.place.step == 6
    assert cursor.back()
    assert cursor.place.step == 0
    assert not cursor.back()
    assert cursor.forward()
    assert cursor.forward()
    assert cursor.place.step == 50
    assert not cursor.forward()


def test_a_new_jump_forgets_the_way_forward() -> None:
    cursor = Cursor(Place())
    cursor.move(Place(step=1), jump=True)
    cursor.back()
    cursor.move(Place(step=2), jump=True)
    assert not cursor.forward()


def test_a_step_takes_the_reader_to_what_it_is_about() -> None:
    found = hello()
    for number in range(1, len(found) + 1):
        place = at_step(found, Place(), number)
        assert place.step == number
        assert place.thing is found[number].subject or place.thing == found[number].subject


def test_a_symbol_brings_its_atom_its_first_relocation_and_its_bytes() -> None:
    found = hello()
    greet = symbol("greet")
    place = at_thing(found, Place(), greet, output=False)
    assert isinstance(greet.target, Atom)
    assert place.atom is greet.target
    assert place.relocation == (greet.target, greet.target.lo)
    assert (place.file, place.start, place.end) == (greet.file, greet.target.start, greet.target.end)


def test_in_the_output_the_bytes_are_those_of_the_copy() -> None:
    found = hello()
    greet = symbol("greet")
    emit = linked(*HELLO).emit
    assert isinstance(greet.target, Atom)
    assert emit is not None
    place = at_thing(found, Place(), greet, output=True)
    assert place.file is None
    assert place.end - place.start == greet.target.size
    assert emit.data[place.start] == greet.target.data[0]


def test_what_a_thing_says_nothing_about_stays() -> None:
    found = hello()
    place = at_thing(found, Place(step=3), symbol("greet"))
    later = at_thing(found, place, linked(*HELLO).load.files[0])  # type: ignore[union-attr]
    assert later.symbol is place.symbol
    assert later.step == 3
    assert replace(later, thing=None).atom is place.atom


def test_an_undefined_symbol_is_shown_by_its_record() -> None:
    found = hello()
    wanted = symbol("fd_write")
    place = at_thing(found, Place(), wanted)
    assert place.file is wanted.file
    assert place.file is not None
    record = place.file.module.data[place.start : place.end]
    assert record[0] == 0  # a function's record
    assert record[1] & 0x10  # undefined
