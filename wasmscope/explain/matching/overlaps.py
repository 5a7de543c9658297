"""Spans of which the later ones lie over the earlier ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from itertools import pairwise
from typing import TypeVar

Of = TypeVar("Of")


def uncovered(spans: Sequence[tuple[int, int, Of]]) -> Iterator[tuple[int, int, Of]]:
    """The parts of spans (start, end, what it is) that no later span covers, by start; what touches and is of the same
    span is one part."""
    by_start = sorted(range(len(spans)), key=lambda number: spans[number][0])
    edges = sorted({edge for start, end, _ in spans for edge in (start, end)})
    begun: list[int] = []  # numbers of spans that have begun, negative: the last one first
    begin = last = position = -1
    for start, end in pairwise(edges):
        while position + 1 < len(by_start) and spans[by_start[position + 1]][0] <= start:
            position += 1
            heappush(begun, -by_start[position])
        while begun and spans[-begun[0]][1] <= start:
            heappop(begun)
        there = -begun[0] if begun else -1
        if there != last:
            if last >= 0:
                yield begin, start, spans[last][2]
            begin, last = start, there
        if there >= 0 and end == edges[-1]:
            yield begin, end, spans[there][2]
