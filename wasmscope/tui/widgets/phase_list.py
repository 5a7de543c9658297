"""The phases of the link, what each has made so far, and how far the current one is."""

from __future__ import annotations

from collections.abc import Sequence

from wasmscope.debugger.lines import BAR, Line, Span, bar
from wasmscope.debugger.panes.phases import PhaseRow
from wasmscope.link.model import PHASES
from wasmscope.tui.text import cut, fit, width_of
from wasmscope.tui.widgets.line_view import LineView


def tick(row: PhaseRow) -> Span:
    """The sign of how far a phase is: `✓` done, `▶` in it, `·` to come, `!` failed, `-` never reached."""
    if not row.number and not row.total:
        return " ", ""
    if not row.reached:
        return "-", "pending"
    if row.failed and row.done == row.total:
        return "!", "error"
    if row.done == row.total:
        return "✓", "ok"
    return ("▶", "step") if row.done else ("·", "pending")


class PhaseList(LineView):
    """The seven phases and what the current one is doing."""

    HELP = (
        "Arrows move; {move.follow} goes to the end of that phase. {time.previous-phase} and "
        "{time.next-phase} from anywhere."
    )

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._phases: Sequence[PhaseRow] = ()

    def show(self, phases: Sequence[PhaseRow]) -> None:
        """Show these rows."""
        if phases != self._phases:
            self._phases = phases
            self.changed()

    @property
    def count(self) -> int:
        return len(self._phases)

    def row(self, item: int) -> PhaseRow:
        """The row under `item`."""
        return self._phases[item]

    def draw(self, y: int, width: int) -> Line:
        row = self._phases[y]
        sign, role = tick(row)
        running = 0 < row.done < row.total
        tail = f"{row.done:,}/{row.total:,}{'*' * row.changed}" if running else row.tally
        lead = f" {row.number} " if row.number else "   "
        if len(lead) + len(row.name) + len(tail) + 3 > width:
            tail = tail.split(" ")[0]
        name = cut(row.name, max(4, width - len(lead) - len(tail) - 3 - len(row.marks)), name=True)
        line: list[Span] = [(sign, role), (lead, "dim"), (name, "strong" if running else "" if row.done else "pending")]
        line.append((row.marks, "error" if "!" in row.marks else "note"))
        room = width - width_of(line) - len(tail) - 1
        if running and room > BAR + 2:
            line.append((f" {bar(row.done, row.total)} ", "step"))
            room = width - width_of(line) - len(tail) - 1
        return [*line, (fit("", room), ""), (tail, "" if row.done else "pending")]


def timeline(phases: Sequence[PhaseRow], width: int) -> list[Span]:
    """The phases on one line: `load─resolve─[LAYOUT ▓▓░░]─index`, or ticks when there is no room for names."""
    named: list[Span] = []
    marks: Span = ("", "dim")
    for position, row in enumerate(phases):
        sign, role = tick(row)
        running = 0 < row.done < row.total
        named.append((f"{marks[0]}─" if position else "", marks[1]))  # what is marked stands before the joint
        if running:
            named.append((f"[{row.name.upper()} {bar(row.done, row.total, 5)}]", "step"))
        else:
            failed = sign == "!"
            named.append((row.name + "!" * failed, role if failed else "" if row.done else "pending"))
        marks = _marks(row, sign)
    if width_of(named) + len(marks[0]) <= width:
        return [*named, marks]
    ticks: list[Span] = [(sign + _marks(row, sign)[0], role) for row in phases for sign, role in (tick(row),)]
    current = next((row for row in reversed(phases) if row.done), phases[0])
    return [*ticks, (cut(f"  {current.name} {current.done:,}/{current.total:,}", max(0, width - width_of(ticks))), "")]


def _marks(row: PhaseRow, sign: str) -> Span:
    """The marks of a phase behind its name, which says already that it failed."""
    text = row.marks.removesuffix("!") if sign == "!" else row.marks
    return text, "error" if "!" in text else "note" if text else "dim"


def phase_at(spans: Sequence[Span], x: int) -> int | None:
    """The position of the phase at column `x` of what `timeline` made."""
    named = bool(spans) and spans[0][0] == ""  # a joint before each name
    at = 0
    for number, (text, _) in enumerate(spans):
        if at <= x < at + len(text):
            phase, is_name = divmod(number, 2) if named else (number, 1)
            return phase if is_name and phase < len(PHASES) else None
        at += len(text)
    return None
