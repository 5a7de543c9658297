"""What the linker's own symbols are in a finished module: `__heap_base`, `__data_end`, `__start_X` and their like.

Each is found in the module itself: an exported global says it; else it follows from the data, the stack pointer and the
memory as wasm-ld has it.
"""

from __future__ import annotations

from functools import cached_property

from wasmscope.explain.matching.matching import Matching
from wasmscope.format.types import GLOBAL, MEMORY, Limits
from wasmscope.link.linker_names import DATA_END, HEAP_BASE, STACK_POINTER
from wasmscope.link.model import Symbol


class LinkerValues:
    """Values of the linker's data symbols in the module of `matching`."""

    def __init__(self, matching: Matching) -> None:
        self.matching = matching
        self.module = matching.module
        self.image = matching.image

    def knows(self, symbol: Symbol) -> bool:
        """Whether `symbol` is one that linkers define."""
        return symbol.name in self.table or symbol.name.startswith(("__start_", "__stop_"))

    def values(self, symbol: Symbol) -> tuple[int, ...]:
        """Values that are right for `symbol`; none when it is not the linker's, or cannot be told."""
        if symbol.kind != "data" or (symbol.defined and not symbol.linker):
            return ()
        exported = self.exported.get(symbol.name)
        if exported is not None:
            return (exported,)
        for prefix in ("__start_", "__stop_"):
            if symbol.name.startswith(prefix):
                return self.bounds(symbol.name.removeprefix(prefix), prefix == "__stop_")
        return self.table.get(symbol.name, ())

    @cached_property
    def exported(self) -> dict[str, int]:
        """Values of exported globals by name."""
        found = {}
        for one in self.module.exports:
            value = self.image.global_value(one.index) if one.kind == GLOBAL else None
            if value is not None:
                found[one.name] = value
        return found

    def bounds(self, name: str, end: bool) -> tuple[int, ...]:
        """Where the segment `name` begins or ends."""
        found = [
            one.address + (one.size if end else 0)
            for one in self.image.areas
            if one.name == name and one.address is not None
        ]
        if found:
            return tuple(found)
        spans = [
            (home.address, home.address + atom.size)
            for atom, home in self.matching.atoms.items()
            if atom.kind == "data" and atom.name == name and home.address is not None
        ]
        if not spans:
            return ()
        return (max(high for _, high in spans) if end else min(low for low, _ in spans),)

    @cached_property
    def table(self) -> dict[str, tuple[int, ...]]:
        """Values of the symbols that wasm-ld defines."""
        start, end, high = self.data_start, self.data_end, self.stack_high
        limits = self.memory
        held = self.image.areas or any(home.address is not None for home in self.matching.atoms.values())
        if end is not None and held and limits is not None and limits.shared:
            end = (end + 3) // 4 * 4 + 4  # after the flag by which threads agree on who fills the memory
        low = None if high is None else high - self.matching.link.options.stack_size
        heap = high if high is not None and start is not None and high > start else _aligned(end)
        page, base = self.page_size, self.matching.link.options.global_base
        starts = (*_some(start), *_some(base or None))
        return {
            "__dso_handle": starts, "__global_base": starts, DATA_END: _some(end),
            "__stack_high": _some(high), "__stack_low": _some(low), HEAP_BASE: _some(heap),
            "__heap_end": _some(limits.min * page if limits is not None else None),
            "__memory_base": (0,), "__table_base": (self.image.first_slot,), "__wasm_first_page_end": (page,),
        }  # fmt: skip

    @cached_property
    def stack_high(self) -> int | None:
        """The initial value of the stack pointer."""
        names = self.module.names.globals if self.module.names is not None else {}
        number = next((index for index, name in names.items() if name == STACK_POINTER), None)
        if number is None:
            first = self.module.num_imported(GLOBAL)
            number = next((first + own for own, one in enumerate(self.module.globals) if one.type.mutable), None)
        return self.image.global_value(number) if number is not None else None

    @cached_property
    def data_start(self) -> int | None:
        """The first address of data."""
        starts = [one.address for one in self.image.areas if one.address is not None]
        starts += [home.address for home in self.matching.atoms.values() if home.address is not None]
        return min(starts, default=self.bottom)

    @cached_property
    def data_end(self) -> int | None:
        """The first address after all data, zeros too."""
        ends = [one.address + one.size for one in self.image.areas if one.address is not None]
        ends += [home.address + atom.size for atom, home in self.matching.atoms.items() if home.address is not None]
        return max(ends, default=self.bottom)

    @property
    def bottom(self) -> int | None:
        """Where data would begin, if there were any."""
        high = self.stack_high
        return None if high is None else max(high, self.matching.link.options.global_base)

    @cached_property
    def memory(self) -> Limits | None:
        """Bounds of the memory."""
        for one in self.module.imported(MEMORY):
            if isinstance(one.desc, Limits):
                return one.desc
        return self.module.memories[0] if self.module.memories else None

    @property
    def page_size(self) -> int:
        limits = self.memory
        return 1 << limits.page_log2 if limits is not None and limits.page_log2 is not None else 65536


def _some(value: int | None) -> tuple[int, ...]:
    return () if value is None else (value,)


def _aligned(value: int | None) -> int | None:
    return None if value is None else (value + 15) // 16 * 16
