"""What a finished module puts into its memory and its function table, whoever linked it.

Addresses of active segments are in the file. A passive segment gets its own where code copies it in, so the functions
that do (`memory.init` of constants) are read; of position-independent modules, addresses and slots count from
`__memory_base` and `__table_base`.
"""

from __future__ import annotations

import operator
from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import NamedTuple

from wasmscope.explain.matching.overlaps import uncovered
from wasmscope.explain.matching.startup_fills import CONSTANTS, Fill, fills
from wasmscope.format.expr import ConstExpr
from wasmscope.format.module import Module
from wasmscope.format.types import FUNCREF, GLOBAL, TABLE, GlobalType, TableType
from wasmscope.link.linker_names import FUNCTION_TABLE

_ARITHMETIC = {"add": operator.add, "sub": operator.sub, "mul": operator.mul}


class Area(NamedTuple):
    """A data segment: its bytes are `start` to `end` in the file."""

    number: int
    name: str
    address: int | None
    """Where it goes in the image's memory; None when nothing says so, or it goes into another memory."""
    start: int
    end: int
    memory: int = 0
    """The number of the memory that it goes into."""
    elsewhere: int | None = None
    """Where it goes in that memory, if that is not the image's."""

    @property
    def size(self) -> int:
        return self.end - self.start


class Image:
    """Memory number `memory` and function table of `module` as they are when it starts."""

    def __init__(self, module: Module, memory: int = 0) -> None:
        self.module = module
        self.memory = memory

    @cached_property
    def areas(self) -> list[Area]:
        """The data segments in file order."""
        names = self.module.names.datas if self.module.names is not None else {}
        found = []
        for number, one in enumerate(self.module.datas):
            if one.offset is not None:
                memory, address = one.memory, self.constant(one.offset)
            else:
                fill = self._copied.get(number)
                memory, address = (fill.memory, fill.address) if fill is not None else (0, None)
            places = (address, None) if memory == self.memory else (None, address)
            found.append(Area(number, names.get(number, ""), places[0], one.start, one.end, memory, places[1]))
        return found

    @cached_property
    def end(self) -> int:
        """First address after all data that the file holds."""
        return max((one.address + one.size for one in self.areas if one.address is not None), default=0)

    def area_of(self, address: int) -> Area | None:
        """The data segment that fills `address`: where several do, the last of them, as they are copied in order."""
        found = self.filled(address, address + 1)
        return found[0][2] if found else None

    @cached_property
    def _filled(self) -> list[tuple[int, int, Area]]:
        placed = [(one.address, one.address + one.size, one) for one in self.areas if one.address is not None]
        return list(uncovered([one for one in placed if one[0] < one[1]]))

    @cached_property
    def _filled_from(self) -> list[int]:
        return [start for start, *_ in self._filled]

    def filled(self, start: int, end: int) -> list[tuple[int, int, Area]]:
        """What is filled of the addresses `start` to `end`: start and end of each part, and the segment it is of."""
        first = max(bisect_right(self._filled_from, start) - 1, 0)
        parts = self._filled[first : bisect_left(self._filled_from, end)]
        return [(max(low, start), min(high, end), one) for low, high, one in parts if high > start]

    def bytes_at(self, address: int) -> bytes:
        """What the file fills memory with from `address` to the end of its segment; b"" where it says nothing."""
        area = self.area_of(address)
        if area is None or area.address is None:
            return b""
        return self.module.data[area.start + address - area.address : area.end]

    @cached_property
    def slots(self) -> dict[int, int]:
        """Function index in each slot of the function table."""
        found: dict[int, int] = {}
        for one in self.module.elements:
            if one.offset is None or one.table != self.function_table:
                continue
            base = self.constant(one.offset) or 0
            items: tuple[int | ConstExpr, ...] = one.items
            for position, item in enumerate(items):
                function = _function(item)
                if function is not None:
                    found[base + position] = function
        return found

    @cached_property
    def slots_of(self) -> dict[int, list[int]]:
        """Slots that hold each function."""
        found: dict[int, list[int]] = {}
        for slot, function in self.slots.items():
            found.setdefault(function, []).append(slot)
        return found

    @cached_property
    def first_slot(self) -> int:
        """Where the table's functions begin: what relative slots count from."""
        return min(self.slots, default=1)

    @cached_property
    def function_table(self) -> int:
        """Number of the table whose slots function pointers are."""
        module = self.module
        for number, one in enumerate(module.imported(TABLE)):
            if one.name == FUNCTION_TABLE:
                return number
        for export in module.exports:
            if export.kind == TABLE and export.name == FUNCTION_TABLE:
                return export.index
        filled = [one.table for one in module.elements if one.offset is not None]
        if filled:
            return filled[0]
        first = module.num_imported(TABLE)
        own = [first + number for number, one in enumerate(module.tables) if one.type.elem == FUNCREF]
        return own[-1] if own else first

    def constant(self, expr: ConstExpr, below: int = 1 << 32) -> int | None:
        """The value of a constant expression; an imported base counts as 0, and so does a global that is not one of the
        first `below`. None for what is no number."""
        stack: list[int] = []
        for one in expr[:-1]:
            bits, _, operation = one.opcode.removeprefix("i").partition(".")
            if one.opcode in CONSTANTS:
                stack.append(one.args[0] & (1 << int(bits)) - 1)
            elif one.opcode == "global.get":
                stack.append(self.global_value(one.args[0]) or 0 if one.args[0] < below else 0)
            elif operation in _ARITHMETIC and len(stack) > 1:
                second = stack.pop()
                stack[-1] = _ARITHMETIC[operation](stack[-1], second) & (1 << int(bits)) - 1
            else:
                return None
        return stack[-1] if stack else None

    def global_value(self, number: int) -> int | None:
        """What global `number` holds when the module starts; None for an imported one, or one that is no number."""
        imported = self.module.num_imported(GLOBAL)
        if not imported <= number < imported + len(self.module.globals):
            return None
        return self.constant(self.module.globals[number - imported].init, number)

    def global_type(self, number: int) -> GlobalType | None:
        """The type of global `number`."""
        imports = self.module.imported(GLOBAL)
        if number < len(imports):
            desc = imports[number].desc
            return desc if isinstance(desc, GlobalType) else None
        own = number - len(imports)
        return self.module.globals[own].type if own < len(self.module.globals) else None

    def table_type(self, number: int) -> TableType | None:
        """The type of table `number`."""
        imports = self.module.imported(TABLE)
        if number < len(imports):
            desc = imports[number].desc
            return desc if isinstance(desc, TableType) else None
        own = number - len(imports)
        return self.module.tables[own].type if own < len(self.module.tables) else None

    # --- what code fills ----------------------------------------------------------------------------------------

    @property
    def cleared(self) -> list[tuple[int, int]]:
        """(address, size) of memory that the start function fills with zeros."""
        return [(one.address, one.size) for one in self._fills if one.segment is None]

    @cached_property
    def _copied(self) -> dict[int, Fill]:
        """Where code copies passive segments as a whole, by number."""
        return {one.segment: one for one in reversed(self._fills) if one.segment is not None}

    @cached_property
    def _fills(self) -> list[Fill]:
        return fills(self.module)


def _function(item: int | ConstExpr) -> int | None:
    if isinstance(item, int):
        return item
    return next((one.args[0] for one in item if one.opcode == "ref.func"), None)
