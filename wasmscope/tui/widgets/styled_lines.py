"""What lines look like, by what they say: one that reads the same is made once, wherever it stands."""

from __future__ import annotations

from collections.abc import Callable

from rich.segment import Segment
from textual.strip import Strip

from wasmscope.debugger.lines import Line, Span
from wasmscope.tui.text import clip, plain
from wasmscope.tui.widgets.roles import Looks

KEPT = 2048
"""Finished lines kept."""


class StyledLines:
    """Finished lines of one widget. `looks` are the styles of roles in it; `marked` gives the runs of a line with what
    is looked for in them marked."""

    def __init__(self, looks: Looks, marked: Callable[[list[Span]], list[Span]]) -> None:
        self.looks = looks
        self._marked = marked
        self._made: dict[tuple[str | Span, ...], Strip] = {}
        """By the role that lies over a line and what it says."""

    def clear(self) -> None:
        """Lines look otherwise now, or have another width."""
        self._made.clear()

    def strip(self, line: Line, width: int, over: str) -> Strip:
        """`line` in `width` cells, under the role `over`."""
        key: tuple[str | Span, ...] = (over, *line)
        strip = self._made.get(key)
        if strip is None:
            if len(self._made) >= KEPT:
                self._made.clear()
            strip = self._made[key] = self._finished(line, width, over)
        return strip

    def _finished(self, line: Line, width: int, over: str) -> Strip:
        runs: list[Span] = []
        for text, role in line:  # neighbours that look alike are one run: less to draw and to send
            if runs and runs[-1][1] == role:
                runs[-1] = runs[-1][0] + text, role
            elif text:
                runs.append((text, role))
        marked = self._marked(runs)
        segments = self._segments(marked, over)
        room = width - sum(one.cell_length for one in segments)
        if room < 0:
            segments = self._segments(clip(marked, width), over)
            room = width - sum(one.cell_length for one in segments)
        if room:
            segments.append(Segment(" " * room, self.looks[over]))
        return Strip(segments, width)

    def _segments(self, runs: list[Span], over: str) -> list[Segment]:
        looks = self.looks
        return [Segment(plain(text), looks[f"{role} {over}"]) for text, role in runs]


def laid_over(runs: list[Span], hits: list[tuple[int, int]]) -> list[Span]:
    """`runs` cut at the ends of `hits` (in order, counted in characters), the pieces in them with the role "hit"."""
    found: list[Span] = []
    at = 0
    for text, role in runs:
        done = 0
        for start, end in hits:
            low, high = max(start - at, done), min(end - at, len(text))
            if low < high:
                found += [(text[done:low], role), (text[low:high], f"{role} hit")]
                done = high
        found.append((text[done:], role))
        at += len(text)
    return [one for one in found if one[0]]
