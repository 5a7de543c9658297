"""Runs stop where a look at every step says that they must."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from threading import Event

import pytest

from tests.benchmarks.crowds import EACH, crowd
from tests.benchmarks.crowds import linked as crowded
from tests.explain.sample_links import COMMANDS as COMMAND_LINES
from tests.explain.sample_links import SAMPLES, calls, link_in, linked
from tests.toolchain import compiled, reference
from wasmscope.debugger.commands.command import finished
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.covered import covered, looked_up, spelled
from wasmscope.debugger.cursor import Place
from wasmscope.debugger.here import watch_on
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.bytes_source import OutputBytes
from wasmscope.debugger.panes.status import NAMED, title_text
from wasmscope.debugger.render import text_of
from wasmscope.debugger.scene import Scene
from wasmscope.debugger.session import Debugger
from wasmscope.debugger.stops import Breakpoint, Stops, Watch
from wasmscope.debugger.watches import watched
from wasmscope.explain.checking.check_steps import failed_checks
from wasmscope.explain.memory_image import memory_image
from wasmscope.explain.naming import bound, type_title
from wasmscope.explain.state import State
from wasmscope.explain.steps import Steps
from wasmscope.explain.symbols import Mention
from wasmscope.explain.writers import memory_at
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link
from wasmscope.link.model import Atom, ExportEntry, ImportEntry, ObjectFile, Segment, Symbol

Condition = Callable[[Steps, int], bool]


def add_break(stops: Stops, opened: Opened, text: str) -> Breakpoint:
    return stops.set_break(opened, *looked_up(opened.steps, text))


def add_watch(stops: Stops, opened: Opened, text: str) -> Watch:
    return stops.set_watch(opened, text, watched(opened, text))


def opened(name: str) -> Opened:
    return Opened(linked(name))


def symbol_of(found: Steps, step: int) -> Symbol | None:
    """The symbol that a step names: it is about it, or it is a relocation against it."""
    thing = found[step].subject
    if isinstance(thing, Mention):
        return bound(found.link, *thing)
    if isinstance(thing, ImportEntry | ExportEntry):
        return thing.symbol
    return thing if isinstance(thing, Symbol) else None


def names(pattern: str) -> Condition:
    """A step names a symbol of that name, or is about what such a symbol stands for."""

    def holds(found: Steps, step: int) -> bool:
        symbol, thing = symbol_of(found, step), found[step].subject
        if symbol is not None and fnmatchcase(symbol.name, pattern):
            return True
        assert found.link.resolve is not None
        wanted = [one for one in found.link.resolve.symbols if fnmatchcase(one.name, pattern)]
        if isinstance(thing, Atom) and found[step].kind not in ("section", "string"):
            return any(one.target is thing for one in wanted)
        home = found.link.layout.home if found.link.layout is not None else {}
        return isinstance(thing, Segment) and any(home.get(one.target) is thing for one in wanted)  # type: ignore[call-overload]

    return holds


@cache
def touched(found: Steps, pattern: str) -> set[int]:
    """The steps that touch a symbol of that name, local ones too, asked for one by one."""
    wanted = {one for name, symbols in found.symbols.names.items() if fnmatchcase(name, pattern) for one in symbols}
    assert len(wanted) > 20
    return {step for symbol in wanted for step in found.of(symbol)}


def patches(pattern: str) -> Condition:
    """A step patches a relocation of that type."""

    def holds(found: Steps, step: int) -> bool:
        thing = found[step].subject
        return isinstance(thing, Mention) and fnmatchcase(type_title(thing.atom.relocs.types[thing.row]), pattern)  # type: ignore[union-attr]

    return holds


CASES: dict[str, tuple[str, Condition]] = {
    "emit": ("hello", lambda found, step: step == found.ranges[6][1]),
    "phase mark": ("kernel", lambda found, step: step == found.ranges[2][1]),
    "symbol greet": ("hello", names("greet")),
    "greet*": ("hello", names("greet*")),
    "symbol *a*": ("kernel", lambda found, step: step in touched(found, "*a*")),
    "*TABLE_INDEX*": ("kernel", patches("*TABLE_INDEX*")),
    "reloc R_WASM_MEMORY_ADDR_LEB": ("hello", patches("R_WASM_MEMORY_ADDR_LEB")),
    "MEMORY_ADDR_SLEB": ("hello", patches("R_WASM_MEMORY_ADDR_SLEB")),
    "R_WASM_TYPE_INDEX_LEB": ("hello", patches("R_WASM_TYPE_INDEX_LEB")),
    "reloc @ greet*": (
        "hello",
        lambda found, step: (
            isinstance(found[step].subject, Mention)
            and (one := symbol_of(found, step)) is not None
            and one.name.startswith("greet")
        ),
    ),
    "r5": ("hello", lambda found, step: step == found.ranges[5][1] + 5),
    "atom greet": (
        "hello",
        lambda found, step: (
            (thing := found[step].subject) is not None
            and getattr(thing.atom if isinstance(thing, Mention) else thing, "name", "") == "greet"
            and isinstance(thing, Atom | Mention)
        ),
    ),
    "file greet.o": ("hello", lambda found, step: about_file(found, step, "greet.o")),
    "file *(printf.o)": ("words", lambda found, step: about_file(found, step, "(printf.o)")),
    "file [ms]*.o": (
        "shapes",
        lambda found, step: any(about_file(found, step, f"{one}.o") for one in ("main", "square")),
    ),
    "@17": ("hello", lambda found, step: step == 17),
}
LOOSE = ("atom greet",)
"""Also stopped at by what has no step of its own about it: its section is read, its file joins, it is emitted."""


def about_file(found: Steps, step: int, name: str) -> bool:
    thing = found[step].subject
    if found[step].kind == "extract":
        thing = found.symbols.events[found.locate(step)[1]].file
    return isinstance(thing, ObjectFile) and thing.name.endswith(name)


@pytest.mark.parametrize("text", CASES)
def test_a_breakpoint_stops_at_the_steps_at_which_its_condition_holds(text: str) -> None:
    name, condition = CASES[text]
    link, stops = opened(name), Stops()
    stops.checks = False
    add_break(stops, link, text)
    found = link.steps
    true = [step for step in range(1, len(found) + 1) if condition(found, step)]
    assert true
    forwards, at = [], 0
    while (halt := stops.next_halt(link, at, True)) is not None:
        at = halt.step
        forwards.append(at)
    backwards, at = [], len(found) + 1
    while (halt := stops.next_halt(link, at, False)) is not None:
        at = halt.step
        backwards.append(at)
    assert forwards == backwards[::-1]
    assert set(true) <= set(forwards) if text in LOOSE else true == forwards


@pytest.mark.parametrize("sample", ["hello", "kernel"])
def test_ranges_of_the_output_stop_at_what_writes_or_patches_them(sample: str) -> None:
    link = opened(sample)
    found, emit = link.steps, link.link.emit
    assert emit is not None
    shown = [OutputBytes(Scene(link, Place(step=step))).known(0, len(emit.data)) for step in range(len(found) + 1)]
    for start in range(0, len(emit.data), 37):
        stops = Stops()
        one = add_break(stops, link, f"out {start:#x}..{start + 5:#x}")
        covered = set(stops.covered(link, one).steps)
        late = range(found.ranges[5][1], len(found) + 1)  # before, bytes are placed, not written
        changed = {step for step in late if shown[step][start : start + 5] != shown[step - 1][start : start + 5]}
        sections = {i for i, one in enumerate(emit.sections) if one.start < start + 5 and one.end > start}
        assert changed <= covered
        assert {found.number("emit", i) for i in sections} <= covered
        for step in covered - {found.number("emit", i) for i in sections} - {found.ranges[6][1]}:
            mention = found[step].subject
            assert isinstance(mention, Mention)
            base = found.places.pieces[mention.atom][1].start
            low, high = found.places.written_site(*mention)
            assert base + low < start + 5
            assert base + high > start


@pytest.mark.parametrize("sample", ["hello", "kernel", "kernel64"])
def test_ranges_of_memory_stop_at_what_decides_on_their_bytes(sample: str) -> None:
    link = opened(sample)
    found, layout = link.steps, link.link.layout
    assert layout is not None
    low = min(one.address for one in layout.segments)
    high = max(one.address + one.size for one in layout.segments)
    memory = [memory_at(State(found, step), low, high) for step in range(len(found) + 1)]
    for start in range(low, high, 13):
        stops = Stops()
        covered = set(stops.covered(link, add_break(stops, link, f"mem {start:#x}+4")).steps)
        part = slice(start - low, start - low + 4)
        changed = {step for step in range(1, len(found) + 1) if memory[step][part] != memory[step - 1][part]}
        assert changed <= covered
        for step in covered - changed:
            assert found[step].kind in ("placed", "segment", "relocation", "boundary")


def test_a_boundary_of_memory_stops_where_it_gets_its_address() -> None:
    link = opened("hello")
    layout = link.link.layout
    assert layout is not None
    for one in layout.boundaries:
        stops = Stops()
        covered = stops.covered(link, add_break(stops, link, f"mem {one.address:#x}")).steps
        assert any(link.steps[step].subject is one for step in covered)


def test_what_stops_nowhere_says_so_and_a_watch_alone_means_another_thing_in_another_link() -> None:
    debugger = Debugger(opened("hello"), Place())
    assert COMMANDS.run(debugger, "break mem 0x10").notice == "b1 mem 0x10: stops nowhere in this link"
    COMMANDS.run(debugger, "delete")
    COMMANDS.run(debugger, "watch greet.number")
    for name in ("hello", "hello, nothing collected", "hello"):
        debugger.answer(opened(name))
        COMMANDS.run(debugger, "goto top")
        COMMANDS.run(debugger, "continue")
        assert debugger.link.index is not None
        symbol = debugger.place.symbol
        assert symbol is not None
        assert symbol in debugger.opened.symbols
        number = debugger.link.index.functions[symbol.target]
        assert debugger.steps[debugger.place.step].text.startswith("function index of greet (greet.o)")
        (line,) = COMMANDS.run(debugger, "print greet.number").lines
        assert text_of(line) == f"number = {number}"


def test_a_failed_check_stops_a_run_until_it_is_told_not_to() -> None:
    debugger = Debugger(opened("kernel"), Place())
    answer = COMMANDS.run(debugger, "continue")
    assert "check weak-call-traps" in answer.notice
    assert "maybe" in debugger.steps[debugger.place.step].text  # the call of what is weak and undefined
    assert debugger.steps[debugger.place.step].kind == "relocation"
    assert "1 call of maybe, which is weak and undefined" in answer.notice
    COMMANDS.run(debugger, "disable checks")
    COMMANDS.run(debugger, "restart")
    COMMANDS.run(debugger, "continue")
    assert debugger.place.step == len(debugger.steps)


def test_a_stop_names_what_is_on_its_step_and_not_what_is_on_the_next() -> None:
    debugger = Debugger(opened("hello"), Place())
    for step in (5, 6, 8):
        COMMANDS.run(debugger, f"break @{step}")
    told = [COMMANDS.run(debugger, line).notice for line in ("c", "c", "c", "C")]
    assert told == [f"stopped at @{step}: b{number} step {step}" for step, number in ((5, 1), (6, 2), (8, 3), (6, 2))]


def test_what_is_said_of_checks_leaves_breakpoints_as_they_are() -> None:
    debugger = Debugger(opened("hello"), Place())
    COMMANDS.run(debugger, "break greet")
    assert COMMANDS.run(debugger, "disable checks").notice == "failed checks do not stop a run"
    assert [one.enabled for one in debugger.stops.breakpoints] == [True]
    COMMANDS.run(debugger, "disable")
    COMMANDS.run(debugger, "enable checks")
    assert (debugger.stops.checks, [one.enabled for one in debugger.stops.breakpoints]) == (True, [False])


def test_a_screen_does_not_wait_for_checks_and_says_so() -> None:
    debugger = Debugger(Opened(link_in(SAMPLES / "kernel", COMMAND_LINES["kernel"])), Place())
    debugger.stops.patient = False
    answer = COMMANDS.run(debugger, "continue")
    assert debugger.place.step == len(debugger.steps)
    assert "checks are still being made" in answer.notice
    failed_checks(debugger.steps)  # as a thread behind the screen does
    assert "check weak-call-traps" in COMMANDS.run(debugger, "continue-back").notice


def test_bytes_that_stops_are_on_are_marked_in_the_output_and_in_memory() -> None:
    link, stops = opened("hello"), Stops()
    add_break(stops, link, "out 0x40..0x44")
    add_watch(stops, link, "mem 0x10010+4")
    add_watch(stops, link, "undefined")
    marks = {(kind, at): stops.mark_of_bytes(kind, at, at + 16) for kind in ("out", "mem") for at in (0x40, 0x10010)}
    assert [where for where, mark in marks.items() if mark == "●"] == [("out", 0x40), ("mem", 0x10010)]
    assert stops.mark_of_bytes("out", 0x44, 0x50) == " "
    stops.breakpoints[0].enabled = False
    assert stops.mark_of_bytes("out", 0x40, 0x50) == " "


def test_a_diagnostic_always_stops_a_run() -> None:
    debugger = Debugger(opened("no entry"), Place())
    COMMANDS.run(debugger, "continue")
    assert debugger.steps[debugger.place.step].kind == "error"


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("no entry", "error", ["error"]),
        ("no entry", "diagnostics", ["error"]),
        ("no entry", "warning", []),
        ("duplicate", "diagnostic duplicate symbol: _start", ["error"]),
        ("hello", "diagnostic", []),
    ],
)
def test_a_breakpoint_on_diagnostics_is_on_the_steps_that_are_some(name: str, text: str, wanted: list[str]) -> None:
    found = opened(name)
    steps = covered(found.steps, spelled(found.steps, text)).steps
    assert [found.steps[step].kind for step in steps] == wanted


def test_a_warning_is_where_the_linker_knows_enough_to_say_it(tmp_path: Path) -> None:
    """LLD warns of a signature mismatch, and the link goes on: the stub for the calls is made at that step."""
    sources = "int f(int, int); void _start(void) { f(1, 2); }", "long long f(int a) { return a; }"
    for number, text in enumerate(sources):
        (tmp_path / f"{number}.o").write_bytes(compiled(text).read_bytes())
    words = [str(tmp_path / "0.o"), str(tmp_path / "1.o")]
    warned = reference(words).stderr
    assert "warning: function signature mismatch: f" in warned
    found = Opened(link(parse([*words, "-o", "out.wasm"])))
    for text in ("warning", "diagnostic mismatch"):
        [step] = covered(found.steps, spelled(found.steps, text)).steps
        assert found.steps[step].kind == "stub"


def test_a_place_is_written_as_for_going_there() -> None:
    found = opened("hello").steps
    assert spelled(found, "mem:0x10010") == "mem 0x10010"
    assert spelled(found, "out:0x40..0x44") == "out 0x40..0x44"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nobody", "nothing is called nobody"),
        ("symbol nobody*", "no symbol is called nobody*"),
        ("reloc 100000", "there is no relocation 100000"),
        ("reloc *NOTHING*", "no relocation type is called *NOTHING*"),
        ("reloc @ nobody", "no symbol is called nobody"),
        ("atom 100000", "there is no atom 100000"),
        ("atom nobody", "no atom is called nobody"),
        ("file none.o", "no file is called none.o"),
        ("phase lunch", "there is no phase lunch"),
        ("out 0xffffff", "the output has no byte 0xffffff"),
        ("out 4..4", "the range 4..4 is empty"),
        ("mem lots", "a range was expected, such as 0x40..0x60, not lots"),
        ("@100000", "there is no step 100000"),
        ("diagnostic mismatch", "the link does not say mismatch"),
    ],
)
def test_a_breakpoint_on_nothing_is_refused_with_a_reason(text: str, why: str) -> None:
    debugger = Debugger(opened("hello"))
    answer = COMMANDS.run(debugger, f"break {text}")
    assert answer.refused
    assert why in answer.notice
    assert not debugger.stops.breakpoints


def test_the_last_of_each_kind_can_be_named_and_one_further_there_is_none() -> None:
    debugger = Debugger(opened("hello"))
    relocate, emit, image = debugger.link.relocate, debugger.link.emit, memory_image(debugger.link)
    assert relocate is not None
    assert emit is not None
    assert image is not None
    for words, last in {
        "break reloc {}": relocate.first[-1] - 1,
        "break atom {}": len(debugger.steps.symbols.atoms) - 1,
        "break step {}": len(debugger.steps),
        "break out {}": len(emit.data) - 1,
        "watch r{}": relocate.first[-1] - 1,
        "watch out {}": len(emit.data) - 1,
        "goto r{}": relocate.first[-1] - 1,
        "goto @{}": len(debugger.steps),
        "goto out:{}": len(emit.data) - 1,
        "goto mem:{}": image.size - 1,
    }.items():
        assert not COMMANDS.run(debugger, words.format(last)).refused, words
        assert COMMANDS.run(debugger, words.format(last + 1)).refused, words


def test_breakpoints_are_listed_disabled_and_deleted() -> None:
    debugger = Debugger(opened("hello"), Place())
    assert COMMANDS.run(debugger, "break emit").notice == "b1 phase emit: stops at 1 step"
    COMMANDS.run(debugger, "tbreak greet")
    COMMANDS.run(debugger, "b out 0x40..0x60")
    COMMANDS.run(debugger, "disable b1 3")
    halts = []
    for _ in range(2):
        COMMANDS.run(debugger, "c")
        halts.append(debugger.place.step)
    assert halts == [32, len(debugger.steps)]  # the temporary one is gone once it is reached
    listed = ["".join(text for text, _ in line) for line in COMMANDS.run(debugger, "info breakpoints").lines]
    assert [line.split()[:3] for line in listed] == [["b1", "phase", "emit"], ["b3", "out", "0x40..0x60"]]
    assert "○" in listed[0]
    assert "passed" in listed[0]
    COMMANDS.run(debugger, "enable b1")
    COMMANDS.run(debugger, "C")
    assert debugger.place.step == debugger.steps.ranges[6][1]
    assert COMMANDS.run(debugger, "delete b1").notice == "b1 gone"
    assert COMMANDS.run(debugger, "delete b1").refused
    COMMANDS.run(debugger, "delete")
    assert not debugger.stops.breakpoints


def test_advance_runs_to_a_place_and_leaves_nothing_behind() -> None:
    debugger = Debugger(opened("hello"), Place())
    assert "phase index" in COMMANDS.run(debugger, "advance index").notice
    assert debugger.place.step == debugger.steps.ranges[4][1]
    assert not debugger.stops.breakpoints


def test_breakpoints_mean_the_same_names_in_another_link() -> None:
    debugger = Debugger(opened("hello"), Place())
    COMMANDS.run(debugger, "break greet")
    debugger.answer(opened("hello, nothing collected"))
    COMMANDS.run(debugger, "goto top")
    COMMANDS.run(debugger, "continue")
    assert "b1 symbol greet" in next(iter(debugger.stops.reasons(debugger.opened, debugger.place.step)))
    assert names("greet")(debugger.steps, debugger.place.step)
    debugger.answer(opened("kernel"))  # which has no such symbol: it waits
    assert debugger.stops.covered(debugger.opened, debugger.stops.breakpoints[0]).steps == []


def test_what_was_kept_from_another_time_is_set_again_and_waits_for_what_is_not_there() -> None:
    link, stops = opened("hello"), Stops()
    stops.restore([("symbol greet", True), ("symbol nobody", True), ("phase emit", False)], [("gone.state", True)])
    assert [one.label for one in stops.all] == ["b1", "b2", "b3", "w1"]
    halt = stops.next_halt(link, 0, True)
    assert halt is not None
    assert halt.reasons == ("b1 symbol greet",)
    before_emit = link.steps.ranges[6][1] - 1
    assert (halt := stops.next_halt(link, before_emit, True)) is None or halt.step != before_emit + 1
    assert stops.watched(link, stops.watches[0]).steps == ()


def test_the_last_writer_of_a_breakpoint_is_its_last_step() -> None:
    debugger = Debugger(opened("hello"))
    COMMANDS.run(debugger, "break greet")
    steps = [step for step in range(1, len(debugger.steps) + 1) if names("greet")(debugger.steps, step)]
    for step in reversed(steps):
        assert COMMANDS.run(debugger, "last-writer b1").notice == f"stopped at @{step}: b1 symbol greet"
        assert debugger.place.step == step
    assert COMMANDS.run(debugger, "last-writer b1").notice == "no earlier step is on b1"
    assert COMMANDS.run(debugger, "next-writer b1").notice.startswith(f"stopped at @{steps[1]}: ")


def test_what_names_nothing_in_a_link_is_listed_so_until_one_has_it() -> None:
    debugger = Debugger(opened("hello"))
    debugger.stops.restore([("symbol nobody", True)], [("__wasm_call_ctors.number", True), ("gone.state", True)])
    for name, numbered in (("hello", "."), ("hello, nothing collected", "1  @")):
        debugger.answer(opened(name))
        (stop,) = (text_of(line) for line in COMMANDS.run(debugger, "breakpoints").lines)
        ctors, gone = (text_of(line) for line in COMMANDS.run(debugger, "watches").lines)
        assert stop.split(maxsplit=3) == ["b1", "symbol", "nobody", "nothing in this link"]
        assert gone.split(maxsplit=2) == ["w2", "gone.state", "nothing in this link"]
        assert ctors.split(maxsplit=2)[2].startswith(numbered)


def test_labels_and_places_are_completed() -> None:
    debugger = Debugger(opened("hello"))
    COMMANDS.run(debugger, "break emit")
    assert COMMANDS.completions(debugger, "delete b") == ["delete b1"]
    assert COMMANDS.completions(debugger, "break gree") == ["break greeted", "break greet"]
    assert COMMANDS.completions(debugger, "break pha") == ["break phase "]
    assert "watch undefined" in COMMANDS.completions(debugger, "watch und")


def test_running_makes_no_sentences() -> None:
    link, stops = opened("words"), Stops()
    stops.checks = False
    for text in ("malloc", "*TABLE_INDEX*", "emit", "out 0x100..0x110", "mem 0x10000..0x10100"):
        add_break(stops, link, text)
    for one in stops.breakpoints:
        stops.covered(link, one)
    assert calls(lambda: stops.next_halt(link, 100, True)) < 500


def test_in_a_large_link_stops_are_looked_up_aside_and_what_was_given_up_is_not_set(monkeypatch) -> None:
    monkeypatch.setattr("wasmscope.debugger.aside.AT_ONCE", 0)
    debugger, may = Debugger(opened("hello")), Event()
    slow = lambda found, text: may.wait(20) and looked_up(found, text)  # noqa: E731
    monkeypatch.setattr("wasmscope.debugger.commands.stopping.looked_up", slow)
    answer = COMMANDS.begin(debugger, "break symbol *")
    assert answer.work is not None
    assert next(answer.work) == "looking for symbol *"
    answer.work.close()
    answer = COMMANDS.begin(debugger, "break symbol gr*")
    may.set()
    assert finished(answer).notice.startswith("b1 symbol gr*: stops at ")
    assert [one.spec for one in debugger.stops.breakpoints] == ["symbol gr*"]


def test_stops_that_another_link_brought_are_looked_up_aside_on_a_screen(monkeypatch) -> None:
    monkeypatch.setattr("wasmscope.debugger.stops.AT_ONCE", 0)
    link, stops, told = Opened(linked("hello")), Stops(), Event()
    link.lookups.told, stops.patient = told.set, False
    stops.restore([("symbol greet", True)], [("greet", True)])
    assert stops.covered(link, stops.breakpoints[0], wait=False).steps == []
    assert told.wait(20)
    assert stops.covered(link, stops.breakpoints[0], wait=False) == covered(link.steps, "symbol greet")
    halt = stops.next_halt(link, 0, True)
    assert halt is not None
    assert halt.reasons[0] == "b1 symbol greet"


def test_a_condition_is_looked_at_only_where_it_turns() -> None:
    link = opened("hello")
    most = max(State(link.steps, step).undefined for step in range(len(link.steps)))
    value = watched(link, f"undefined == {most}")
    assert value.steps
    for step in range(1, len(link.steps) + 1):
        assert (value.read(step) != value.read(step - 1)) == (step in value.steps)


def test_the_words_for_an_atom_and_the_title_cost_nothing_by_the_size_of_the_link(tmp_path: Path) -> None:
    objects = crowd(10 * EACH, tmp_path)
    found = Opened(crowded(objects))
    atoms = found.steps.symbols.atoms
    words = watch_on(found.steps, atoms[-2])  # a section that every object has
    assert words.startswith(f"atom:{atoms[-2].file.name}:")
    assert watched(found, words).thing is atoms[-2]
    assert calls(lambda: watch_on(found.steps, atoms[-1])) < 60 < len(atoms)
    names = " ".join(one.name for one in objects[:NAMED])
    assert title_text(found).startswith(f"wasmscope  {names} +{len(objects) - NAMED} → ")
    assert calls(lambda: title_text(found)) < 15 * NAMED
