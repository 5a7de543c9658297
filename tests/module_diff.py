"""Where two modules differ, said in the format's words: the section, the item in it and the offset in the item.

Reads modules by itself, with nothing of wasmscope's: what it says must hold when wasmscope's reader is what is wrong.
It knows as much of the format as a linker's output needs, and calls the rest by its offset.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

SECTIONS = {
    0: "custom", 1: "type", 2: "import", 3: "function", 4: "table", 5: "memory", 6: "global", 7: "export", 8: "start",
    9: "element", 10: "code", 11: "data", 12: "datacount", 13: "tag",
}  # fmt: skip
KINDS = ("function", "table", "memory", "global", "tag")
NAME_PARTS = {0: "module", 1: "functions", 7: "globals", 9: "data segments"}


class Span(NamedTuple):
    """A named stretch of a module."""

    label: str
    start: int
    end: int


def first_difference(expected: bytes, got: bytes) -> str:
    """A few lines for a failed test: the first section and item in which `got` is not `expected`."""
    if expected == got:
        return "no difference"
    lines = [f"{len(expected)} bytes expected, {len(got)} bytes got"]
    theirs, mine = sections(expected), sections(got)
    if [span.label for span in theirs] != [span.label for span in mine]:
        lines += [f"sections expected: {_labels(theirs)}", f"sections got:      {_labels(mine)}"]
    for wanted, found in zip(theirs, mine, strict=False):
        if expected[wanted.start : wanted.end] != got[found.start : found.end]:
            lines += _in_section(expected, wanted, got, found)
            break
    else:
        lines.append("the sections that both have are equal")
    return "\n".join(lines)


def _labels(spans: list[Span]) -> str:
    return ", ".join(span.label for span in spans)


def _in_section(expected: bytes, wanted: Span, got: bytes, found: Span) -> list[str]:
    theirs, mine = items(expected, wanted), items(got, found)
    lines = [f"{wanted.label} section: {len(theirs)} items expected, {len(mine)} got"]
    for a, b in zip(theirs, mine, strict=False):
        left, right = expected[a.start : a.end], got[b.start : b.end]
        if left != right:
            at = next((i for i, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), len(left))
            near = max(0, at - 6)
            return [
                *lines,
                f"first differing item: {a.label} (got {b.label}), {at} bytes in",
                f"expected at 0x{a.start + at:x}: … {left[near : at + 12].hex(' ')}  {left[near : at + 12]!r}",
                f"got      at 0x{b.start + at:x}: … {right[near : at + 12].hex(' ')}  {right[near : at + 12]!r}",
            ]
    return [*lines, "the items that both have are equal"]


# --- a small reader ---------------------------------------------------------------------------------------------


class Cursor:
    """A position in a module."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at

    def byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def leb(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def skip(self, count: int) -> None:
        self.at += count

    def name(self) -> str:
        size = self.leb()
        self.skip(size)
        return self.data[self.at - size : self.at].decode("utf-8", "replace")

    def limits(self) -> None:
        flags = self.leb()
        for _ in range(1 + (flags & 1) + (flags >> 3 & 1)):
            self.leb()

    def expression(self) -> None:
        while (opcode := self.byte()) != 0x0B:
            if opcode in (0x41, 0x42, 0x23, 0xD0, 0xD2):
                self.leb()
            elif opcode in (0x43, 0x44):
                self.skip(4 if opcode == 0x43 else 8)


def sections(data: bytes) -> list[Span]:
    """The sections of a module, customs by their names."""
    found, cursor = [Span("header", 0, 8)], Cursor(data, 8)
    while cursor.at < len(data):
        start, section = cursor.at, cursor.byte()
        size = cursor.leb()
        end = cursor.at + size
        label = SECTIONS.get(section, f"section {section}")
        found.append(Span(cursor.name() if section == 0 else label, start, end))
        cursor.at = end
    return found


def items(data: bytes, section: Span) -> list[Span]:
    """The items of a section as far as they are understood, the rest as one."""
    if section.label == "header":
        return [section]
    cursor = Cursor(data, section.start)
    number = cursor.byte()
    cursor.leb()
    if number == 0:
        cursor.name()
    read = _name_items if section.label == "name" else _vector(number)
    found = [Span("section header", section.start, cursor.at)]
    with contextlib.suppress(IndexError):  # what is not understood ends the list
        found.extend(read(data, cursor, section.end) if read else [])
    last = found[-1].end
    return found if last == section.end else [*found, Span(f"from 0x{last:x} on", last, section.end)]


def _name_items(data: bytes, cursor: Cursor, end: int) -> Iterator[Span]:
    while cursor.at < end:
        start, part = cursor.at, cursor.byte()
        stop = cursor.leb() + cursor.at
        label = NAME_PARTS.get(part, f"subsection {part}")
        if part in (1, 7, 9):
            count = cursor.leb()
            yield Span(f"header of {label}", start, cursor.at)
            for _ in range(count):
                start, index = cursor.at, cursor.leb()
                yield Span(f"{label} {index} {cursor.name()!r}", start, cursor.at)
        else:
            yield Span(f"{label} name", start, stop)
        cursor.at = stop


def _vector(section: int) -> Callable[[bytes, Cursor, int], Iterator[Span]] | None:
    step = STEPS.get(section)
    if step is None:
        return None

    def read(data: bytes, cursor: Cursor, end: int) -> Iterator[Span]:
        start, count = cursor.at, cursor.leb()
        yield Span("count", start, cursor.at)
        names = _function_names(data) if section == 10 else {}
        base = _imported_functions(data) if section == 10 else 0
        for number in range(count):
            start = cursor.at
            told = step(cursor) or names.get(base + number, "")
            yield Span(f"{SECTIONS[section]} {number} {told}".rstrip(), start, cursor.at)

    return read


def _type(cursor: Cursor) -> None:
    if cursor.byte() == 0x60:
        cursor.skip(cursor.leb())
        cursor.skip(cursor.leb())
    else:
        raise IndexError  # not a plain function type: the rest as one item


def _import(cursor: Cursor) -> str:
    module, field, kind = cursor.name(), cursor.name(), cursor.byte()
    if kind in (1, 3):
        cursor.byte()
    if kind in (1, 2):
        cursor.limits()
    elif kind == 3:
        cursor.byte()
    else:
        cursor.skip(1 if kind == 4 else 0)
        cursor.leb()
    return f"{KINDS[kind]} {module}.{field}"


def _export(cursor: Cursor) -> str:
    name, kind = cursor.name(), cursor.byte()
    return f"{name} = {KINDS[kind]} {cursor.leb()}"


def _body(cursor: Cursor) -> None:
    cursor.skip(cursor.leb())


def _data(cursor: Cursor) -> None:
    flags = cursor.leb()
    if flags == 2:
        cursor.leb()
    if flags != 1:
        cursor.expression()
    cursor.skip(cursor.leb())


def _global(cursor: Cursor) -> None:
    cursor.skip(2)
    cursor.expression()


def _table(cursor: Cursor) -> None:
    cursor.skip(1)
    cursor.limits()


def _tag(cursor: Cursor) -> None:
    cursor.skip(1)
    cursor.leb()


def _element(cursor: Cursor) -> None:
    flags = cursor.leb()
    if flags not in (0, 2):
        raise IndexError  # nothing that a linker writes
    if flags == 2:
        cursor.leb()
    cursor.expression()
    if flags == 2:
        cursor.byte()
    for _ in range(cursor.leb()):
        cursor.leb()


STEPS: dict[int, Callable[[Cursor], str | None]] = {
    1: _type, 2: _import, 3: lambda cursor: f"has type {cursor.leb()}", 4: _table, 5: Cursor.limits, 6: _global,
    7: _export, 9: _element, 10: _body, 11: _data, 13: _tag,
}  # fmt: skip


def _imported_functions(data: bytes) -> int:
    section = next((span for span in sections(data) if span.label == "import"), None)
    return sum(" function " in span.label for span in items(data, section)) if section else 0


def _function_names(data: bytes) -> dict[int, str]:
    section = next((span for span in sections(data) if span.label == "name"), None)
    words = [span.label.split(" ", 2) for span in items(data, section)] if section else []
    return {int(word[1]): word[2] for word in words if word[0] == "functions"}
