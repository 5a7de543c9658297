"""Functions that the linker makes to set memory up when a module or a thread starts (LLD 22; reference: 2.7).

With a shared memory every data segment is passive: the start function lets one thread copy them all in, clear the
bss and wake the others, which wait for it. Each thread then calls `__wasm_init_tls` with its own block. An imported
memory that is not shared needs only its bss cleared, as its host may hand over one that is not zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from wasmscope.errors import Diagnostic
from wasmscope.format.linking import SEG_TLS, SYM_EXPORTED, SYM_HIDDEN
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.format.types import FuncType
from wasmscope.link import bodies
from wasmscope.link.addresses import Addresses
from wasmscope.link.chain import Placed
from wasmscope.link.linker_names import INIT_TLS, TLS_BASE
from wasmscope.link.model import Atom, Entity, Layout, Numbering, Resolution, Segment, Symbol
from wasmscope.link.options import Options
from wasmscope.link.pic import MEMORY_BASE, TABLE_BASE, base_index
from wasmscope.link.relocate import Values
from wasmscope.link.scan import Scan
from wasmscope.link.subjects import Use

INIT_MEMORY = "__wasm_init_memory"
APPLY_TLS, APPLY_GLOBAL_TLS = "__wasm_apply_tls_relocs", "__wasm_apply_global_tls_relocs"
APPLY_DATA, APPLY_GLOBALS = "__wasm_apply_data_relocs", "__wasm_apply_global_relocs"
START = "__wasm_start"
ADDRESS_WORDS = frozenset(one.number for one in RELOC_TYPES if "MEMORY_ADDR_I" in one.name)
TABLE_INDEX_WORDS = frozenset(one.number for one in RELOC_TYPES if "TABLE_INDEX_I" in one.name)


def passive(segment: Segment, layout: Layout, options: Options) -> bool:
    """Whether the start function fills `segment`, rather than the engine."""
    if options.import_memory is not None and segment.bss and not layout.emit_bss:
        return True
    return options.shared_memory


def startup_symbols(layout: Layout, scan: Scan, options: Options) -> dict[str, Symbol]:
    """The startup functions that this link needs, by name, in the order in which LLD makes them."""
    rules: dict[str, str] = {}
    if next(runtime_sites(layout, scan, options), None) is not None:
        rules[APPLY_DATA] = "sets words of data to addresses that are known at run time"
    if any(passive(segment, layout, options) for segment in layout.segments):
        rules[INIT_MEMORY] = "fills memory when the module starts"
    if options.shared_memory:
        if any(symbol.tls for symbol in scan.got):
            rules[APPLY_GLOBAL_TLS] = "sets globals that hold thread-local addresses"
        if any(_has_relocations(segment) for segment in layout.segments if segment.tls):
            rules[APPLY_TLS] = "relocates a thread's own data"
    if options.pic and "extended-const" not in layout.features and any(not symbol.tls for symbol in scan.got):
        rules[APPLY_GLOBALS] = "sets globals that hold addresses of the module's own"
        if INIT_MEMORY in rules:
            rules[START] = "there are two functions to call when the module starts"
    made = {name: _symbol(name, rule) for name, rule in rules.items()}
    if APPLY_DATA in made:
        made[APPLY_DATA].flags, made[APPLY_DATA].export = SYM_EXPORTED, "whoever loads the module calls it"
    return made


class RuntimeSite(NamedTuple):
    """A relocation of data that code of the module applies when it starts."""

    segment: Segment
    placed: Placed[Atom]
    row: int
    symbol: Symbol


def runtime_sites(layout: Layout, scan: Scan, options: Options) -> Iterator[RuntimeSite]:
    """The sites that `__wasm_apply_data_relocs` sets: all in position-independent output, else those that need what the
    dynamic linker tells."""
    if options.relocatable or not (options.pic or scan.got_imports):
        return
    for segment in layout.segments:
        if not (options.shared_memory and segment.tls):
            for placed, row, symbol in _sites(segment, scan.resolution):
                if options.pic or symbol in scan.got_imports:
                    yield RuntimeSite(segment, placed, row, symbol)


def thread_sites(layout: Layout, scan: Scan, options: Options) -> Iterator[RuntimeSite]:
    """The sites that `__wasm_apply_tls_relocs` sets in a thread's own data."""
    for segment in layout.segments if options.shared_memory else ():
        for placed, row, symbol in _sites(segment, scan.resolution) if segment.tls else ():
            if options.pic or symbol in scan.got or symbol in scan.got_imports:
                yield RuntimeSite(segment, placed, row, symbol)


