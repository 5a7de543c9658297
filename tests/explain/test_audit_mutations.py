"""One relocation site of a linked module is damaged, and `audit` points at it: a thousand times and more.

What is not found is in `RIGHT_AS_WELL`, with the reason. With other seeds some 20,000 more were tried: what was not
found there is of the same three sorts.
"""

from __future__ import annotations

import pytest

from tests.explain.mutations import KINDS, Mutant
from tests.explain.sample_links import COMMANDS, LINKING, SAMPLES, link_in, linked
from wasmscope.explain.auditing.audit import audit
from wasmscope.format.module import read
from wasmscope.link.model import Link

OTHERS = {
    "hello, stripped": ("hello", ["--strip-all"]),
    "shapes, without names": ("shapes", ["--strip-all"]),
    "kernel, without names": ("kernel", ["--strip-all"]),
    "kernel64, without names": ("kernel64", ["--strip-all"]),
    "kernel, relocations kept": ("kernel", ["--emit-relocs"]),
    "hello, numbers shortened": ("hello", ["--strip-debug", "--compress-relocations"]),
    "shapes, numbers shortened and without names": ("shapes", ["--strip-all", "--compress-relocations"]),
    "tally, numbers shortened and without names": ("tally", ["--strip-all", "--compress-relocations"]),
}
"""Links besides those that other tests use, too: the sample, and options."""
NAMES = [*LINKING, *OTHERS]
RIGHT_AS_WELL = {
    (
        "kernel, without names",
        0x2B0,
        "86 80 80 80 00",
    ): "the two globals hold the same number, and neither ever changes",
    (
        "kernel",
        0x451,
        "fe ff ff ff",
    ): "debug information of what is gone: -1, -2 and 0 all say so, linkers differ in it",
    ("kernel, relocations kept", 0x2FF, "80 80 84 80 00"): "the address of thread-local data in place of its offset: "
    "in modules of one thread LLD 19 writes that, and no other site says otherwise",
}
"""Damage that `audit` does not find, by link, place and bytes; and why another linker may have written that."""

COUNTS = {name: 20 if name.startswith("words") else 45 for name in NAMES}
"""How many times each link is damaged."""


def mutant(name: str) -> Link:
    if name in LINKING:
        return linked(name)
    sample, options = OTHERS[name]
    return link_in(SAMPLES / sample, [*COMMANDS[sample], *options])


@pytest.mark.parametrize("name", NAMES)
def test_audit_points_at_the_damaged_site_and_at_no_other(name: str) -> None:
    link = mutant(name)
    missed = []
    for one in Mutant(link).mutations(COUNTS[name], name):
        found = audit(link, read(one.data, "linked.wasm")).findings
        if not found or not all(one.start <= finding.offset < one.end for finding in found):
            missed.append((one.kind, hex(one.start), one.told, [finding.message for finding in found]))
    assert not missed


def test_there_are_a_thousand_of_every_kind_and_type() -> None:
    made = [one for name in NAMES for one in Mutant(mutant(name)).mutations(COUNTS[name], name)]
    assert len(made) >= 1000
    assert {one.kind for one in made} == set(KINDS)
    assert len({one.told.split()[0] for one in made}) == 27


@pytest.mark.parametrize(("name", "place", "written"), RIGHT_AS_WELL)
def test_what_is_right_as_well_is_not_found(name: str, place: int, written: str) -> None:
    link, raw = mutant(name), bytes.fromhex(written)
    assert link.emit is not None
    (site,) = (one for one in Mutant(link).sites if one.start == place)
    assert site.end == place + len(raw)
    data = link.emit.data[:place] + raw + link.emit.data[place + len(raw) :]
    assert data != link.emit.data
    assert not audit(link, read(data, "linked.wasm")).findings
