"""The steps of a link, one a line. A step's facts: `step`, `phase`, `kind`, `text` (what happened), `why`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from wasmscope.explain.steps import steps
from wasmscope.link.model import Link
from wasmscope.report.text import printable

Facts = dict[str, Any]


def step_facts(link: Link, first: int, last: int | None, phases: frozenset[str]) -> Iterator[Facts]:
    """The facts of steps `first` to `last` (None: the end) that belong to one of `phases`."""
    found = steps(link)
    end = len(found) if last is None else min(last, len(found))
    for phase, start, stop in found.ranges:
        if phase in phases:
            for number in range(max(start, first), min(stop - 1, end) + 1):
                one = found[number]
                yield {"step": number, "phase": phase, "kind": one.kind, "text": one.text, "why": one.why or None}


def lines(facts: Iterable[Facts]) -> Iterator[str]:
    """The facts as text, a heading for each phase."""
    phase = ""
    for one in facts:
        if one["phase"] != phase:
            if phase:
                yield ""
            phase = one["phase"]
            yield f"{phase}:"
        yield printable(f"{one['step']:>8}  {one['text']}")
        if one["why"]:
            yield printable(f"{'':>8}    {one['why']}")
