"""The memory of a module whose linker is gone: data segments, and what else its globals let one conclude.

Data is where segments say. Where the stack and the heap are, only names or the use of globals tell: what is concluded
says so in its rule. Addresses are bytes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from wasmscope.explain.matching.image import Image
from wasmscope.explain.matching.overlaps import uncovered
from wasmscope.explain.memory_image import Region
from wasmscope.format.leb128 import uleb
from wasmscope.format.module import Module
from wasmscope.format.section_ids import CODE_ID
from wasmscope.format.types import GLOBAL, I32, I64, MEMORY, Limits
from wasmscope.link.linker_names import HEAP_BASE, STACK_POINTER

PAGE_LOG2 = 16
ALIGNMENT = 16
"""LLD aligns the stack and the heap to that."""


def memory_limits(module: Module, number: int = 0) -> Limits | None:
    """The limits of memory `number`, imported or own, in pages; None when there is none."""
    known = [*(one.desc for one in module.imported(MEMORY) if isinstance(one.desc, Limits)), *module.memories]
    return known[number] if number < len(known) else None


class MemoryAtStart:
    """The memory that `image` is of, with what it is for; what no record says is an estimate, and its rule says so."""

    def __init__(self, image: Image) -> None:
        self.image = image
        self.regions = regions(image.module, image)
        self._ends = [one.end for one in self.regions]

    @property
    def size(self) -> int:
        """Bytes at first; 0 if there is no such memory."""
        return self._ends[-1] if self._ends else 0

    def between(self, start: int, end: int) -> Iterator[Region]:
        """The regions with bytes from address `start` to `end`."""
        for number in range(bisect_right(self._ends, start), len(self.regions)):
            if self.regions[number].start >= end:
                return
            yield self.regions[number]


def page_size(limits: Limits) -> int:
    """Bytes of a page."""
    return 1 << (PAGE_LOG2 if limits.page_log2 is None else min(limits.page_log2, PAGE_LOG2))


def named_global(module: Module, name: str) -> int | None:
    """The number of the global of that name: by the name section, an import or an export."""
    known = module.names.globals if module.names is not None else {}
    for number, one in enumerate(module.imported(GLOBAL)):
        if one.name == name:
            return number
    given = next((number for number, one in known.items() if one == name), None)
    if given is not None:
        return given
    return next((one.index for one in module.exports if one.kind == GLOBAL and one.name == name), None)


def stack_pointer(module: Module) -> int | None:
    """The number of the global that is the stack pointer: by its name, else by how functions use it.

    They begin by lowering it: `global.get N; i32.const SIZE; i32.sub`. None when no global is used so.
    """
    named = named_global(module, STACK_POINTER)
    if named is not None:
        return named
    code = module.section(CODE_ID)
    first = module.num_imported(GLOBAL)
    for position, one in enumerate(module.globals):
        wide = one.type.type == I64
        if not one.type.mutable or one.type.type not in (I32, I64) or code is None:
            continue
        number = re.escape(uleb(first + position))
        padded = re.escape(uleb(first + position, 5))
        lowered = rb"\x23(?:%b|%b)%b[\x80-\xff]{0,9}[\x00-\x7f]%b" % (
            number, padded, b"\x42" if wide else b"\x41", re.escape(b"\x7d" if wide else b"\x6b")
        )  # fmt: skip
        if re.search(lowered, module.contents(code)):
            return first + position
    return None


def regions(module: Module, image: Image) -> list[Region]:
    """Addresses from 0 to the size of memory at first, without gaps; empty without a memory."""
    limits = memory_limits(module, image.memory)
    if limits is None:
        return []
    size = limits.min * page_size(limits)
    found: list[Region] = []
    at = 0
    known = [(one.start, one.end, one) for one in _known(module, image, size)]
    for start, end, one in uncovered(known):
        if start > at:
            found.append(Region(at, start, "gap", "gap", "nothing says what this is for: .bss, or padding"))
        found.append(one._replace(start=start, end=end))
        at = end
    if at < size:
        found.append(Region(at, size, "gap", "gap", "nothing says what this is for: .bss, stack or heap"))
    return found


def _known(module: Module, image: Image, size: int) -> Iterator[Region]:
    """What is known of memory; where two overlap, the later one is right."""
    data = [area for area in image.areas if area.address is not None and area.size]
    if image.memory == 0:
        yield from _linkers(module, image, [area.address for area in data if area.address is not None], size)
    code = "copied by the start function" if module.start is not None else "copied by code, once that is called"
    for area in data:
        assert area.address is not None
        how = code if module.datas[area.number].flags & 1 else "copied by the engine"
        name = area.name or f"data segment {area.number}"
        yield Region(area.address, area.address + area.size, "data", name, how)


def _linkers(module: Module, image: Image, data: list[int], size: int) -> Iterator[Region]:
    """What a linker puts beside the data, which goes to `data`, into the one memory that it knows."""
    heap = _value(module, image, HEAP_BASE)
    if heap is not None and heap < size:
        yield Region(heap, size, "heap", "heap", f"from {HEAP_BASE} on, free for the program's allocator: zeros")
    yield from _stack(module, image, data, heap)
    for address, cleared in image.cleared:
        yield Region(address, address + cleared, "zeros", ".bss", "zeros by the start function")


def _stack(module: Module, image: Image, data: list[int], heap: int | None) -> Iterator[Region]:
    """The stack: below the data from 0 up, or between the data and the heap; where its low end is, nothing says."""
    number = stack_pointer(module)
    top = image.global_value(number) if number is not None else None
    if top is None:
        return
    told = "its top is what the stack pointer holds at first"
    if not data or top <= min(data):
        yield Region(0, top, "stack", "stack", f"{told}; it grows down to 0")
    elif heap is None or top <= heap:
        end = max([image.end, *(address + size for address, size in image.cleared)])
        low = -(-end // ALIGNMENT) * ALIGNMENT
        if low < top:
            yield Region(low, top, "stack", "stack", f"{told}; .bss may lie below it, as the module does not say")


def _value(module: Module, image: Image, name: str) -> int | None:
    number = named_global(module, name)
    return image.global_value(number) if number is not None else None
