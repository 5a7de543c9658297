"""Lines of panes as text: one after the other, no boxes, no colours; for the prompt, scripts and screen readers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wasmscope.debugger.glyphs import linear, plain
from wasmscope.debugger.lines import CardLine, Cell, Column, Line, Span


def text_of(line: Line) -> str:
    """A line as text."""
    return linear(plain("".join(text for text, _ in line))).rstrip()


def card_lines(card: Iterable[CardLine]) -> list[Line]:
    """The lines of a card."""
    return [one.spans for one in card]


def table_lines(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], marks: Sequence[Cell] = ()) -> list[Line]:
    """Rows under their headings, columns as wide as their longest cell; `marks` stand before the rows."""
    heads: list[Cell] = [(one.title, "head") for one in columns]
    cells = [heads, *rows]
    widths = [max(len(plain(row[number][0])) for row in cells) for number in range(len(columns))]
    lines: list[Line] = []
    for number, row in enumerate(cells):
        mark = marks[number - 1] if number and marks else ("  ", "")
        lines.append([mark, *_padded(columns, widths, row)])
    return lines


def _padded(columns: Sequence[Column], widths: Sequence[int], row: Sequence[Cell]) -> list[Span]:
    spans: list[Span] = []
    for column, width, (text, role) in zip(columns, widths, row, strict=True):
        text = plain(text)
        spans.append(((text.rjust(width) if column.right else text.ljust(width)) + "  ", role))
    return spans
