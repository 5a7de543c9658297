"""Questions about a link with --compress-relocations, where bytes of functions move."""

from __future__ import annotations

from functools import cache

import pytest

from tests.explain.sample_links import COMMANDS, SAMPLES, link_in, linked_sources
from tests.toolchain import reference
from wasmscope.explain.origin import destination, origin
from wasmscope.explain.reasons.value import why_value
from wasmscope.explain.state import state
from wasmscope.explain.steps import steps
from wasmscope.format.leb128 import read_uleb
from wasmscope.link.model import Link

OPTIONS = ("--compress-relocations", "-S")


@cache
def compressed(name: str) -> Link:
    return link_in(SAMPLES / name, [*COMMANDS[name], *OPTIONS])


@pytest.mark.parametrize("name", COMMANDS)
def test_origin_and_destination_are_each_others_inverse(name: str) -> None:
    link = compressed(name)
    assert link.emit.data == reference([*COMMANDS[name], *OPTIONS], SAMPLES / name).output
    forth = {}
    for offset in range(len(link.emit.data)):
        found = origin(link, offset)
        forth[offset] = found.inputs
        assert found.rule
        for file, place in found.inputs:
            assert destination(link, file, place) == offset
            assert found.relocation is not None or file.module.data[place] == link.emit.data[offset]
    for file in link.resolve.objects:
        for place in range(len(file.module.data)):
            offset = destination(link, file, place)
            assert offset is None or (file, place) in forth[offset], (file, place)


@pytest.mark.parametrize("name", COMMANDS)
def test_what_does_not_arrive_is_padding_and_sizes(name: str) -> None:
    link = compressed(name)
    for atom in link.index.functions:
        if atom.file is None:
            continue
        head = read_uleb(atom.data, 0)[1]
        sites = {atom.site(row) + at for row in range(atom.lo, atom.hi) for at in range(1, 10)}
        for position in range(atom.size):
            if destination(link, atom.file, atom.start + position) is None:
                assert position < head or position in sites


@pytest.mark.parametrize("name", COMMANDS)
def test_every_relocation_is_found_at_its_site_and_reads_back(name: str) -> None:
    link = compressed(name)
    for atom in link.relocate.atoms:
        if atom in link.index.shrunk:
            for row in range(atom.lo, atom.hi):
                told = why_value(link, atom, row)
                assert told.ok, told.notes
                assert len(told.after) <= len(told.before)
                at = destination(link, atom.file, atom.start + atom.site(row))
                assert link.emit.data[at : at + len(told.after)] == told.after
                assert origin(link, at).relocation == (atom, row)


def test_a_function_shortens_site_by_site_and_its_size_comes_last() -> None:
    link = compressed("hello")
    found = steps(link)
    atom = max(link.index.shrunk, key=lambda atom: atom.hi - atom.lo)
    first = found.of((atom, atom.lo))[0]
    seen = [state(link, first - 1 + done).bytes(atom) for done in range(atom.hi - atom.lo + 1)]
    assert seen[0] == atom.data
    assert seen[-1] == link.relocate.bytes[atom]
    assert sorted({len(one) for one in seen}, reverse=True)[0] == len(seen[0])
    for done in range(len(seen) - 1):
        border = atom.site(atom.lo + done)
        assert seen[done][: read_uleb(atom.data, 0)[1]] == atom.data[: read_uleb(atom.data, 0)[1]]
        assert seen[done].endswith(atom.data[border:])


def test_a_function_without_relocations_only_gets_a_new_size() -> None:
    link = linked_sources("int seven(int x) { return x * 7; }", options=(*OPTIONS, "--no-entry", "--export=seven"))
    (atom,) = link.index.shrunk
    assert atom.lo == atom.hi
    for at in range(len(steps(link)) + 1):
        assert state(link, at).bytes(atom) in (atom.data, link.relocate.bytes[atom])
    assert state(link, len(steps(link))).bytes(atom) == link.relocate.bytes[atom]


def test_a_number_that_grew_says_which_relocation_wrote_it() -> None:
    link = linked_sources("int x[9]; int *f(int i) { return x + i + 1; }",
                          options=(*OPTIONS, "--no-entry", "--export=f", "--global-base=2147483648"))  # fmt: skip
    atom = next(atom for atom in link.index.shrunk if atom.hi > atom.lo)
    start, end = link.index.shrunk[atom].moved[0]
    assert end - start == 5
    offset = next(p.start for s in link.emit.sections for p in s.pieces if p.atom is atom)
    for position in range(start, end):
        assert origin(link, offset + position).relocation == (atom, atom.lo)


def test_a_function_stands_in_its_final_places_while_its_sites_wait() -> None:
    link = compressed("hello")
    for atom, shrunk in link.index.shrunk.items():
        after = link.relocate.bytes[atom]
        for done in range(len(shrunk.sites) + 1):
            now = shrunk.in_place(atom.data, after, done)
            assert len(now) == len(after) == shrunk.size
            waiting = {at for low, high in shrunk.moved[done:] for at in range(low, high)}
            assert all(now[at] == after[at] for at in range(len(after)) if at not in waiting)
            for (start, _), (low, high) in zip(shrunk.sites[done:], shrunk.moved[done:], strict=True):
                assert now[low:high] == atom.data[start : start + high - low]
