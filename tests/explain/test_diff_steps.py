"""What is different between two moments of a link, against both states looked at one thing at a time."""

from __future__ import annotations

import pytest

from tests.explain.sample_links import calls, linked
from wasmscope.explain.comparing.diff_steps import diff_steps
from wasmscope.explain.state import state
from wasmscope.explain.steps import steps

NAMES = ["hello", "shapes", "no entry"]


def moments(name: str) -> list[tuple[int, int]]:
    last = len(steps(linked(name)))
    return [(0, last), (last // 7, last // 3), (last // 3, last - 4), (last // 2, last // 2), (last - 3, 5)]


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_the_steps_in_between(name: str) -> None:
    found = steps(linked(name))
    for a, b in moments(name):
        difference = diff_steps(found, a, b)
        low, high = sorted((a, b))
        listed = [row.number for phase in difference.phases for row in phase.rows]
        assert listed == list(range(low + 1, high + 1))
        for phase in difference.phases:
            counts: dict[str, int] = {}
            for row in phase.rows:
                assert row.phase == phase.phase
                kind = getattr(row.subject, "kind", "") if row.kind == "kept" else row.kind
                counts[kind] = counts.get(kind, 0) + 1
            assert phase.counts == counts


@pytest.mark.parametrize("name", NAMES)
def test_symbols_that_changed_are_those_whose_states_differ(name: str) -> None:
    link = linked(name)
    assert link.resolve is not None
    for a, b in moments(name):
        before, after = state(link, min(a, b)), state(link, max(a, b))
        expected = {
            symbol
            for symbol in link.resolve.symbols
            if (one := before.symbol(symbol))[:3] != (other := after.symbol(symbol))[:3] and (one or other)
        }
        changes = diff_steps(steps(link), a, b).symbols
        assert {one.symbol for one in changes} == expected
        assert all(one.before[:3] != one.after[:3] for one in changes)


def test_bytes_are_the_sections_written() -> None:
    link = linked("hello")
    found = steps(link)
    assert link.emit is not None
    first = found.ranges[-1][1]
    sections = link.emit.sections
    assert diff_steps(found, 0, first - 1).bytes == []
    assert diff_steps(found, 0, len(found)).bytes == [(8, len(link.emit.data))]
    assert diff_steps(found, first, first + 2).bytes == [(sections[1].start, sections[2].end)]


def test_rows_are_made_when_they_are_looked_at() -> None:
    found = steps(linked("shapes"))
    relocations = diff_steps(found, 0, len(found)).phases[-2].rows
    assert len(relocations) > 200
    one = calls(lambda: diff_steps(found, 0, len(found)).phases[-2].rows[17])
    assert one < 20 * len(found.ranges) + 4 * sum(found.rows[:5])
    with pytest.raises(IndexError):
        relocations[len(relocations)]
    assert relocations[-1].number == relocations[len(relocations) - 1].number
    assert [row.number for row in relocations[2:5]] == [relocations[at].number for at in (2, 3, 4)]