def refused(sites: Iterable[RuntimeSite]) -> Iterator[Diagnostic]:
    """What LLD 22 says of sites that no code can set: only whole words that hold an address can be."""
    for site in sites:
        atom = site.placed.item
        type = RELOC_TYPES[atom.reloc(site.row).type]
        if type.number not in TABLE_INDEX_WORDS | ADDRESS_WORDS:
            text = f"invalid runtime relocation type in data section: {type.name}"
            yield Diagnostic("error", text, (), Use(atom, site.row, site.symbol))


def _sites(segment: Segment, resolution: Resolution) -> Iterator[tuple[Placed[Atom], int, Symbol]]:
    for placed in segment.chain:
        atom = placed.item
        if atom.file is not None:
            for row in range(atom.lo, atom.hi):
                yield placed, row, resolution.bindings[atom.file][atom.reloc(row).index]


def _has_relocations(segment: Segment) -> bool:
    return any(placed.item.hi > placed.item.lo for placed in segment.chain)


def _symbol(name: str, rule: str) -> Symbol:
    symbol = Symbol(name, -1)
    atom = Atom("function", None, 0, name)
    atom.signature, atom.rule = FuncType((), ()), rule
    symbol.state, symbol.flags, symbol.target, symbol.signature = "defined", SYM_HIDDEN, atom, atom.signature
    symbol.linker = True
    return symbol


def written(layout: Layout) -> list[Segment]:
    """The data segments that the file holds: all but those that are zero and need not be in it."""
    return [one for one in layout.segments if not one.bss or layout.emit_bss]


def startup_bodies(
    startup: dict[str, Symbol], numbers: Numbering, layout: Layout, scan: Scan, values: Values, options: Options
) -> dict[Atom, bytes]:
    """The bodies of the startup functions, and of `__wasm_init_tls` if it is live. Every number must be known."""
    made = _Bodies(startup, numbers, layout, scan, values, options)
    resolution = scan.resolution
    writers = {
        APPLY_DATA: made.data, INIT_MEMORY: made.memory, APPLY_GLOBAL_TLS: made.thread_globals,
        APPLY_TLS: made.thread_data, APPLY_GLOBALS: made.globals, START: made.start,
    }  # fmt: skip
    bodies = {_atom(symbol): writers[name]() for name, symbol in startup.items()}
    init_tls = resolution.linker.get(INIT_TLS)
    if init_tls is not None and init_tls.target in numbers.functions:
        bodies[_atom(init_tls)] = made.thread()
    return bodies


def _atom(symbol: Symbol) -> Atom:
    assert isinstance(symbol.target, Atom)
    return symbol.target


