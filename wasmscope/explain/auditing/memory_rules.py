"""Memory as the linker laid it out: where the stack begins, what its symbols say, and room for all of it.

Where the stack is depends on options that may not have been told. So the exact value is asked for only where data is at
the same addresses as in our own link of the command line; else that the stack, data and heap do not overlap.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from wasmscope.explain.auditing.known import Fault, Known
from wasmscope.explain.naming import count
from wasmscope.format.types import GLOBAL, MEMORY
from wasmscope.link.linker_names import DATA_END, HEAP_BASE, STACK_POINTER
from wasmscope.link.memory import STACK_ALIGNMENT
from wasmscope.link.model import Symbol

LAID_OUT = (HEAP_BASE, DATA_END, "__stack_low", "__stack_high", "__global_base", "__dso_handle")
"""Symbols that say where things are."""


class MemoryRules:
    """Rules about the memory of the module of `known`."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.module = known.module
        self.link = known.link
        self.limits = known.limits
        self.page = known.expected.addresses.linker.page_size

    def faults(self) -> Iterator[Fault]:
        """What is wrong with the stack pointer, with exported addresses and with the size of memory."""
        if self.link.layout is None or self.known.placed_later:
            return
        for fault in (self.stack, *(self.told(*one) for one in self.exported()), self.size()):
            if fault is not None:
                yield fault

    # --- where data is --------------------------------------------------------------------------------------------

    @cached_property
    def data(self) -> tuple[int, int] | None:
        """The first address of data and the first after it; None when there is none, or nothing says where it is."""
        areas = [(one.address, one.size) for one in self.known.image.areas if one.elsewhere is None]
        homes = self.known.matching.atoms.items()
        areas += [(home.address, atom.size) for atom, home in homes if home.address is not None]
        if any(address is None and size for address, size in areas):
            return None
        return _bounds([(address, size) for address, size in areas if address is not None])

    @cached_property
    def ours(self) -> tuple[int, int] | None:
        """The same of our own link."""
        return _bounds([(one.address, one.size) for one in self.link.layout.segments]) if self.link.layout else None

    @property
    def same_start(self) -> bool:
        """Whether data begins where it does in our own link because of the stack before it, or nothing is elsewhere."""
        options = self.link.options
        if self.data is None or self.ours is None or (options.stack_first and options.global_base):
            return False
        return self.data == self.ours or (options.stack_first and self.data[0] == self.ours[0])

    def right(self, symbol: Symbol, known: bool) -> int | None:
        """What our own link gives the linker's `symbol`, if that is known to be right."""
        return self.link.layout.values.get(symbol) if known and self.link.layout is not None else None

    # --- the stack ------------------------------------------------------------------------------------------------

    @cached_property
    def pointer(self) -> tuple[Symbol, int, int] | None:
        """The stack pointer, if it is a global of the module's own: its symbol, number and initial value."""
        found = self.known.made_global(STACK_POINTER)
        value = self.known.image.global_value(found[1]) if found is not None else None
        return None if found is None or value is None else (*found, value)

    @cached_property
    def stack(self) -> Fault | None:
        """What is wrong with the stack pointer."""
        if self.pointer is None:
            return None
        symbol, number, value = self.pointer
        self.known.checked["global"] += 1
        right = self.right(symbol, self.same_start)
        why = self.overlap(value)
        if value == right or (right is None and not why):
            return None
        formula = f"end of the stack, of {self.link.options.stack_size:#x} bytes" if right is not None else ""
        return Fault("global", f"{STACK_POINTER}, global {number}", self.known.global_span(number),
                     "stack pointer wrong", right, formula, value, "", why, symbol, True)  # fmt: skip

    def overlap(self, value: int) -> str:
        """Why the stack cannot begin at `value`; "" when it can."""
        if value % STACK_ALIGNMENT:
            return f"it is no multiple of {STACK_ALIGNMENT}"
        if self.data is not None and self.data[0] < value <= self.data[1]:
            return f"the stack grows down from there into data, which is at {self.data[0]:#x} to {self.data[1]:#x}"
        return ""

    # --- what the linker's symbols say ----------------------------------------------------------------------------

    def exported(self) -> Iterator[tuple[Symbol, int, int]]:
        """Exported globals that say where something is: symbol, number and value."""
        assert self.link.resolve is not None
        for one in self.module.exports:
            symbol = self.link.resolve.by_name.get(one.name) if one.kind == GLOBAL and one.name in LAID_OUT else None
            value = self.known.image.global_value(one.index) if symbol is not None else None
            if symbol is not None and symbol.linker and value is not None:
                yield symbol, one.index, value

    def told(self, symbol: Symbol, number: int, value: int) -> Fault | None:
        stack = self.pointer is None or self.pointer[2] == self.right(self.pointer[0], True)
        right = self.right(symbol, self.data == self.ours and self.same_start and stack)
        self.known.checked["global"] += 1
        why = self.too_low(symbol.name, value)
        if value == right or (right is None and not why):
            return None
        formula = f"address({symbol.name})" if right is not None else ""
        return Fault("global", f"{symbol.name}, global {number}", self.known.global_span(number),
                     "linker symbol wrong", right, formula, value, "", why, symbol, True)  # fmt: skip

    def too_low(self, name: str, value: int) -> str:
        """Why `value` is too low for what comes after data; "" when it is not."""
        if self.data is None or name not in (HEAP_BASE, DATA_END):
            return ""
        if value < self.data[1]:
            return f"data ends at {self.data[1]:#x}"
        stack = self.pointer[2] if self.pointer is not None and name == HEAP_BASE else 0
        return f"the stack ends at {stack:#x}" if value < stack else ""

    # --- room -----------------------------------------------------------------------------------------------------

    def size(self) -> Fault | None:
        """Memory that does not hold what is laid out in it."""
        if self.limits is None:
            return None
        self.known.checked["memory"] += 1
        ends = {"--initial-memory is": self.link.options.initial_memory or 0}
        ends["data ends at"] = self.data[1] if self.data is not None else 0
        if self.pointer is not None and self.stack is None:
            ends["the stack ends at"] = self.pointer[2]
        what, most = max(ends.items(), key=lambda one: one[1])
        if most <= self.limits.min * self.page:
            return None
        found = f"{self.limits.min * self.page:#x} bytes"
        place = self.known.record_span(MEMORY, 0, self.module.memories)
        return Fault("memory", f"memory of {count(self.limits.min, 'page')}", place, "memory too small",
                     -(-most // self.page), "pages that are laid out", self.limits.min, found,
                     f"{what} {most:#x}")  # fmt: skip


def _bounds(areas: list[tuple[int, int]]) -> tuple[int, int] | None:
    """First address and end of all of these (address, size) that are not empty."""
    spans = [(address, address + size) for address, size in areas if size]
    return (min(low for low, _ in spans), max(high for _, high in spans)) if spans else None
