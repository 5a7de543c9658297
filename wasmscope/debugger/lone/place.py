"""Where the reader of a finished module is: one moment only, so a place is a thing and bytes, and the view."""

from __future__ import annotations

from dataclasses import dataclass

from wasmscope.explain.alone.module_references import Item

VIEWS = ("Module", "Items", "Relocs", "Bytes", "Diff", "Why")
"""The views by their names; they stand where a link's do."""
MODULE, ITEMS, RELOCS, BYTES, DIFF, WHY = range(6)


@dataclass(frozen=True, slots=True)
class LonePlace:
    """Where the reader is."""

    item: Item | None = None
    """What the cards are about."""
    relocation: int = 0
    """Row of the relocation looked at, if any were kept."""
    start: int = 0
    """The bytes looked at, `start` to `end`: offsets in the file, or addresses of memory."""
    end: int = 1
    memory: bool = False
    number: int = 0
    """Of which memory the bytes are, if they are of one."""
    view: int = MODULE

    @property
    def space(self) -> int | None:
        """The number of the memory that is looked at; None: the file is."""
        return self.number if self.memory else None

    @property
    def step(self) -> int:
        """A finished module has one moment."""
        return 0
