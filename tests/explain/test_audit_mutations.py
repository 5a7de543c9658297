"""One relocation site of a linked module is damaged, and `audit` points at it: a thousand times and more.

There is no miss to list: what is written at a site is always another number than the right one, or none. Two things
that look like misses are kept out, and why is said in `mutations.py` (sites that move what debug information tells)
and in `explain/expected.py` (0, -1 and -2 all say in debug information that something is gone).
"""

from __future__ import annotations

import pytest

from tests.explain.mutations import KINDS, Mutant
from tests.explain.sample_links import COMMANDS, LINKING, SAMPLES, link_in, linked
from wasmscope.explain.audit import audit
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
