"""Failed checks belong to the step after which they can be seen."""

from __future__ import annotations

import pytest

from tests.explain.sample_links import FAILING, LINKING, linked
from wasmscope.explain.checking.check_steps import failed_checks
from wasmscope.explain.checking.checks import findings
from wasmscope.explain.steps import steps
from wasmscope.explain.symbols import Mention


@pytest.mark.parametrize("name", [*LINKING, *FAILING])
def test_every_finding_has_a_step_and_they_come_in_its_order(name: str) -> None:
    link = linked(name)
    found = failed_checks(steps(link))
    assert sorted(str(one.finding) for one in found) == sorted(map(str, findings(link)))
    assert [one.step for one in found] == sorted(one.step for one in found)
    assert all(0 < one.step <= len(steps(link)) for one in found)


def test_a_site_belongs_to_the_step_that_patches_it() -> None:
    link = linked("kernel")
    found = next(one for one in failed_checks(steps(link)) if one.finding.rule == "weak-call-traps")
    thing = steps(link)[found.step].subject
    assert isinstance(thing, Mention)
    assert thing.atom.file is not None
    assert thing.atom.file.name == found.finding.place.file
    assert thing.atom.start + thing.atom.site(thing.row) == found.finding.place.offset


@pytest.mark.parametrize(
    ("name", "rule", "kind", "text"),
    [
        ("hello, data first", "stack-after-data", "boundary", "stack low is 0x"),
        ("kernel, nothing collected", "comdat-kept-twice", "function", "function index of shared"),
    ],
)
def test_other_rules_belong_to_the_step_that_decides(name: str, rule: str, kind: str, text: str) -> None:
    link = linked(name)
    found = next(one for one in failed_checks(steps(link)) if one.finding.rule == rule)
    step = steps(link)[found.step]
    assert step.kind == kind
    assert step.text.startswith(text)
