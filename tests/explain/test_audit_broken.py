"""`audit` names the fault of each broken link first, and points at where it shows; the true links have none."""

from __future__ import annotations

import pytest

from tests.broken import CASES, Case, cases
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


def message(name: str) -> str:
    case = CASES[name]
    return audited(case, case.broken).findings[0].message


def test_a_value_that_nothing_there_would_be_right_for_says_so() -> None:
    weak, got = message("weak-over-strong"), message("got-empty")
    assert "(function 1 is limit of weak.o), expected index(limit), but limit of strong.o was not found" in weak
    assert "(global 1 is GOT.data.internal.limit, which holds 0x0), expected index(GOT global of limit)" in got
    assert "no global holds 0x10000, the address of limit" in got


def test_a_value_that_is_no_signed_number_is_no_address() -> None:
    assert "found 0x80000000 (no signed number of 32 bits: engines refuse it)" in message("sleb-unsigned")


def test_the_first_byte_of_a_function_is_its_start() -> None:
    assert "(code offset 0xd is the start of run of main.o)" in message("no-tombstone")


def test_the_zeros_of_a_copy_that_lost_are_no_shift() -> None:
    case = CASES["comdat-loser"]
    assert {one.cause for one in audited(case, case.broken).findings} == {case.cause}


def test_two_of_two_are_both() -> None:
    case = CASES["table-base-twice"]
    (group,) = audited(case, case.broken).groups
    assert group.sentence.startswith("both TABLE_INDEX relocations are 1 too high")
