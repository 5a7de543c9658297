"""A line of code as text: offset, bytes with brackets around the site, instruction, what its relocation names."""

from __future__ import annotations

from functools import lru_cache

from wasmscope.debugger.lines import Span
from wasmscope.debugger.panes.hex_rows import BRACKETS
from wasmscope.debugger.panes.listing import CodeLine


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


def code_line(one: CodeLine, bytes_width: int) -> list[Span]:
    """One line of code; `bytes_width`: the cells that its bytes have."""
    role = {"-": "pending", "+": "step"}.get(one.mark, "")
    line: list[Span] = [(one.mark, role or "dim"), (f"{one.offset:06x} ", "dim")]
    line += _bytes(one, bytes_width)
    line.append((" ", ""))
    line += coloured(one.text)
    if one.note:
        line.append((f"  <{one.note}>", "note"))
    if one.source:
        line.append((f"  ;; {one.source}", "comment"))
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
