"""States: what a slow replay finds, at every step, forwards and backwards, at a cost that does not depend on where."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from tests.explain.replay import Replay
from tests.explain.sample_links import FAILING, LINKING, calls, link_in, linked, linked_sources
from tests.toolchain import ROOT, compiled, reference
from wasmscope.explain.state import State, state
from wasmscope.explain.steps import steps
from wasmscope.explain.symbol_counts import symbol_counts
from wasmscope.format.module import read
from wasmscope.link.model import PHASES, Atom, Entity, Link, ObjectFile, Symbol
from wasmscope.link.relocate import patch


def facts(now: State, thing: object) -> object:
    """What a state says of a thing, as `Replay.facts` does."""
    if isinstance(thing, ObjectFile):
        return now.file(thing)
    if isinstance(thing, Symbol):
        found = now.symbol(thing)
        return found.state, found.file, found.record, found.events
    if isinstance(thing, Entity):
        entity = now.entity(thing)
        return entity.live, entity.number
    assert isinstance(thing, Atom)
    atom = now.atom(thing)
    offset = atom.placed.offset if atom.placed is not None and thing.kind != "function" else None
    return atom.live, atom.number, offset, atom.address, now.bytes(thing), atom.patched


def things(link: Link) -> list[object]:
    """Every file, symbol, atom and entity of an object."""
    found: list[object] = list(link.load.files)
    if link.resolve is None:
        return found
    symbols = dict.fromkeys((*link.resolve.symbols, *(one for all in link.resolve.bindings.values() for one in all)))
    found += symbols
    for file in link.resolve.objects:
        found += [*file.functions, *file.segments, *file.customs, *file.globals, *file.tables, *file.tags]
    return found


def some(link: Link, number: int) -> list[object]:
    everything = things(link)
    return random.Random(4).sample(everything, min(number, len(everything)))


def touched(link: Link, at: int) -> list[object]:
    """What the steps on both sides of `at` are about."""
    found = steps(link)
    subjects = [found[number].subject for number in (at, at + 1) if 0 < number <= len(found)]
    flat = [one[0] if isinstance(one, tuple) and one and isinstance(one[0], Atom) else one for one in subjects]
    return [one for one in flat if isinstance(one, ObjectFile | Symbol | Entity | Atom) and getattr(one, "file", one)]


@pytest.mark.parametrize("name", [*LINKING, *FAILING])
def test_every_step_is_what_a_slow_replay_finds_both_ways(name: str) -> None:
    link = linked(name)
    replay, sample, seen = Replay(link), some(link, 8), []
    for at in range(len(steps(link)) + 1):
        if at:
            replay.step(at)
        now, looked_at = state(link, at), [*sample, *touched(link, at)]
        for thing in looked_at:
            assert facts(now, thing) == replay.facts(thing), (at, thing)
        seen.append([facts(now, thing) for thing in looked_at])
    for at in reversed(range(len(seen))):
        now = state(link, at)
        assert [facts(now, thing) for thing in [*sample, *touched(link, at)]] == seen[at], at


@pytest.mark.parametrize("name", [*LINKING, *FAILING])
def test_everything_is_what_a_slow_replay_finds_now_and_then(name: str) -> None:
    link = linked(name)
    last = len(steps(link))
    stops = {0, last, *(last * part // 12 for part in range(12)), *(first - 1 for _, first, _ in steps(link).ranges)}
    replay, everything = Replay(link), things(link)
    for at in range(last + 1):
        if at:
            replay.step(at)
        if at in stops:
            now = state(link, at)
            for thing in everything:
                assert facts(now, thing) == replay.facts(thing), (at, thing)


@pytest.mark.parametrize("name", LINKING)
def test_at_the_end_every_atom_is_as_it_is_in_the_output(name: str) -> None:
    link = linked(name)
    now = state(link, len(steps(link)))
    written = [piece for section in link.emit.sections for piece in section.pieces if piece.atom is not None]
    assert written
    for piece in written:
        assert now.output(piece.atom) == piece
        assert now.bytes(piece.atom) == link.emit.data[piece.start : piece.start + piece.size], piece.atom


@pytest.mark.parametrize("name", LINKING)
def test_at_zero_nothing_is_known(name: str) -> None:
    link = linked(name)
    now = state(link, 0)
    assert now.phase == PHASES[0]
    assert [count.done for count in now.counts()] == [0] * len(PHASES)
    for file in link.load.files:
        assert now.file(file) == ""
    for symbol in link.resolve.symbols:
        assert now.symbol(symbol) == ("", None, -1, 0, None, None, None, None)
    assert now.undefined == now.symbols == 0
    assert now.chain(link.index.code).placed == 0


@pytest.mark.parametrize("name", LINKING)
def test_counts_follow_the_steps(name: str) -> None:
    link = linked(name)
    found = steps(link)
    for at in (0, 1, len(found) // 2, len(found) - 1, len(found)):
        counts = state(link, at).counts()
        assert sum(count.done for count in counts) == at
        assert all(count.done == count.total for count in counts[: PHASES.index(state(link, at).phase)])
    assert state(link, len(found)).phase == "emit"


@pytest.mark.parametrize("name", LINKING)
def test_chains_fill_from_the_front(name: str) -> None:
    link = linked(name)
    homes = (*link.layout.segments, *link.layout.customs)
    chains = [link.index.code, *(home.chain for home in homes)]
    for chain in chains:
        order = [placed.item for placed in chain]
        seen = []
        for at in range(len(steps(link)) + 1):
            found = state(link, at).chain(chain)
            if found.placed > len(seen):
                seen.append(found.last.item)
                assert found.size == found.last.end
        assert seen == order


@pytest.mark.parametrize("name", LINKING)
def test_undefined_symbols_are_counted_as_a_person_would(name: str) -> None:
    link = linked(name)
    states: dict[Symbol, str] = {}
    first = steps(link).ranges[1][1]
    for row, event in enumerate(link.resolve.events):
        if event.symbol is not None:
            states[event.symbol] = event.state
        now = state(link, first + row)
        assert now.undefined == sum(one == "undefined" for one in states.values())
        assert now.symbols == len(states)


@pytest.mark.parametrize("name", LINKING)
def test_a_relocation_is_pending_until_its_step(name: str) -> None:
    link = linked(name)
    found = steps(link)
    for number in range(*found.ranges[5][1:], 7):
        atom, row = found[number].subject
        before, after = state(link, number - 1).relocation(atom, row), state(link, number).relocation(atom, row)
        assert (before.patched, after.patched) == (False, True)
        assert before.after is None
        assert after.after == link.relocate.bytes[atom][atom.site(row) :][: len(after.before)]
        assert before.before == after.before == atom.data[atom.site(row) :][: len(after.before)]


def test_a_value_appears_with_the_last_step_that_fixes_it() -> None:
    link = linked("hello")
    names, greet = link.resolve.by_name["names"], link.resolve.by_name["greet"]
    rodata = next(one for one in link.layout.segments if one.name == ".rodata")
    fixed = steps(link).of(rodata)[-1]
    assert state(link, fixed - 1).symbol(names).value is None
    assert state(link, fixed).symbol(names).value == rodata.address + rodata.chain[names.target].offset
    numbered = next(n for n in steps(link).of(greet.target) if steps(link)[n].kind == "function")
    assert state(link, numbered - 1).symbol(greet).value is None
    assert state(link, numbered).symbol(greet).value == link.index.functions[greet.target]


def test_a_discarded_definition_says_so_from_its_step_on() -> None:
    inline = "struct S { int x; int get() const; }; inline __attribute__((noinline)) int S::get() const { return x; }"
    sources = [f'{inline} extern "C" int use{n}(S *s) {{ return s->get(); }}' for n in (1, 2)]
    link = linked_sources(*sources, options=("--no-entry", "--export-all"), language="c++")
    (loser,) = [atom for atom in link.resolve.discarded if atom.kind == "function"]
    found = steps(link)
    (dropped,) = [n for n in found.of(loser) if found[n].kind == "comdat-dropped"]
    assert not state(link, dropped - 1).atom(loser).discarded
    assert state(link, dropped).atom(loser).discarded
    assert state(link, len(found)).atom(loser).live is None


def test_overlapping_sites_are_shown_patch_by_patch() -> None:
    """No compiler makes them, but bytes say what they say."""
    link = linked("hello")
    atom = next(atom for atom in link.relocate.atoms if atom.hi - atom.lo > 3)
    offsets = atom.relocs.offsets
    kept = offsets[atom.lo + 1]
    try:
        offsets[atom.lo + 1] = offsets[atom.lo] + 2
        whole = link.relocate.bytes[atom]
        link.relocate.bytes[atom] = patch(atom, link.relocate.values[atom])
        first = steps(link).of((atom, atom.lo))[0]
        replay = Replay(link)
        for row in range(3):
            replay.step(first + row)
            assert state(link, first + row).bytes(atom) == bytes(replay.bytes[atom])
    finally:
        offsets[atom.lo + 1] = kept
        link.relocate.bytes[atom] = whole


def test_a_state_costs_the_same_wherever_it_is_and_whatever_the_link() -> None:
    small, large = linked("hello"), linked("words")
    for link in (small, large):
        last = len(steps(link))
        state(link, last)
        costs = {calls(lambda at=at, link=link: state(link, at)) for at in range(0, last + 1, max(last // 40, 1))}
        assert max(costs) < 80
        assert max(costs) - min(costs) < 5


def test_a_question_costs_the_same_wherever_it_is_asked() -> None:
    link = linked("words")
    last, asked = len(steps(link)), [one for one in some(link, 60) if not isinstance(one, ObjectFile)]
    for thing in asked:  # the reverse indexes are built with the first questions
        facts(state(link, last), thing)
    for at in range(0, last + 1, last // 20):
        now = state(link, at)
        for thing in asked:
            assert calls(lambda now=now, thing=thing: facts(now, thing)) < 250, (at, thing)


@pytest.mark.parametrize("name", [*LINKING, *FAILING])
def test_as_many_symbols_are_undefined_as_stand_undefined(name: str) -> None:
    """Counted one by one where the count changes (of many changes at some), just before, and now and then."""
    link = linked(name)
    last, found = len(steps(link)), State(steps(link), 0).steps
    changes = symbol_counts(found).undefined.steps
    changes = changes[:: 1 + len(changes) // 50]
    stops = {0, last, *(last * part // 20 for part in range(20)), *changes, *(step - 1 for step in changes)}
    symbols = [one for one in things(link) if isinstance(one, Symbol)]
    for at in sorted(stops):
        now = State(found, at)
        assert now.undefined == sum(now.standing(one) == "undefined" for one in symbols), at
        assert now.symbols == sum(now.symbol(one).events > 0 and now.standing(one) != "" for one in symbols), at


@pytest.mark.parametrize(
    "more",
    [[], ["--import-undefined"], ["--no-gc-sections"], ["--unresolved-symbols=ignore-all"], ["--allow-undefined"],
     ["--warn-unresolved-symbols"], ["--allow-undefined-file"]],
    ids=lambda more: "".join(more) or "report-all",
)  # fmt: skip
def test_what_is_undefined_at_the_end_is_what_the_reference_complains_of(more: list[str], tmp_path: Path) -> None:
    source = (
        "extern int wanted(void), other(void) __attribute__((weak)); extern int lost; int unused(void);"
        "void _start(void) { if (other) other(); wanted(); lost = 1; }"
        '__attribute__((section(".text.gone"))) int gone(void) { return unused(); }'
    )
    if more == ["--allow-undefined-file"]:
        (tmp_path / "allowed").write_text("lost\n")
        more = [f"{more[0]}={tmp_path / 'allowed'}"]
    link = linked_sources(source, options=tuple(more))
    told = reference([*(one.name for one in link.options.inputs), *more])
    complained = set(re.findall(r"undefined symbol: (\w+)", told.stderr))
    now = state(link, len(steps(link)))
    assert now.undefined == len(complained)
    stands = {one.name: now.standing(one) for one in link.resolve.symbols}
    assert {name for name, standing in stands.items() if standing == "undefined"} == complained
    imports = {one.name for one in read(told.output, "").imports} if told.output is not None else set()
    for name in {"wanted", "lost"} - complained:
        if told.output is not None:
            assert (stands[name] == "imported") is (name in imports), name
        assert stands[name] in ("imported", "tolerated")


def test_what_is_reached_through_an_imported_address_is_imported() -> None:
    source = "extern int lost; extern void far(void); void *volatile kept; void _start(void) { lost = 1; kept = far; }"
    options = ("--experimental-pic", "--unresolved-symbols=import-dynamic")
    link = link_in(ROOT, [str(compiled(source, "-Os", "-g0", "-fPIC")), *options])
    told = reference([*(one.name for one in link.options.inputs), *options])
    assert told.output is not None
    through = {one.name for one in read(told.output, "").imports if one.module == "GOT.mem"}
    now = state(link, len(steps(link)))
    assert through == {"lost"}
    assert now.standing(link.resolve.by_name["lost"]) == "imported"
    assert now.undefined == 0


def test_dropped_data_has_no_address() -> None:
    """LLD gives its symbol the offset in the datum, which is an address of something else."""
    link = linked_sources("int dead[4] = {1, 2, 3, 4}; int used = 5; int _start(void) { return used; }")
    assert link.resolve is not None
    dead, used = link.resolve.by_name["dead"], link.resolve.by_name["used"]
    end = state(link, len(steps(link)))
    assert end.standing(dead) == "dropped"
    assert end.symbol(dead).value is None
    assert end.symbol(used).value == 0x10000


def test_strings_that_were_merged_are_known_from_the_step_that_places_them() -> None:
    link = linked("shapes")
    merges = link.layout.merges.values()
    assert merges
    found = steps(link)
    for atom in {merge.atom for merge in merges}:
        row, _ = found.places.placed[atom]
        number = found.number("layout", row)
        assert [state(link, at).atom(atom).known for at in (number - 1, number, len(found))] == [False, True, True]
