"""The steps around the current one, or of them those that a filter lets through: number, what happened. The cursor is
the step."""

from __future__ import annotations

from collections.abc import Callable

from wasmscope.debugger.lines import Line, Span
from wasmscope.debugger.step_rows import StepRows
from wasmscope.tui.widgets.line_view import LineView


class EventList(LineView):
    """Steps, one a line."""

    HELP = "Arrows move through time like {time.step} and {time.step-back}; {move.page-up} {move.page-down} by page."

    margin = 1

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.rows = StepRows(range(1), 0)
        """The steps that are shown."""
        self._event: Callable[[int], tuple[str, str]] = lambda number: ("", "")
        self._mark: Callable[[int], Span] = lambda number: (" ", "")

    def show(
        self, rows: StepRows, event: Callable[[int], tuple[str, str]], mark: Callable[[int], Span] | None = None
    ) -> None:
        """Show `rows`; `event(k)` is the sentence and role of step k, `mark(k)` stands in its margin."""
        self.rows, self._event = rows, event
        if mark is not None:
            self._mark = mark
        self.changed()

    @property
    def count(self) -> int:
        return self.rows.count

    @property
    def step(self) -> int:
        """The step under the cursor."""
        return self.rows.step(self.cursor)

    def draw(self, y: int, width: int) -> Line:
        step = self.rows.step(y)
        text, role = self._event(step)
        here = y == self.cursor
        last = self.rows.step(self.count - 1)
        lead: Span = (f"{step:>{len(str(last))}}{'▶' if here else ' '}", "step" if here else "dim")
        return [self._mark(step), lead, (text, role or ("" if y <= self.cursor else "pending"))]

    def to(self, rows: StepRows) -> None:
        """Put the cursor on the current step of `rows`; if it is, or was, not let through, others stand elsewhere."""
        shifts = rows.steps is not self.rows.steps or rows.is_extra or self.rows.is_extra
        self.rows = rows
        if shifts:
            self.cursor = rows.position
            self.changed()
        self.point(rows.position)

    def point(self, item: int, centre: bool = True) -> None:
        """Put the cursor on `item`: what lies after it is pending, so both sides are drawn again when it jumps."""
        low, high = sorted((self.cursor, max(0, min(item, self.count - 1))))
        if high - low > self.size.height:
            self._strips.clear()
        else:
            for line in range(low, high + 1):
                self._strips.pop(line, None)
        super().point(item, centre)
        if high - low > 1:
            self.refresh()
