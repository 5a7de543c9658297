"""Linear memory: where the stack, each data segment and the heap are, and how many pages that takes.

By default the stack comes first, from address 0 up, so that an overflow runs below 0 and traps; with
--no-stack-first it follows the data. All of it is LLD 22's `layoutMemory` (reference: 2.4), in bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

from wasmscope.errors import Diagnostic
from wasmscope.format.linking import SYM_ABSOLUTE, SYM_HIDDEN
from wasmscope.format.types import LIMITS_64, LIMITS_HAS_MAX, LIMITS_PAGE_SIZE, LIMITS_SHARED, Limits
from wasmscope.link.linker_names import DATA_END, HEAP_BASE, STACK_POINTER, TLS_BASE
from wasmscope.link.model import Boundary, Memory, Segment, Symbol
from wasmscope.link.options import Options
from wasmscope.link.subjects import MemorySize

STACK_ALIGNMENT = HEAP_ALIGNMENT = 16
NO_STACK_BASE = 1024
"""Where data starts with --no-stack-first: what is below stays unused, so that small addresses stay suspicious."""
PIC_MOST_64 = 1 << 34
"""Largest size of a shared memory with 64-bit addresses that position-independent output asks for by itself."""
MEMORY_OPTIONS = {
    "initial heap": "--initial-heap",
    "initial memory": "--initial-memory",
    "maximum memory": "--max-memory",
}
"""The options behind LLD's words for sizes."""


