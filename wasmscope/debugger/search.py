"""The search of a session: the pattern, the way to the next hit, and how many there are.

Going to a hit looks from the cursor on; counting goes through everything behind it, up to BOUND. Both are work in small
pieces, so that a file of 100 MB holds no key up.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from wasmscope.debugger.patterns import Pattern
from wasmscope.debugger.searched import Hit, Searched

BOUND = 10_000
"""Hits counted at most."""


class Search:
    """The pattern that is looked for, until it is cleared, and the hits that were counted last."""

    def __init__(self) -> None:
        self.pattern: Pattern | None = None
        self._counted: tuple[object, list[int], bool] | None = None
        """(what was searched, where its hits begin, whether these are all)."""

    def look_for(self, pattern: Pattern | None) -> None:
        """Look for `pattern` from now on; None: for nothing."""
        self.pattern, self._counted = pattern, None

    def next(self, searched: Searched, forward: bool) -> Iterator[str | tuple[Hit, bool]]:
        """The next hit from the cursor, and whether it lies past an end; says before how far the search is."""
        pattern, count = self.pattern, searched.count
        cursor = min(searched.cursor, count - 1)
        assert pattern is not None
        ahead, behind = ((cursor + 1, count), (0, cursor + 1)) if forward else ((0, cursor), (max(0, cursor), count))
        for wrapped, (start, end) in enumerate((ahead, behind)):
            for hit in searched.hits(pattern, start, end, forward) if start < end else ():
                if hit is not None:
                    yield hit, bool(wrapped)
                    return
                yield f"looking for {pattern.text}"

    def count(self, searched: Searched) -> Iterator[str]:
        """Count all hits, if they are not counted already."""
        assert self.pattern is not None
        if self._counted is not None and self._counted[0] == searched.key:
            return
        starts: list[int] = []
        for hit in searched.hits(self.pattern, 0, searched.count, True):
            if hit is None:
                yield f"counting {self.pattern.text}: {len(starts):,} so far"
            elif len(starts) == BOUND:
                self._counted = searched.key, starts, False
                return
            else:
                starts.append(hit.start)
        self._counted = searched.key, starts, True

    def told(self, hit: Hit) -> str:
        """`3 of 17`, once they are counted."""
        if self._counted is None:
            return ""
        _, starts, complete = self._counted
        total = f"{len(starts):,}" if complete else f"more than {BOUND:,}"
        number = bisect_left(starts, hit.start)
        if number < len(starts) and starts[number] == hit.start:
            return f"{number + 1:,} of {total}"
        return total
