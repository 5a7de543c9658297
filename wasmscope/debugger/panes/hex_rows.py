"""Bytes in rows, whose separators say what happened to them: on screen and as text.

`( )` patched, `< >` by this step, `{ }` still to be patched, `[ ]` made by the linker; bytes without brackets are
copied, `··` are not there yet. A run that goes on in the next row ends with `…` and opens again there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from wasmscope.debugger.lines import Line, Span
from wasmscope.debugger.panes.bytes_source import ByteSpan

ROW = 16
UNSET = "··"
BRACKETS = {"unset": "  ", "patched": "()", "step": "<>", "pending": "{}", "linker": "[]", "error": "!!", "dim": "  "}
LEGEND: Line = (
    ("( )", "patched"), (" patched  ", "dim"), ("< >", "step"), (" this step  ", "dim"),
    ("{ }", "pending"), (" pending  ", "dim"), ("[ ]", "linker"), (" linker-made", "dim"),
)  # fmt: skip


class Shown(Protocol):
    """Bytes that can be shown: of a link, or of a finished module."""

    @property
    def size(self) -> int:
        """How many bytes there are."""

    def fetch(self, start: int, end: int) -> bytes:
        """Bytes `start` to `end` (offsets from the first of them)."""

    def spans(self, start: int, end: int) -> list[ByteSpan]:
        """What happened to bytes `start` to `end`: the runs of them that are marked."""

    def mark(self, start: int, end: int) -> str:
        """The mark of stops on bytes `start` to `end`; " " where there is none."""


def gap(offset: int, row: int, across: int, spans: Sequence[ByteSpan]) -> Span:
    """The separator before `offset`: what closes there, opens there, or goes on past the edges of the `across` bytes
    from `row`."""
    opening = closing = None
    for one in spans:
        if one.start == offset or (offset == row and one.start < row < one.end):
            opening = one
        if one.end == offset and offset != row:
            closing = one
        if one.start < offset < one.end and offset != row:
            return ("…" if offset == row + across and one.role not in ("unset", "dim") else " "), one.role
    if offset == row + across:
        opening = None  # it opens on the next row
    if opening and not (closing and closing.role == "step"):
        return BRACKETS[opening.role][0], opening.role
    if closing:
        return BRACKETS[closing.role][1], closing.role
    return " ", ""


def hex_line(source: Shown, start: int) -> list[Span]:
    """The row of ROW bytes that begins at `start`: offset, bytes with their separators, text."""
    end = min(start + ROW, source.size)
    spans = joined([one for one in source.spans(start, end) if one.end > start and one.start < end])
    roles, data = roles_of(start, end, spans), source.fetch(start, end)
    line: list[Span] = [(f"{start:06x}", "dim"), (source.mark(start, end), "note")]
    for offset in range(start, end):
        role = roles[offset - start]
        line += [gap(offset, start, ROW, spans), (UNSET if role == "unset" else f"{data[offset - start]:02x}", role)]
    line += [gap(end, start, ROW, spans), (" " * (3 * (ROW - (end - start)) + 1), "")]
    return [*line, ("".join(map(_letter, data, roles)), "dim")]


def _letter(byte: int, role: str) -> str:
    return chr(byte) if 0x20 <= byte < 0x7F and role != "unset" else "·"


def joined(spans: Sequence[ByteSpan]) -> list[ByteSpan]:
    """Neighbours that the linker made, or that are not there yet, as one run."""
    found: list[ByteSpan] = []
    for one in spans:
        last = found[-1] if found else None
        if last is not None and last.end == one.start and last.role == one.role in ("linker", "unset", "step"):
            found[-1] = last._replace(end=one.end)
        else:
            found.append(one)
    return found


def roles_of(start: int, end: int, spans: Sequence[ByteSpan]) -> list[str]:
    """The role of each byte from `start` to `end`."""
    roles = [""] * (end - start)
    for one in spans:
        for offset in range(max(start, one.start), min(end, one.end)):
            roles[offset - start] = one.role
    return roles
