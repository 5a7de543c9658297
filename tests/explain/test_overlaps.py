"""Spans that lie over each other, as painting them one after the other has it."""

import random
from itertools import pairwise

from wasmscope.explain.matching.overlaps import uncovered


def test_what_is_seen_is_what_was_painted_last():
    rng = random.Random(7)
    for _ in range(300):
        spans = []
        for number in range(rng.randrange(8)):
            start = rng.randrange(30)
            spans.append((start, start + rng.randrange(1, 12), number))
        painted = [None] * 50
        for start, end, number in spans:
            painted[start:end] = [number] * (end - start)
        parts = list(uncovered(spans))
        seen = [None] * 50
        for start, end, number in parts:
            assert seen[start:end] == [None] * (end - start)
            seen[start:end] = [number] * (end - start)
        assert seen == painted, spans
        assert all(one[1] != other[0] or one[2] != other[2] for one, other in pairwise(parts))
