"""Facts as lines of text: tables with columns, numbers in hex, names that cannot upset a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Row = Mapping[str, Any]


class Column(NamedTuple):
    """A column of a table: the key of its facts, its heading, and how a fact is written.

    style: "text" (left) · "number" (right, decimal) · "hex" (right, 0x…) · "list" (joined by ", ").
    """

    key: str
    heading: str
    style: str = "text"


def columns(spec: str) -> tuple[Column, ...]:
    """Columns from words like `index:number name start:hex`; a heading other than the key follows a slash."""
    found = []
    for word in spec.split():
        key, _, style = word.partition(":")
        key, _, heading = key.partition("/")
        found.append(Column(key, (heading or key).replace("_", " "), style or "text"))
    return tuple(found)


def table(rows: Sequence[Row], shown: Sequence[Column], indent: str = "  ") -> Iterator[str]:
    """The rows as aligned lines under their headings; a column with no fact in any row is left out."""
    cells = {one: [cell(row.get(one.key), one.style) for row in rows] for one in shown}
    kept = [one for one in shown if any(cells[one])]
    if not kept:
        return
    widths = {one: max(map(len, [one.heading, *cells[one]])) for one in kept}

    def line(texts: Iterable[str]) -> str:
        aligned = [
            text.ljust(widths[one]) if one.style in ("text", "list") else text.rjust(widths[one])
            for one, text in zip(kept, texts, strict=True)
        ]
        return (indent + "  ".join(aligned)).rstrip()

    yield line(one.heading for one in kept)
    for position in range(len(rows)):
        yield line(cells[one][position] for one in kept)


def cell(value: Any, style: str = "text") -> str:
    """One fact as text; nothing for None."""
    if value is None:
        return ""
    if style == "hex" and isinstance(value, int):
        return f"{value:#x}"
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, list | tuple):
        return ", ".join(cell(one, style) for one in value)
    return printable(str(value))


def printable(text: str) -> str:
    """`text` with control characters as \\xNN: a name in a file must not steer the terminal."""
    if text.isprintable():
        return text
    return "".join(_escaped(char) if not char.isprintable() else char for char in text)


def _escaped(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8, kept by surrogateescape
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:x}}}"


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 file`, `1,234 files`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def spaced(data: bytes) -> str:
    """Bytes as hex pairs: `41 80 08`."""
    return data.hex(" ")


def dumped(data: bytes) -> str:
    """Bytes as a line of a dump: hex pairs, and beside them the characters of ASCII."""
    return f"{spaced(data)}  |{''.join(chr(byte) if 32 <= byte < 127 else '.' for byte in data)}|"
