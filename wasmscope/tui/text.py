"""Text that is safe and fits: names from files are shown as they are, but never control a terminal or a width."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from rich.cells import cell_len, chop_cells, set_cell_size

from wasmscope.debugger import glyphs
from wasmscope.debugger.lines import Line, Span, Title, spans_of
from wasmscope.tui.short_names import short_name

LEAST = 8
"""Cells that a name in a title has left at least."""
_shown: Callable[[str], str] = glyphs.plain


def plain(text: str) -> str:
    """`text` as this terminal can show it: what cannot be printed escaped, in ASCII if that is all it has."""
    return _shown(text)


def only_ascii(on: bool) -> None:
    """Whether this terminal has ASCII alone."""
    global _shown
    _shown = glyphs.ascii_cells if on else glyphs.plain
    fit.cache_clear()


@lru_cache(8192)
def fit(text: str, width: int, right: bool = False, name: bool = False) -> str:
    """`text` in exactly `width` cells: padded, or cut with a `…`, at the end or, if it is a `name`, inside."""
    if width <= 0:
        return ""
    text = plain(text)
    size = len(text) if text.isascii() else cell_len(text)
    if size > width:
        return plain(set_cell_size(short_name(text, width), width) if name else set_cell_size(text, width - 1) + "…")
    return " " * (width - size) + text if right else text + " " * (width - size)


def cut(text: str, width: int, name: bool = False) -> str:
    """`text` in at most `width` cells; `name`: as in `fit`."""
    text = plain(text)
    return fit(text, width, name=name).rstrip(" ") if cell_len(text) > width else text


def width_of(line: Line) -> int:
    """Cells that a line of clean text takes."""
    return sum(len(text) if text.isascii() else cell_len(text) for text, _ in line)


def clip(line: Line, width: int) -> list[Span]:
    """The spans of `line` in at most `width` cells, with a `…` where something was cut."""
    clean = [(plain(text), role) for text, role in line]
    if width_of(clean) <= width:
        return clean
    used = 0
    for number, (text, role) in enumerate(clean):
        size = cell_len(text)
        if used + size >= width:
            rest = "".join(text for text, _ in clean[number:]).rstrip(" ")
            return [*clean[:number], (cut(rest, width - used), role)]
        used += size
    return clean


def titled(title: Title, width: int) -> str:
    """`title` on one line: if it takes more than `width` cells its names share what the rest leaves, the longest first
    cut inside. It may still take more, where the rest leaves hardly anything."""
    clean = [(plain(text), role) for text, role in spans_of(title)]
    room = width - width_of([one for one in clean if one[1] != "name"])
    rooms: dict[int, int] = {}
    names = sorted((cell_len(text), at) for at, (text, role) in enumerate(clean) if role == "name")
    for left, (size, at) in zip(range(len(names), 0, -1), names, strict=True):
        rooms[at] = min(size, max(LEAST, room // left))
        room -= rooms[at]
    return "".join(cut(text, rooms[at], name=True) if at in rooms else text for at, (text, _) in enumerate(clean))


def wrap(line: Line, width: int, indent: int = 2) -> list[list[Span]]:
    """The spans of `line` broken at spaces into lines of at most `width` cells, continuations indented by `indent`."""
    rows: list[list[Span]] = [[]]
    used = 0
    for text, role in line:
        for word in _words(plain(text)):
            size, bare = cell_len(word), cell_len(word.rstrip())
            if used and used + bare > width and used > indent:
                rows.append([(" " * indent, "")])
                used = indent
                word = word.lstrip()
                size = cell_len(word)
            if used + bare <= width < used + size:  # the blanks behind it are where the row ends
                word, size = word.rstrip() + " " * (width - used - bare), width - used
            while used + size > width and width - used > 0:
                head = chop_cells(word, width - used)[0]
                if not head:
                    break
                head = head[: _joint(head, word[len(head) : len(head) + 1])]
                rows[-1].append((head, role))
                word = word[len(head) :]
                size = cell_len(word)
                rows.append([(" " * indent, "")])
                used = indent
            if word:
                rows[-1].append((word, role))
                used += size
    return rows


def _joint(head: str, following: str) -> int:
    """Where the beginning of a long word, which goes on with `following`, is best cut: behind the last / or : in its
    second half, or before a +, so that numbers and parts of paths stay whole; else at its end. `::` stays whole."""
    colon = len(head.rstrip(":")) if following == ":" and head.endswith(":") else len(head)
    at = max(head.rfind("/") + 1, head.rfind(":", 0, colon) + 1, head.rfind("+"))
    return at if at > len(head) // 2 else colon or len(head)


def _words(text: str) -> list[str]:
    """`text` in pieces that each end with their spaces."""
    pieces: list[str] = []
    start = 0
    while start < len(text):
        end = text.find(" ", start)
        while 0 <= end < len(text) and text[end] == " ":
            end += 1
        end = end if end > 0 else len(text)
        pieces.append(text[start:end])
        start = end
    return pieces
