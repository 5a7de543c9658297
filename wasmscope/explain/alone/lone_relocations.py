"""The relocations that a linked module still has (--emit-relocs), or that an object has for a linker, as rows.

There may be hundreds of thousands: a row is made when it is looked at.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from wasmscope.explain.alone.module_references import Item
from wasmscope.format.linking import SYM_DATA, SYMBOL_SPACES
from wasmscope.format.module import Module
from wasmscope.format.on_demand import OnDemand
from wasmscope.format.reloc_section import Reloc
from wasmscope.format.relocs import RELOC_TYPES, WIDTHS
from wasmscope.format.types import KIND_NAMES
from wasmscope.link.names import readable


class KeptRelocation(NamedTuple):
    """One relocation. `offset` is where its site is, in bytes from the start of the file; -1 when its section is
    missing."""

    section: str
    """The name of the section that it patches."""
    offset: int
    type: str
    target: str
    """What it names: a symbol, demangled, or a function type."""
    addend: int
    to: Item | None
    """The function, global, table, tag or data segment that it names, where the module has it."""


class KeptRelocations(OnDemand[KeptRelocation]):
    """All relocations of `module`, section by section in the order of the file."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.ends = list(accumulate(len(one) for one in module.relocs))

    def __len__(self) -> int:
        return self.ends[-1] if self.ends else 0

    def made(self, index: int) -> KeptRelocation:
        group = bisect_right(self.ends, index)
        relocs = self.module.relocs[group]
        one = relocs[index - (self.ends[group] - len(relocs))]
        sections = self.module.sections
        section = sections[relocs.target] if relocs.target < len(sections) else None
        known = one.type < len(RELOC_TYPES)
        return KeptRelocation(
            section.name if section is not None else f"section {relocs.target}",
            section.contents + one.offset if section is not None else -1,
            RELOC_TYPES[one.type].name if known else f"relocation type {one.type}",
            self._target(one), one.addend, self._item(one),
        )  # fmt: skip

    def _target(self, one: Reloc) -> str:
        module = self.module
        if one.type < len(RELOC_TYPES) and RELOC_TYPES[one.type].symbol_kind == "type":
            return str(module.types[one.index]) if one.index < len(module.types) else f"type {one.index}"
        symbols = module.linking.symbols if module.linking is not None else []
        name = module.symbol_name(symbols[one.index]) if one.index < len(symbols) else ""
        return readable(name) if name else f"symbol {one.index}"

    def _item(self, one: Reloc) -> Item | None:
        symbols = self.module.linking.symbols if self.module.linking is not None else []
        known = one.type < len(RELOC_TYPES) and RELOC_TYPES[one.type].symbol_kind != "type"
        if not known or one.index >= len(symbols):
            return None
        symbol = symbols[one.index]
        if symbol.kind in SYMBOL_SPACES:
            return Item(KIND_NAMES[SYMBOL_SPACES[symbol.kind]], symbol.index)
        return Item("data", symbol.index) if symbol.kind == SYM_DATA and symbol.defined else None

    def sites(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """The sites with bytes from `start` to `end` of the file, as (row, start, end)."""
        sections, first = self.module.sections, 0
        for relocs in self.module.relocs:
            section = sections[relocs.target] if relocs.target < len(sections) else None
            if section is not None and section.start < end and section.end > start:
                row = max(0, bisect_right(relocs.offsets, start - section.contents) - 1)
                while row < len(relocs) and (low := section.contents + relocs.offsets[row]) < end:
                    type = relocs.types[row]
                    high = low + (WIDTHS[type] if type < len(WIDTHS) else 1)
                    if high > start:
                        yield first + row, low, high
                    row += 1
            first += len(relocs)
