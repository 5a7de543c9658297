"""`audit` names the fault of each broken link first, and points at where it shows; the true links have none."""

from __future__ import annotations

import pytest

from tests.broken import Case, cases
from tests.explain.sample_links import link_in
from wasmscope.explain.auditing.audit import Audit, audit
from wasmscope.format.module import read
from wasmscope.link.model import Link


def linked(case: Case) -> Link:
    return link_in(case.folder, list(case.link))


def audited(case: Case, module: bytes) -> Audit:
    return audit(linked(case), read(module, "linked.wasm"))


@pytest.mark.parametrize("case", cases())
def test_the_first_finding_is_the_fault(case: Case) -> None:
    found = audited(case, case.broken)
    assert not found.identical
    assert found.findings, case.fault
    first = found.findings[0]
    assert (first.cause, first.offset) in {(case.cause, site) for site in case.sites}, found.findings


@pytest.mark.parametrize("case", cases())
def test_every_site_is_found_and_no_other(case: Case) -> None:
    found = audited(case, case.broken)
    assert {one.offset for one in found.findings} == set(case.sites), found.findings


@pytest.mark.parametrize("case", cases())
def test_there_is_nothing_to_find_in_the_true_link(case: Case) -> None:
    found = audited(case, case.true)
    assert found.identical
    assert not found.findings
