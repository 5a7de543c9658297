"""A screen in ASCII: whatever is drawn, by us or by Textual (borders, scroll bars), gets its stand-in."""

from __future__ import annotations

from rich.cells import get_character_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from wasmscope.debugger.glyphs import ascii_sized


class AsciiFilter(LineFilter):
    """Replaces every glyph just before it is sent; no width changes."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            Segment(ascii_sized(text, get_character_cell_size), style, control) for text, style, control in segments
        ]
