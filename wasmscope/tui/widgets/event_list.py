"""The steps around the current one: number, what happened. The cursor is the step."""

from __future__ import annotations

from collections.abc import Callable

from wasmscope.debugger.lines import Line, Span
from wasmscope.tui.widgets.line_view import LineView


class EventList(LineView):
    """Steps 0 to `total`."""

    HELP = "Arrows move through time like {time.step} and {time.step-back}; {move.page-up} {move.page-down} by page."

    margin = 1

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._total = 0
        self._event: Callable[[int], tuple[str, str]] = lambda number: ("", "")
        self._mark: Callable[[int], Span] = lambda number: (" ", "")

    def show(
        self, total: int, event: Callable[[int], tuple[str, str]], mark: Callable[[int], Span] | None = None
    ) -> None:
        """Show steps 0 to `total`; `event(k)` is its sentence and role, `mark(k)` stands in the margin."""
        self._total, self._event = total, event
        if mark is not None:
            self._mark = mark
        self.changed()

    @property
    def count(self) -> int:
        return self._total + 1

    def draw(self, y: int, width: int) -> Line:
        text, role = self._event(y)
        here = y == self.cursor
        digits = len(str(self._total))
        lead: Span = (f"{y:>{digits}}{'▶' if here else ' '}", "step" if here else "dim")
        return [self._mark(y), lead, (text, role or ("" if y <= self.cursor else "pending"))]

    def point(self, item: int, centre: bool = True) -> None:
        """Put the cursor on step `item`: what lies after it is pending, so both sides are drawn again when it jumps."""
        low, high = sorted((self.cursor, max(0, min(item, self.count - 1))))
        if high - low > self.size.height:
            self._strips.clear()
        else:
            for line in range(low, high + 1):
                self._strips.pop(line, None)
        super().point(item, centre)
        if high - low > 1:
            self.refresh()
