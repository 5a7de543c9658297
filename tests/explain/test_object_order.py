"""A module whose objects are named in another order than the one that it was linked in."""

from __future__ import annotations

import contextlib

import pytest

from tests.explain.mutations import Mutant
from tests.explain.sample_links import OUTPUT
from tests.samples import SAMPLES, Sample
from tests.toolchain import reference
from wasmscope.explain.auditing.audit import Audit
from wasmscope.explain.auditing.object_order import audit_in_order, reordered
from wasmscope.format.module import read
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link


def backwards(sample: Sample) -> list[str]:
    """The sample's link line with its objects the other way round."""
    objects = iter([word for word in reversed(sample.link) if word.endswith(".o")])
    return [next(objects) if word.endswith(".o") else word for word in sample.link]


def audited(sample: Sample, module: bytes | None) -> tuple[Audit, tuple[str, ...]]:
    assert module is not None
    options = parse([*sample.link, "-o", OUTPUT])
    with contextlib.chdir(sample.folder):
        found = audit_in_order(link(options), read(module, OUTPUT), lambda order: link(reordered(options, order)))
    return found[1], found[2]


@pytest.mark.parametrize("name", ["words", "shapes", "kernel"])
def test_the_order_of_the_module_is_taken_where_the_named_one_leaves_findings(name: str) -> None:
    sample = SAMPLES[name]
    line = backwards(sample)
    found, order = audited(sample, reference(line, sample.folder).output)
    assert list(order) == [word for word in line if word.endswith(".o")]
    assert found.identical  # also the weak and COMDAT definitions that win are those of that order
    assert not found.findings


@pytest.mark.parametrize("name", ["hello", "tally", "kernel64"])
def test_the_named_order_stays_where_it_leaves_nothing_to_say(name: str) -> None:
    sample = SAMPLES[name]
    found, order = audited(sample, reference(backwards(sample), sample.folder).output)
    assert order == ()
    assert not found.findings


def test_damage_is_found_in_a_module_of_another_order() -> None:
    sample = SAMPLES["kernel"]
    with contextlib.chdir(sample.folder):
        true = Mutant(link(parse([*backwards(sample), "-o", OUTPUT])))
    assert true.data == reference(backwards(sample), sample.folder).output
    for one in true.mutations(20, "another order"):
        found, order = audited(sample, one.data)
        assert order
        assert {finding.offset for finding in found.findings} == {one.start}, one.told
