"""Which elements of one sequence are which of another.

`matched` finds what moved as well: elements that occur once on both sides are the same, and so are their equal
neighbours, outwards (P. Heckel, "A technique for isolating differences between files", 1978). It takes time in
proportion to the sequences. `runs` keeps the order, for a listing of two versions side by side.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Hashable, Iterable, Sequence
from difflib import SequenceMatcher
from itertools import accumulate
from typing import NamedTuple


class Run(NamedTuple):
    """Elements `a_start` to `a_end` of one sequence stand where `b_start` to `b_end` of the other do."""

    equal: bool
    a_start: int
    a_end: int
    b_start: int
    b_end: int


def matched(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[int]:
    """For each element of `a`, the position in `b` of the one that it is the same as, or -1."""
    to, back = [-1] * len(a), [-1] * len(b)
    for position, other in _unique(a, b):
        to[position], back[other] = other, position
    _extend(a, b, to, back, 1)
    _extend(a, b, to, back, -1)
    for here, there, by in ((0, 0, 1), (len(a) - 1, len(b) - 1, -1)):
        if a and b and a[here] == b[there] and to[here] < 0 and back[there] < 0:
            to[here], back[there] = there, here
            _extend(a, b, to, back, by)
    return to


def _unique(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Positions of the elements that are once in `a` and once in `b`."""
    ours, theirs = _once(a), _once(b)
    return [(position, theirs[one]) for one, position in ours.items() if position >= 0 and theirs.get(one, -1) >= 0]


def _once(sequence: Sequence[Hashable]) -> dict[Hashable, int]:
    """The position of each element, -1 if it occurs more than once."""
    found: dict[Hashable, int] = {}
    for position, one in enumerate(sequence):
        found[one] = -1 if one in found else position
    return found


def _extend(a: Sequence[Hashable], b: Sequence[Hashable], to: list[int], back: list[int], by: int) -> None:
    """Match the equal neighbours of what is matched, in steps of `by` (1 or -1)."""
    last = len(b)
    for position in range(len(a)) if by > 0 else range(len(a) - 1, -1, -1):
        other, here = to[position] + by, position + by
        if to[position] >= 0 and 0 <= here < len(a) and 0 <= other < last and to[here] < 0 and back[other] < 0:
            if a[here] == b[other]:
                to[here], back[other] = other, here


def same_keys(a: Iterable[Hashable], b: Iterable[Hashable]) -> list[int]:
    """For each key of `a` the position of an equal one in `b`, or -1; several equal ones are paired in order."""
    waiting: dict[Hashable, list[int]] = {}
    for position, key in enumerate(b):
        waiting.setdefault(key, []).append(position)
    for group in waiting.values():
        group.reverse()
    groups = (waiting.get(key) for key in a)
    return [group.pop() if group else -1 for group in groups]


def in_order(to: Sequence[int]) -> set[int]:
    """The positions of a longest part of `to` that goes up: what kept its order. The others (of those >= 0) moved."""
    ends: list[int] = []
    tails: list[int] = []
    before = [-1] * len(to)
    for position, other in enumerate(to):
        if other < 0:
            continue
        place = bisect_left(ends, other)
        before[position] = tails[place - 1] if place else -1
        ends[place : place + 1], tails[place : place + 1] = [other], [position]
    kept, position = set(), tails[-1] if tails else -1
    while position >= 0:
        kept.add(position)
        position = before[position]
    return kept


def runs(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Run]:
    """The two sequences side by side, in order: equal runs and what differs between them, without gaps."""
    to = matched(a, b)
    kept = sorted(in_order(to))
    found: list[Run] = []
    here = other = 0
    for position in [*kept, len(a)]:
        target = to[position] if position < len(a) else len(b)
        if position > here or target > other:
            found += _between(a, b, here, position, other, target)
        if position < len(a):
            _append(found, Run(True, position, position + 1, target, target + 1))
        here, other = position + 1, target + 1
    return found


SMALL = 4000
"""Differing runs up to so many elements are compared again element by element, which takes quadratic time."""


def _between(
    a: Sequence[Hashable], b: Sequence[Hashable], a_start: int, a_end: int, b_start: int, b_end: int
) -> list[Run]:
    """What differs between two elements that are the same: with the repeated elements in it that stayed."""
    if a_start == a_end or b_start == b_end or a_end - a_start + b_end - b_start > SMALL:
        return [Run(False, a_start, a_end, b_start, b_end)]
    matcher = SequenceMatcher(None, a[a_start:a_end], b[b_start:b_end], autojunk=False)
    return [
        Run(tag == "equal", a_start + low, a_start + high, b_start + other_low, b_start + other_high)
        for tag, low, high, other_low, other_high in matcher.get_opcodes()
    ]


def _append(found: list[Run], run: Run) -> None:
    last = found[-1] if found else None
    if last is not None and last.equal and last.a_end == run.a_start and last.b_end == run.b_start:
        found[-1] = Run(True, last.a_start, run.a_end, last.b_start, run.b_end)
    else:
        found.append(run)


_STRINGS = re.compile(rb"[^\0]{1,64}\0?|\0+")
"""A string with its end, or a run of zeros."""
_WORDS = re.compile(rb"(?s:.{4})|(?s:.+)")


def cut(data: bytes) -> list[bytes]:
    """`data` in pieces that are the same wherever the same string or run of zeros is."""
    return _STRINGS.findall(data)


def same_blocks(a: bytes, b: bytes) -> list[tuple[int, int, int]]:
    """(start, end, start in `b`) of the runs of bytes of `a` that are in `b`, too, moved or not; by start."""
    return same_regions([(0, a)], [(0, b)])


Region = tuple[int, bytes]
"""Where bytes start, and they."""


def same_regions(a: Sequence[Region], b: Sequence[Region]) -> list[tuple[int, int, int]]:
    """(start, end, start in `b`) of the runs of bytes in the regions of `a` that are in those of `b`, too; by start.

    Data are strings or words: they are cut in both ways, and what finds more of `a` in `b` holds.
    """
    found = [_same_tokens(_tokens(a, pattern), _tokens(b, pattern)) for pattern in (_STRINGS, _WORDS)]
    return max(found, key=lambda blocks: sum(end - start for start, end, _ in blocks))


def _tokens(regions: Sequence[Region], pattern: re.Pattern[bytes]) -> tuple[list[bytes], list[int]]:
    """The tokens of all regions, and where each starts."""
    tokens: list[bytes] = []
    starts: list[int] = []
    for start, data in regions:
        cut = pattern.findall(data)
        tokens += cut
        starts += accumulate(map(len, cut[:-1]), initial=start) if cut else ()
    return tokens, starts


def _same_tokens(a: tuple[list[bytes], list[int]], b: tuple[list[bytes], list[int]]) -> list[tuple[int, int, int]]:
    (ours, starts), (theirs, places) = a, b
    found: list[tuple[int, int, int]] = []
    for position, other in enumerate(matched(ours, theirs)):
        if other < 0:
            continue
        start, there = starts[position], places[other]
        end = start + len(ours[position])
        last = found[-1] if found else None
        if last is not None and last[1] == start and last[2] + last[1] - last[0] == there:
            found[-1] = (last[0], end, last[2])
        else:
            found.append((start, end, there))
    return found


def ends_in_common(a: Sequence[object], b: Sequence[object]) -> tuple[int, int]:
    """How many elements two sequences have in common at their start, and, not counting those, at their end."""
    most = min(len(a), len(b))
    head = next((at for at in range(most) if a[at] != b[at]), most)
    tail = next((at for at in range(most - head) if a[-1 - at] != b[-1 - at]), most - head)
    return head, tail
