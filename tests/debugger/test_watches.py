"""Watches change, and their last writers are found, where a look at every step says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.explain.sample_links import calls, command, linked
from tests.toolchain import reference
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.covered import Unknown
from wasmscope.debugger.cursor import Place
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.bytes_source import OutputBytes
from wasmscope.debugger.panes.changed import changed_things
from wasmscope.debugger.panes.facts import facts
from wasmscope.debugger.scene import Scene
from wasmscope.debugger.session import Debugger
from wasmscope.debugger.watches import chains_of, touching, watched
from wasmscope.explain.state import State
from wasmscope.explain.writers import memory_at, memory_writers, output_changers
from wasmscope.format.module import read

NAMES = ["hello", "kernel", "tally", "hello, strings not merged", "a shared library", "duplicate", "no entry"]


def opened(name: str) -> Opened:
    return Opened(linked(name))


def things(link: Opened) -> list[object]:
    """Everything that facts are known of."""
    made, found = link.link, link.steps
    known: list[object] = [*link.symbols, *found.symbols.atoms, *(made.load.files if made.load else ())]
    known += chains_of(found)
    if made.resolve is not None:
        known += made.resolve.synthetic_globals
    if made.layout is not None:
        known += (*made.layout.segments, *made.layout.customs, *made.layout.boundaries)
    if made.index is not None:
        known += (*made.index.imports, *made.index.exports)
    if made.relocate is not None:
        known += (found.places.relocation_at(row) for row in range(0, made.relocate.first[-1], 5))
    return [*known, *(made.emit.sections if made.emit is not None else ())]


@pytest.mark.parametrize("name", NAMES)
def test_facts_change_with_the_steps_that_touch_their_thing_and_those_steps_tell_of_it(name: str) -> None:
    link = opened(name)
    found = link.steps
    told = [{id(thing) for thing, _ in changed_things(Scene(link, Place(step=step)))} for step in range(len(found) + 1)]
    known = things(link)
    for thing in known[:: 1 + len(known) // 100]:
        may = set(touching(found, thing))
        before = None
        for step in range(len(found) + 1):
            now = [fact[:2] for fact in facts(State(found, step), thing)]
            if step and now != before:
                assert step in may, (thing, found[step])
                assert id(thing) in told[step] or isinstance(thing, tuple), (thing, found[step])
            before = now


@pytest.mark.parametrize("name", ["hello", "kernel"])
def test_bytes_change_with_the_steps_that_are_said_to_change_them(name: str) -> None:
    link = opened(name)
    found, emit, layout = link.steps, link.link.emit, link.link.layout
    assert emit is not None
    assert layout is not None
    low = min(one.address for one in layout.segments)
    high = max(one.address + one.size for one in layout.segments)
    out: list[int | None] = [None] * len(emit.data)
    memory: list[int | None] = [None] * (high - low)
    for step in range(1, len(found) + 1):
        now = OutputBytes(Scene(link, Place(step=step))).known(0, len(emit.data))
        for at in (i for i, (old, new) in enumerate(zip(out, now, strict=True)) if old != new):
            assert step in output_changers(found, at, at + 1)
        there = memory_at(State(found, step), low, high)
        for at in (i for i, (old, new) in enumerate(zip(memory, there, strict=True)) if old != new):
            assert step in memory_writers(found, low + at, low + at + 1)
        out, memory = now, there
    assert bytes(one for one in out if one is not None) == emit.data


WATCHES = [
    "greet", "greet.state", "greet.number", "greet.offset", "greet.patched", "atom:greet.next", "chain:code.next",
    "chain:.rodata", "undefined", "symbols", "r5", "r5.bytes", "main.o:.L.str.address", ".rodata", "greet.o",
    "out 0x80..0x84", "mem 0x10010..0x10018", "__stack_pointer.kept",
    "out:0x80", "mem:0x10010+8", "atom greet.next",
]  # fmt: skip


@pytest.mark.parametrize("text", WATCHES)
def test_the_next_change_and_the_last_writer_are_those_of_a_look_at_every_step(text: str) -> None:
    link = opened("hello")
    value = watched(link, text)
    total = len(link.steps)
    read = [value.read(step) for step in range(total + 1)]
    true = [step for step in range(1, total + 1) if read[step] != read[step - 1]]
    assert true, text
    for at in range(total + 1):
        assert value.next_change(at, total) == next((step for step in true if step > at), None)
        assert value.last_change(at) == next((step for step in reversed(true) if step < at), None)


def test_a_run_stops_where_a_watch_changes_and_not_where_it_is_only_shown() -> None:
    debugger = Debugger(opened("hello"), Place())
    COMMANDS.run(debugger, "watch greet.number")
    COMMANDS.run(debugger, "display undefined")
    answer = COMMANDS.run(debugger, "continue")
    number = debugger.place.step
    assert answer.notice.startswith(f"stopped at @{number}: w1 greet.number · → ")
    assert "function index of greet" in debugger.steps[number].text
    assert "no stop" in COMMANDS.run(debugger, "continue").notice
    COMMANDS.run(debugger, "delete w1")
    COMMANDS.run(debugger, "enable w2")
    for phase in ("index", "resolve"):  # fd_write is imported; before that its definition was looked for
        COMMANDS.run(debugger, "continue-back")
        assert debugger.steps[debugger.place.step].phase == phase


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("undefined == 1", lambda state, greet: state.undefined == 1),
        ("undefined >= 3", lambda state, greet: state.undefined >= 3),
        ("greet.number < 0x10", lambda state, greet: state.symbol(greet).value is not None),
        ("greet.state == defined", lambda state, greet: state.symbol(greet).state == "defined"),
        ("greet.state != defined", lambda state, greet: state.symbol(greet).state not in ("", "defined")),
    ],
)
def test_a_condition_changes_where_it_comes_to_hold_or_holds_no_more(text: str, holds: Callable[..., bool]) -> None:
    link = opened("hello")
    found, resolve = link.steps, link.link.resolve
    assert resolve is not None
    so = [holds(State(found, step), resolve.by_name["greet"]) for step in range(len(found) + 1)]
    true = [step for step in range(1, len(found) + 1) if so[step] != so[step - 1]]
    assert true
    value, at, stops = watched(link, text), 0, []
    while (step := value.next_change(at, len(found))) is not None:
        stops.append(at := step)
        assert value.read(step) == {"": "yes" if so[step] else "no"}
    assert stops == true


@pytest.mark.parametrize("name", ["hello", "kernel", "kernel64"])
def test_the_linkers_globals_start_with_what_the_reference_writes_once_the_layout_says_so(name: str) -> None:
    argv, folder = command(name)
    written = read(reference(argv, folder).output or b"", "linked.wasm").globals
    link = opened(name)
    index, resolve = link.link.index, link.link.resolve
    assert index is not None
    assert resolve is not None
    made = {number: one for one, number in index.globals.items() if one.file is None}
    assert list(made.values()) == resolve.synthetic_globals
    assert resolve.linker["__stack_pointer"].target in made.values()
    for number in made:
        constant = written[number].init[0]
        wanted = f"{constant.opcode} {constant.args[0]}"
        value = watched(link, f"global:{number}.init")
        step = value.last_change(len(link.steps))
        assert step is not None
        assert link.steps[step].kind == "boundary"
        assert (value.read(step - 1), value.read(len(link.steps))) == ({"": "·"}, {"": wanted})


def test_names_that_hold_signs_are_names_all_the_same() -> None:
    link = opened("shapes")
    name = next(name for name in link.steps.symbols.names if "<" in name and ">" in name)
    assert watched(link, name).thing in link.steps.symbols.names[name]
    with pytest.raises(Unknown, match="one value can be compared"):
        watched(opened("hello"), "greet == 3")


def test_last_and_next_writer_go_where_a_value_changes() -> None:
    debugger = Debugger(opened("hello"))
    at = debugger.place.step
    answer = COMMANDS.run(debugger, "last-writer out 0x80")
    assert "by @" in answer.notice
    changed = debugger.place.step
    value = watched(debugger.opened, "out 0x80")
    assert value.read(changed) == value.read(at) != value.read(changed - 1)
    COMMANDS.run(debugger, "back")
    assert debugger.place.step == at
    COMMANDS.run(debugger, "goto top")
    assert COMMANDS.run(debugger, "last-writer greet").refused
    COMMANDS.run(debugger, "next-writer greet.state")
    assert debugger.steps[debugger.place.step].kind in ("mention", "define", "lazy")


@pytest.mark.parametrize("place", ["mem:0x1002c", "out:0x80", "mem:0x10000", "code+0x20"])
def test_the_byte_that_is_looked_at_stays_so_back_to_its_first_writer_and_on_again(place: str) -> None:
    debugger = Debugger(opened("hello"))
    COMMANDS.run(debugger, f"goto {place}")
    start, seen = debugger.place, [debugger.place.step]
    while not COMMANDS.run(debugger, "last-writer").refused:
        seen.append(debugger.place.step)
        at = debugger.place
        assert (at.start, at.end, at.memory) == (start.start, start.end, start.memory)
        assert (at.file, at.view) == (None, start.view)
    assert len(seen) > 1
    for step in reversed(seen[1:-1]):
        COMMANDS.run(debugger, "next-writer")
        assert debugger.place.step == step


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nobody", "nothing is called nobody"),
        ("greet.colour", "it has no colour; it has is, type, state"),
        ("out 0xfffff0", "the output has no byte"),
        ("out 0..0x200", "at most 256 bytes"),
        ("mem 0xfffff0", "the link puts nothing at 0xfffff0"),
    ],
)
def test_a_watch_on_nothing_is_refused_with_a_reason(text: str, why: str) -> None:
    debugger = Debugger(opened("hello"))
    answer = COMMANDS.run(debugger, f"watch {text}")
    assert answer.refused
    assert why in answer.notice


def test_print_tells_bytes_and_counts() -> None:
    debugger = Debugger(opened("hello"))
    for line, told in (("out 0..4", "00 61 73 6d"), ("undefined", "0")):  # not fd_write, which the host provides
        lines = COMMANDS.run(debugger, f"print {line}").lines
        assert ["".join(text for text, _ in one) for one in lines] == [f"{line} = {told}"]
    assert COMMANDS.run(debugger, "print out 0xfffff0").refused


def test_changes_lists_what_a_step_did_to_everything() -> None:
    debugger = Debugger(opened("hello"), Place())
    COMMANDS.run(debugger, "advance index")
    COMMANDS.run(debugger, "next-writer greet.number")
    text = "\n".join("".join(text for text, _ in line) for line in COMMANDS.run(debugger, "changes").lines)
    for part in ("atom greet", "symbol greet", "chain code", "number · → ", "index "):
        assert part in text


def test_the_last_writer_of_a_value_is_found_without_replaying_the_link() -> None:
    link = opened("words")
    found = link.steps
    atoms = link.link.relocate.atoms if link.link.relocate is not None else []
    places = found.places.pieces[atoms[len(atoms) // 2]][1]
    value = watched(link, f"out {places.start:#x}+16")
    assert calls(lambda: value.last_change(len(found))) < 20_000 < 10 * len(found)