class _Bodies:
    def __init__(
        self,
        startup: dict[str, Symbol],
        numbers: Numbering,
        layout: Layout,
        scan: Scan,
        values: Values,
        options: Options,
    ) -> None:
        self.startup = startup
        self.numbers = numbers
        self.layout = layout
        self.scan = scan
        self.values = values
        self.options = options
        resolution = scan.resolution
        self.origin = base_index(resolution, numbers.imported, MEMORY_BASE) if options.pic else None
        self.slots = base_index(resolution, numbers.imported, TABLE_BASE) if options.pic else None
        self.wide = layout.memory.limits.is64
        self.addresses = Addresses(layout)
        base = resolution.linker[TLS_BASE].target if options.shared_memory else None
        self.tls_base = numbers.globals.get(base) if isinstance(base, Entity) else None

    def fill(self, segment: Segment) -> bodies.Fill:
        base = self.tls_base if segment.tls and self.options.shared_memory else None
        source = None if segment.bss else segment.index
        return bodies.Fill(segment.address, segment.size, source, base)

    def memory(self) -> bytes:
        segments = [one for one in self.layout.segments if passive(one, self.layout, self.options)]
        fills = [self.fill(one) for one in segments]
        flag = self.layout.flag
        if flag is None:
            return bodies.init_memory(fills, self.wide, self.origin)
        drops = [one.index for one in segments if not one.bss and not one.tls]
        return bodies.init_shared_memory(fills, self.layout.values[flag], drops, self.wide, self.origin)

    def thread(self) -> bytes:
        segment = next((self.fill(one) for one in self.layout.segments if one.tls), None)
        calls = [self.numbers.functions[_atom(self.startup[name])] for name in (APPLY_TLS, APPLY_GLOBAL_TLS)
                 if name in self.startup]  # fmt: skip
        return bodies.init_tls(segment, calls)

    def thread_globals(self) -> bytes:
        base = self.tls_base
        assert base is not None
        local = [(symbol, got.number) for symbol, got in self.numbers.got.items() if symbol.tls]
        return bodies.set_globals([(number, base, self.addresses.of(one) or 0) for one, number in local], self.wide)

    def globals(self) -> bytes:
        """The module's own GOT entries, but for those of threads."""
        assert self.origin is not None
        assert self.slots is not None
        found = []
        for symbol, got in self.numbers.got.items():
            if symbol.kind == "function":
                slot = self.numbers.slot(symbol)
                if not symbol.stub and symbol not in self.numbers.undefined_stubs and slot is not None:
                    found.append((got.number, self.slots, slot))
            elif not symbol.tls and self.addresses.of(symbol) is not None:
                found.append((got.number, self.origin, self.addresses.of(symbol) or 0))
        return bodies.set_globals(found, self.wide)

    def start(self) -> bytes:
        calls = (self.startup[APPLY_GLOBALS], self.startup[INIT_MEMORY])
        return bodies.start(self.numbers.functions[_atom(one)] for one in calls)

    def data(self) -> bytes:
        sites = runtime_sites(self.layout, self.scan, self.options)
        stores = [self.store(site, self.numbers.got_imports, self.thread_base) for site in sites]
        return bodies.store_addresses(stores, self.wide)

    def store(self, site: RuntimeSite, globals: Mapping[Symbol, int], threads: int) -> bodies.Store:
        """How to set a word at run time; `globals`: numbers of the globals that hold what a symbol's address is,
        `threads`: of the one from which thread-local data counts."""
        segment, placed, row, symbol = site
        atom = placed.item
        reloc = atom.reloc(row)
        address = segment.address + placed.offset + atom.site(row)
        origin = self.origin
        if origin is not None and atom.flags & SEG_TLS:
            origin = threads
        wide = RELOC_TYPES[reloc.type].bits == 64
        if symbol in globals:
            return bodies.Store(address, globals[symbol], reloc.addend or None, wide, origin)
        assert self.origin is not None
        assert self.slots is not None
        base = threads if symbol.tls else self.origin
        if reloc.type in TABLE_INDEX_WORDS:
            base = self.slots
        return bodies.Store(address, base, self.values.of(atom, row), wide, origin)

    @property
    def thread_base(self) -> int:
        """Number of the global from which thread-local data counts in `__wasm_apply_data_relocs`.

        LLD 22 writes that function before it numbers `__tls_base`, and writes 0; where there is no such global, and it
        crashes, this is `__memory_base`: thread-local data comes first.
        """
        return 0 if TLS_BASE in self.scan.resolution.linker else self.origin or 0

    def thread_data(self) -> bytes:
        """Words of a thread's data that hold what a GOT global holds are stored anew."""
        globals = {symbol: got.number for symbol, got in self.numbers.got.items()} | self.numbers.got_imports
        sites = thread_sites(self.layout, self.scan, self.options)
        stores = [self.store(site, globals, self.tls_base or 0) for site in sites]
        return bodies.store_addresses(stores, self.wide)
