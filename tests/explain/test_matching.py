"""Where atoms are in a finished module: in one that our own link also makes, that is known."""

from __future__ import annotations

import pytest

from tests.explain.sample_links import COMMANDS, SAMPLES, link_in
from wasmscope.explain.matching.matching import match
from wasmscope.explain.origin import atom_at, destination, origin
from wasmscope.format.module import read

OPTIONS = {
    "as it is": [],
    "without names": ["--strip-all"],
    "numbers shortened": ["--strip-all", "--compress-relocations"],
    "strings not merged": ["-O0", "--no-merge-data-segments"],
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "words"])
def test_every_byte_of_an_atom_is_where_the_link_put_it(name: str, options: list[str]) -> None:
    link = link_in(SAMPLES / name, [*COMMANDS[name], *options])
    assert link.emit is not None
    assert link.layout is not None
    found = match(link, read(link.emit.data, "linked.wasm"))
    checked = 0
    for offset in range(len(link.emit.data)):
        true, got = origin(link, offset), found.atom_at(offset)
        if true.file is not None and true.atom is not None and true.atom.file is not None:
            assert got == (true.atom, true.input_offset - true.atom.start), hex(offset)
            assert found.offset_of(*got) == offset
            checked += 1
        elif true.file is not None:  # a string of several
            assert got is not None
            assert got[0].file is not None
            assert (got[0].file, got[0].start + got[1]) in true.inputs
            assert found.offset_of(*got) == destination(link, got[0].file, got[0].start + got[1]) == offset
            assert atom_at(got[0].file, got[0].start + got[1]) is got[0]
        else:
            assert got is None or got[1] == -1 or got[0] is true.atom  # a size field, written anew
    assert checked > 100


@pytest.mark.parametrize("name", COMMANDS)
def test_every_address_is_the_one_that_the_link_gave(name: str) -> None:
    link = link_in(SAMPLES / name, list(COMMANDS[name]))
    assert link.emit is not None
    assert link.layout is not None
    found = match(link, read(link.emit.data, "linked.wasm"))
    for segment in link.layout.segments:
        for placed in segment.chain:
            if placed.item.file is not None:
                assert found.address_of(placed.item) == segment.address + placed.offset
