"""How two links differ: their decisions, phase by phase, the earliest first; what differs first explains the rest.

    diff_links(link(parse(line)), link(parse([*line, "--no-gc-sections"]))).first
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from wasmscope.explain.comparing.decision import Decision
from wasmscope.explain.comparing.decisions import decisions, reason
from wasmscope.explain.comparing.diff import Difference, diff_outputs
from wasmscope.explain.comparing.link_pairs import LinkPairs
from wasmscope.link.model import PHASES, Link


class PhaseDifference(NamedTuple):
    """The decisions of one phase that differ."""

    phase: str
    decisions: list[Decision]


class LinkDifference:
    """What is different in link `b` when compared with link `a`."""

    def __init__(self, a: Link, b: Link) -> None:
        self.a, self.b = a, b
        self.pairs = LinkPairs(a, b)

    @cached_property
    def phases(self) -> list[PhaseDifference]:
        """The phases in which something was decided in another way, in order."""
        found = [PhaseDifference(phase, decisions(self.pairs, phase)) for phase in ("options", *PHASES)]
        return [one for one in found if one.decisions]

    @cached_property
    def decisions(self) -> list[Decision]:
        """All decisions that differ, in the order of the phases."""
        return [one for phase in self.phases for one in phase.decisions]

    @cached_property
    def first(self) -> Decision | None:
        """The first decision that differs and does not only follow from others; after the options."""
        made = (one for one in self.decisions if one.phase != "options")
        return next((one for one in made if one.change != "moved"), None)

    def why(self, decision: Decision) -> tuple[str, str]:
        """What was decided in each link, with the reason where `Decision.was` and `now` leave it out."""
        was, now = decision.was, decision.now
        return reason(self.a, decision.before, was), reason(self.b, decision.after, now)

    @cached_property
    def output(self) -> Difference | None:
        """How the two outputs differ; None when one of the links failed."""
        return diff_outputs(self.a, self.b) if self.a.emit is not None and self.b.emit is not None else None

    @property
    def same(self) -> bool:
        """Whether nothing was decided in another way, and the outputs are the same bytes."""
        return not self.decisions and (self.output is None or self.output.same)


def diff_links(a: Link, b: Link) -> LinkDifference:
    """How link `b` differs from link `a`. Failed links are compared as far as they came."""
    return LinkDifference(a, b)
