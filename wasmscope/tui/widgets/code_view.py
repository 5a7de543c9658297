"""Disassembly: offset, bytes, instruction, what its relocation names; before and after a patch as `-` and `+`."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from wasmscope.debugger.lines import Line, Span
from wasmscope.debugger.panes.listing import CodeLine
from wasmscope.tui.text import cut, fit
from wasmscope.tui.widgets.hex_view import BRACKETS
from wasmscope.tui.widgets.line_view import LineView


@lru_cache(4096)
def coloured(text: str) -> tuple[Span, ...]:
    """`text` as WebAssembly text in roles."""
    from pygments.token import Token

    from wasmscope.wat_lexer import WatLexer

    kinds = (
        (Token.Comment, "comment"), (Token.String, "string"), (Token.Literal.String, "string"),
        (Token.Literal.Number, "number"), (Token.Name.Variable, "name"), (Token.Name.Label, "name"),
        (Token.Keyword, "op"), (Token.Name, "op"),
    )  # fmt: skip
    spans = []
    for token, piece in WatLexer().get_tokens(text):
        role = next((role for kind, role in kinds if token in kind), "")
        spans.append((piece.rstrip("\n"), role))
    return tuple(spans)


class CodeView(LineView):
    """Instructions of one function, or a few around one."""

    HELP = "Arrows move; Enter goes to what the relocation names."

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines = 0
        self._line: Callable[[int], CodeLine] = lambda number: CodeLine(0, b"", "")
        self.bytes_width = 22

    def show(self, count: int, line: Callable[[int], CodeLine]) -> None:
        """Show `count` lines; `line(i)` gives one."""
        self._lines, self._line = count, line
        self.changed()

    @property
    def count(self) -> int:
        return self._lines

    def draw(self, y: int, width: int) -> Line:
        return code_line(self._line(y), width, self.bytes_width)


def code_line(one: CodeLine, width: int, bytes_width: int = 22) -> list[Span]:
    """One line of code in `width` cells."""
    role = {"-": "pending", "+": "step"}.get(one.mark, "")
    line: list[Span] = [(one.mark, role or "dim"), (f"{one.offset:06x} ", "dim")]
    line += _bytes(one, bytes_width)
    line.append((" ", ""))
    line += coloured(one.text)
    if one.note:
        line.append((f"  <{one.note}>", "note"))
    return line


def _bytes(one: CodeLine, width: int) -> list[Span]:
    """The instruction's bytes with brackets around the site, cut to `width` cells."""
    spans: list[Span] = []
    fitting = (width - 1) // 3
    start, end = one.site
    for position, byte in enumerate(one.data[:fitting]):
        spans.append((_gap(one, position), one.role if start <= position <= end else ""))
        role = one.role if start <= position < end else ""
        spans.append((f"{byte:02x}", f"{role} field" if position in one.changed else role))
    used = 3 * min(len(one.data), fitting)
    if len(one.data) > fitting:
        return [*spans, ("…", "dim"), (" " * (width - used - 1), "")]
    return [*spans, (_gap(one, len(one.data)), one.role), (" " * (width - used - 1), "")]


def _gap(one: CodeLine, position: int) -> str:
    start, end = one.site
    if not one.role or start == end:
        return " "
    return BRACKETS[one.role][0] if position == start else BRACKETS[one.role][1] if position == end else " "


def heading(text: str, width: int) -> list[Span]:
    """A line that separates parts: the text and a rule."""
    text = cut(text, width)
    return [(text, "strong"), (fit("", max(0, width - len(text))), "")]
