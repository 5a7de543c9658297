"""Which of two lists of things are the same: by name, else by contents, else by position.

A pairing is a list: for each thing of the first module the position of its partner in the second, or -1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from itertools import groupby

from wasmscope.explain.comparing.alignment import matched
from wasmscope.explain.comparing.things import Thing

COUNTED = re.compile(r"(\.\d+|17h[0-9a-f]{16}E|(?<=__anon_)\d+|(?<=__unnamed_)\d+)$")
"""What compilers add to a name by counting or hashing: `.L.str.3`, Rust's `…17h0123456789abcdefE`, Zig's
`__anon_42`."""
PRIVATE = ".L"
"""In the names of what an assembler keeps to itself: they are counted up, and say nothing."""

Fingerprint = Callable[[Thing], tuple[Hashable, int]]
"""What stays the same of a thing when it moves (for a function, its skeleton), and how many bytes that is."""
Prints = tuple[Fingerprint, Fingerprint]


def stem(name: str) -> str:
    """A name without what compilers count."""
    return COUNTED.sub("", name)


def pair(
    a: Sequence[Thing],
    b: Sequence[Thing],
    prints: Prints,
    stripped: bool = False,
    known: Sequence[tuple[int, int]] = (),
) -> list[int]:
    """The pairing of `a` and `b`, whose things have the fingerprints that the two functions of `prints` give.

    stripped: one side has lost names, so that those which only the other has say nothing. known: positions of things
    that are the same for another reason than their names.
    """
    to = [-1] * len(a)
    names = [[thing.name for thing in things] for things in (a, b)]
    if stripped:
        common = set(names[0]) & set(names[1])
        names = [[name if name in common else "" for name in listed] for listed in names]
    for position, other in known:
        if to[position] < 0:
            to[position] = other
    for key in (_public, stem):
        _by_key(a, b, to, prints, names, key)
    _by_print(a, b, to, prints, _left(to), _free(to, len(b)), ENOUGH)
    _by_position(a, b, to, names)
    return to


def _public(name: str) -> str:
    return "" if PRIVATE in name else name


def _left(to: list[int]) -> list[int]:
    """Positions on side a that have no partner yet."""
    return [position for position, other in enumerate(to) if other < 0]


def _free(to: list[int], total: int) -> list[int]:
    """Positions on side b, of `total`, that have no partner yet."""
    taken = set(to)
    return [position for position in range(total) if position not in taken]


def _by_key(
    a: Sequence[Thing],
    b: Sequence[Thing],
    to: list[int],
    prints: Prints,
    names: list[list[str]],
    key_of: Callable[[str], str],
) -> None:
    """Pair those whose names have one key; where several have it, those with the same contents, then in order."""
    theirs: dict[str, list[int]] = {}
    for position in _free(to, len(b)):
        if names[1][position]:
            theirs.setdefault(key_of(names[1][position]), []).append(position)
    theirs.pop("", None)
    ours: dict[str, list[int]] = {}
    for position in _left(to):
        key = key_of(names[0][position])
        if key in theirs:
            ours.setdefault(key, []).append(position)
    for key, group in ours.items():
        others = theirs[key]
        if len(group) == 1 == len(others):
            to[group[0]] = others[0]
        else:
            _among(a, b, to, prints, group, others)


def _among(a: Sequence[Thing], b: Sequence[Thing], to: list[int], prints: Prints, ours: list[int], others: list[int]
) -> None:  # fmt: skip
    _by_print(a, b, to, prints, ours, others)
    taken = {to[one] for one in ours}
    free = iter([one for one in others if one not in taken])
    for one in ours:
        if to[one] < 0:
            to[one] = next(free, -1)


def _by_print(
    a: Sequence[Thing],
    b: Sequence[Thing],
    to: list[int],
    prints: Prints,
    ours: list[int],
    others: list[int],
    enough: int = 0,
) -> None:
    """Pair those of `ours` and `others` with the same fingerprint, named ones only if it is of `enough` bytes."""
    if not ours or not others:
        return
    left, right = (
        [_telling(things[one], of, enough) or (side, one) for one in group]
        for side, things, of, group in (("a", a, prints[0], ours), ("b", b, prints[1], others))
    )
    for position, other in enumerate(matched(left, right)):
        if other >= 0:
            to[ours[position]] = others[other]


def _telling(thing: Thing, of: Fingerprint, enough: int) -> tuple[Hashable, int] | None:
    found = of(thing)
    return found if found[1] >= enough or not thing.name else None


ENOUGH = 8
"""Bytes that must be the same before two things of different names are taken for one that was renamed."""


def _by_position(a: Sequence[Thing], b: Sequence[Thing], to: list[int], names: list[list[str]]) -> None:
    """Pair what stands between the same neighbours, in order: all of it if there is as much on both sides, else what is
    the same in words; but never two things that have names."""
    taken = set(to)
    for _, group in groupby(enumerate(_left(to)), key=lambda pair: pair[1] - pair[0]):
        ours = [one for _, one in group]
        before = to[ours[0] - 1] if ours[0] else -1
        start = stop = before + 1
        while stop < len(b) and stop not in taken:
            stop += 1
        if before < 0 and ours[0]:
            continue
        for one, other in _in_gap(a, b, ours, range(start, stop)):
            if not names[0][one] or not names[1][other]:
                to[one] = other


def _in_gap(
    a: Sequence[Thing], b: Sequence[Thing], ours: Sequence[int], others: Sequence[int]
) -> list[tuple[int, int]]:
    if len(ours) == len(others):
        return list(zip(ours, others, strict=True))
    found = matched([a[one].what for one in ours], [b[one].what for one in others])
    return [(ours[position], others[other]) for position, other in enumerate(found) if other >= 0]
