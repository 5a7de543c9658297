"""Text that a terminal can show: what cannot be printed is escaped, and every glyph of ours has an ASCII stand-in."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

_NAMED = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


class StandIn(NamedTuple):
    """What stands for a glyph where only ASCII can be shown."""

    cell: str
    """In one cell, so that nothing moves."""
    words: str
    """In running text."""


def _same(glyphs: str, stand_in: str) -> dict[str, StandIn]:
    return dict.fromkeys(glyphs, StandIn(stand_in, stand_in))


STAND_INS: dict[str, StandIn] = {
    "·": StandIn(".", "."), "…": StandIn("~", "..."), "→": StandIn(">", "->"), "←": StandIn("<", "<-"),
    "↑": StandIn("^", "up"), "↓": StandIn("v", "down"), "⇅": StandIn("|", "<->"), "✓": StandIn("v", "ok"),
    "✗": StandIn("x", "x"), "≤": StandIn("<", "<="), "×": StandIn("x", "x"), "–": StandIn("-", "-"),
    "▶": StandIn(">", ">"), "▸": StandIn("+", "+"), "▾": StandIn("-", "-"), "▲": StandIn("^", "^"),
    "▼": StandIn("v", "v"), "●": StandIn("o", "o"), "○": StandIn("-", "-"), "›": StandIn(">", ">"),
    "∆": StandIn("d", "new"),
    **_same("▓█", "#"), **_same("░▒", "."),
    **_same("─═╌╍┄┅┈┉▔▁▂▃▄▅▆▇▀", "-"), **_same("│║╎╏┆┇┊┋▏▎▍▌▋▊▉▐▕", "|"), **_same("━", "="), **_same("┃┏┓┗┛", "#"),
    **_same("┌┐└┘╭╮╰╯├┤┬┴┼┣┫┳┻╋╔╗╚╝╠╣╦╩╬┠┨┡┩▛▜▙▟▗▖▝▘", "+"),
}  # fmt: skip
"""Every glyph that is drawn, by us or by Textual. The one table: the screen, the prompt and reports all ask it."""
_CELLS = str.maketrans({glyph: one.cell for glyph, one in STAND_INS.items()})
_WORDS = str.maketrans({glyph: one.words for glyph, one in STAND_INS.items()})


def plain(text: str) -> str:
    """`text` with what cannot be printed (controls, bidi marks, undecoded bytes) written as escapes."""
    return text if text.isprintable() else "".join(map(_visible, text))


def ascii_cells(text: str) -> str:
    """`text` in ASCII, our glyphs in one cell each, everything else (names from files) escaped."""
    return text if text.isascii() and text.isprintable() else _escaped(text.translate(_CELLS))


def ascii_sized(text: str, width: Callable[[str], int]) -> str:
    """`text` in ASCII and as many cells: our glyphs' stand-ins, `?` for others; `width` measures a character."""
    if text.isascii():
        return text
    return "".join(char if char.isascii() else "?" * width(char) for char in text.translate(_CELLS))


def ascii_words(text: str) -> str:
    """`text` in ASCII, our glyphs as running text has them, everything else escaped."""
    return text if text.isascii() and text.isprintable() else _escaped(text.translate(_WORDS))


def linear(text: str) -> str:
    """`text` without our glyphs, for readers that say each of them aloud; names keep their letters."""
    return text if text.isascii() else text.translate(_WORDS)


def _escaped(text: str) -> str:
    return "".join(char if char.isascii() and char.isprintable() else escape(char) for char in text)


def _visible(char: str) -> str:
    return char if char.isprintable() else escape(char)


def escape(char: str) -> str:
    """`\\n`, `\\x1b`, `\\u200b`: one character as ASCII; a byte that was no UTF-8 as itself."""
    code = ord(char)
    if char in _NAMED:
        return _NAMED[char]
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
