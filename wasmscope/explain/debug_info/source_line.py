"""What debug information is made into: source lines, rows of line tables, ranges of addresses."""

from __future__ import annotations

from typing import NamedTuple


class SourceLine(NamedTuple):
    """A place in a source file. `line` 0: what the compiler made belongs to no line; `column` 0: the whole line."""

    file: str
    """Its path as the compiler was given it, with the directory that it ran in."""
    line: int
    column: int

    def __str__(self) -> str:
        column = f":{self.column}" if self.column else ""
        return f"{self.file}:{self.line}{column}" if self.line else f"{self.file}, no line"


class Range(NamedTuple):
    """Addresses `start` to `end`."""

    start: int
    end: int


class LineRow(NamedTuple):
    """One row of a line table: the code from `address` to the next row's is of that line."""

    address: int
    source: SourceLine


class Sequence(NamedTuple):
    """Rows by rising address; they reach up to `end`. A linker marks what it dropped by where it starts."""

    start: int
    end: int
    rows: list[LineRow]


def is_tombstone(address: int, size: int = 4) -> bool:
    """Whether an address of code of `size` bytes stands for code that was dropped.

    LLD writes -1, in .debug_ranges and .debug_loc -2, and before version 11 wrote 0, where no body can be.
    """
    return address == 0 or address >= (1 << 8 * size) - 2