class MemoryLayout:
    """Runs once; `segments` get their addresses, the rest is in the fields."""

    def __init__(self, segments: Sequence[Segment], linker: dict[str, Symbol], arch: str, options: Options) -> None:
        self.linker = linker
        self.arch = arch
        self.options = options
        self.pointer = 0
        self.data_size = 0
        self.values: dict[Symbol, int] = {}
        self.boundaries: list[Boundary] = []
        self.rows: list[tuple[str, object, object]] = []
        self.diagnostics: list[Diagnostic] = []
        self.flag: Symbol | None = None
        self.memory = Memory(Limits(0, 0, None, None), options.page_size, 0)
        self._run(segments)

    def _boundary(self, name: str, address: int, rule: str, *symbols: str) -> None:
        boundary = Boundary(name, address, rule, symbols)
        self.boundaries.append(boundary)
        self.rows.append(("boundary", boundary, None))
        for symbol in symbols:
            if symbol in self.linker:
                self.values[self.linker[symbol]] = address

    def _error(self, text: str, about: MemorySize) -> None:
        self.diagnostics.append(Diagnostic("error", text, (), about))

    def _align(self, alignment: int) -> None:
        self._advance(-self.pointer % alignment)

    def _advance(self, size: int) -> None:
        """Go on by `size` bytes; addresses have 64 bits, and LLD starts again at 0 after the last one."""
        self.pointer = (self.pointer + size) % (1 << 64)

    def _run(self, segments: Sequence[Segment]) -> None:
        options = self.options
        if options.relocatable:
            pass  # no stack, and data from 0 up: the final link will place it
        elif options.pic:
            pass  # nor here: addresses count from __memory_base, and the stack is the program's
        elif options.stack_first:
            self._stack()
            if options.global_base:
                if options.global_base < self.pointer:
                    about = MemorySize("--global-base", options.global_base, self.pointer, 0)
                    self._error("--global-base cannot be less than stack size when --stack-first is used", about)
                    return
                self.pointer = options.global_base
        else:
            self.pointer = options.global_base or NO_STACK_BASE
        rule = "after the stack" if options.stack_first and not options.global_base else "--global-base or its default"
        rule = "where __memory_base says" if options.pic else rule
        start = len(self.boundaries)
        self._boundary("data start", self.pointer, rule, "__global_base", "__dso_handle")
        for segment in segments:
            self._align(1 << segment.align)
            segment.address = self.pointer
            self.rows.append(("segment", segment, None))
            if segment.tls:
                self._thread_local(segment)
            self._advance(segment.size)
        if options.shared_memory and segments:
            self._align(4)
            rule = "threads agree here on who fills the memory"
            self._boundary("initialisation flag", self.pointer, rule, "__wasm_init_memory_flag")
            self.flag = _flag()
            self.values[self.flag] = self.pointer
            self._advance(4)
        self.data_size = self.pointer - self.boundaries[start].address
        self._boundary("data end", self.pointer, "end of the last data segment", DATA_END)
        if not options.stack_first and not options.relocatable and not options.pic:
            self._stack()
        if HEAP_BASE in self.linker:
            self._align(HEAP_ALIGNMENT)
            self._boundary("heap base", self.pointer, "what was laid out so far, rounded up to 16", HEAP_BASE)
        self._pages()
        constants = {"__memory_base": 0, "__table_base": self.table_base, "__wasm_first_page_end": options.page_size}
        for symbol, value in {**constants, TLS_BASE: 0, "__tls_size": 0, "__tls_align": 0}.items():
            if symbol in self.linker:
                self.values.setdefault(self.linker[symbol], value)

    def _thread_local(self, segment: Segment) -> None:
        """With one thread its block is the segment itself; with several the program makes blocks of its size."""
        if self.options.shared_memory:
            rule = f"each thread has a block of {segment.size} bytes like it, aligned to {1 << segment.align}"
            self._boundary("thread-local data", self.pointer, rule, "__tls_size", "__tls_align")
            self.values[self.linker["__tls_size"]] = segment.size
            self.values[self.linker["__tls_align"]] = 1 << segment.align
        else:
            self._boundary("thread-local data", self.pointer, "the only thread's block", TLS_BASE)

    @property
    def table_base(self) -> int:
        """Number of the first table slot: 0 is left free, so that a null function pointer traps.

        In position-independent output slots count from `__table_base`.
        """
        return 0 if self.options.pic else self.options.table_base or 1

    def _stack(self) -> None:
        self._align(STACK_ALIGNMENT)
        self._boundary("stack low", self.pointer, "the stack grows down to here", "__stack_low")
        if self.options.stack_size % STACK_ALIGNMENT:
            about = MemorySize("-z stack-size", self.options.stack_size, 0, 0)
            self._error(f"stack size must be {STACK_ALIGNMENT}-byte aligned", about)
        self._advance(self.options.stack_size)
        rule = f"-z stack-size is {self.options.stack_size}"
        self._boundary("stack top", self.pointer, rule, "__stack_high", STACK_POINTER)

    def _pages(self) -> None:
        options = self.options
        page, most = options.page_size, 1 << (48 if self.arch == "wasm64" else 32)
        end = self.pointer
        if options.initial_heap:
            self._check("initial heap", options.initial_heap, 0, most - self.pointer)
            self._advance(options.initial_heap)
        if options.initial_memory:
            self._check("initial memory", options.initial_memory, self.pointer, most)
            self.pointer = options.initial_memory
        self._align(page)
        initial = self.pointer
        rule = "--initial-memory" if options.initial_memory else "rounded up to whole pages"
        self._boundary("memory end", initial, rule, "__heap_end")
        maximum = 0
        if options.max_memory:
            self._check("maximum memory", options.max_memory, self.pointer, most)
            maximum = options.max_memory
        elif options.no_growable_memory or options.shared_memory:
            maximum = initial if options.no_growable_memory else 0
            if options.shared_memory and not maximum:
                most = PIC_MOST_64 if self.arch == "wasm64" else most
                maximum = most if options.pic else initial
        flags = (LIMITS_HAS_MAX if maximum else 0) | (LIMITS_SHARED if options.shared_memory else 0)
        flags |= (LIMITS_64 if self.arch == "wasm64" else 0) | (LIMITS_PAGE_SIZE if page != 65536 else 0)
        pages = Limits(flags, initial // page, maximum // page if maximum else None, 0 if page != 65536 else None)
        self.memory = Memory(pages, page, end)

    def _check(self, what: str, value: int, least: int, most: int) -> None:
        about = MemorySize(MEMORY_OPTIONS[what], value, least, most)
        if value % self.options.page_size:
            self._error(self.options.release.not_aligned(what, self.options.page_size), about)
        if least > value:
            self._error(f"{what} too small, {least} bytes needed", about)
        if value > most:
            self._error(f"{what} too large, cannot be greater than {most}", about)


def _flag() -> Symbol:
    symbol = Symbol("__wasm_init_memory_flag", -1)
    symbol.kind, symbol.state, symbol.flags, symbol.linker = "data", "defined", SYM_HIDDEN | SYM_ABSOLUTE, True
    return symbol
