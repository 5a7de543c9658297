"""The function table: each slot holds the function that pointers of that number are to mean, and there is room for all.

A linker gives slots as it likes; which function a slot is promised to, the relocations say that wrote its number.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from wasmscope.explain.auditing.known import Fault, Known
from wasmscope.explain.naming import count, title
from wasmscope.format.elements import item_starts
from wasmscope.format.section_ids import ELEMENT_ID
from wasmscope.format.types import GLOBAL, TABLE
from wasmscope.link.model import Symbol
from wasmscope.link.pic import TABLE_BASE

RECORD = "table slot"


class SlotRules:
    """Rules about the function table of the module of `known`."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.module = known.module
        self.image = known.image

    def faults(self) -> Iterator[Fault]:
        """Slots that hold another function than they are promised to; then what is wrong with the table."""
        self.known.checked[RECORD] += len(self.image.slots)
        slots: dict[int, Counter[int]] = defaultdict(Counter)
        for one in self.known.unfilled:
            if not self.told_later(one.miss.symbol):
                slots[one.function][one.slot] += 1
        for function, taken in slots.items():
            yield self.promised(function, *taken.most_common(1)[0])
        placed_later = any(one.name == TABLE_BASE for one in self.module.imported(GLOBAL))
        if 0 in self.image.slots and not placed_later:
            yield Fault(RECORD, "slot 0", self.place(0), "null slot taken", None, "", self.image.slots[0],
                        self.known.named(self.image.slots[0]))  # fmt: skip
        yield from self.room()

    def told_later(self, symbol: Symbol | None) -> bool:
        """Whether a dynamic linker says which slot the function has: of one that other modules see."""
        return symbol is not None and self.known.placed_later and not symbol.hidden and not symbol.local

    def promised(self, function: int, slot: int, times: int) -> Fault:
        there = self.image.slots.get(slot)
        symbol = next(one.miss.symbol for one in self.known.unfilled if one.function == function)
        points_to = self.known.named(there) if there is not None else ""
        why = f"{count(times, 'relocation')} {'takes' if times == 1 else 'take'} the slot for it"
        if there is None:
            why += ", and nothing fills it"
        return Fault(RECORD, f"slot {slot}", self.place(slot), "slot holds another", function,
                     f"index({title(symbol)})", there, points_to, why, symbol)  # fmt: skip

    def place(self, slot: int) -> tuple[int, int]:
        """Where the item is that fills a slot; the end of the elements when there is none."""
        for number, one in enumerate(self.module.elements):
            if one.offset is None or one.table != self.image.function_table:
                continue
            position = slot - (self.image.constant(one.offset) or 0)
            if 0 <= position < len(one.items):
                span = self.module.elements.span(number)
                starts = item_starts(self.module.data, span[0], one)
                return (starts[position], starts[position + 1]) if starts else span
        return self.known.place(ELEMENT_ID)

    def room(self) -> Iterator[Fault]:
        number = self.image.function_table
        type, end = self.image.table_type(number), max(self.image.slots, default=-1) + 1
        if type is None or type.limits.min >= end:
            return
        span = self.known.record_span(TABLE, number, self.module.tables)
        yield Fault("table", f"table {number}", span, "table too small", end, "slots that are filled", type.limits.min)
