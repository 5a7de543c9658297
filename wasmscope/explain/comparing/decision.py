"""One thing that two links decided in another way."""

from __future__ import annotations

from typing import NamedTuple


class Decision(NamedTuple):
    """One thing that was decided in another way; of things that moved alike, one after the other, one for all."""

    phase: str
    """ "options" or a phase."""
    kind: str
    """What it is about: "option", "file", "member", "symbol", "kept", "address", "number", …"""
    change: str
    """ "added" (only in b), "removed" (only in a), "changed", or "moved": it follows from other differences."""
    name: str
    was: str
    """What was decided in a, in words; "" where there is nothing."""
    now: str
    before: object = None
    after: object = None
    """The thing in each link: an `ObjectFile`, `Symbol`, `Atom`, `Segment`, …; None where it is not there."""
    total: int = 1
    """How many things."""


def decided(phase: str, kind: str, name: str, was: str, now: str, before: object = None, after: object = None
) -> Decision:  # fmt: skip
    """What was decided in each link, "" in the one that has no such thing."""
    change = "changed" if was and now else "removed" if was else "added"
    return Decision(phase, kind, change, name, was, now, before, after)
