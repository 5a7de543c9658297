"""Functions that the linker makes to set memory up when a module or a thread starts (LLD 22; reference: 2.7).

With a shared memory every data segment is passive: the start function lets one thread copy them all in, clear the
bss and wake the others, which wait for it. Each thread then calls `__wasm_init_tls` with its own block. An imported
memory that is not shared needs only its bss cleared, as its host may hand over one that is not zero.
"""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.format.linking import SYM_HIDDEN
from wasmscope.format.relocs import RELOC_TYPES, Reloc
from wasmscope.format.types import FuncType
from wasmscope.link import bodies
from wasmscope.link.addresses import Addresses
from wasmscope.link.model import Atom, Entity, Got, Layout, Numbering, Resolution, Segment, Symbol
from wasmscope.link.options import Options
from wasmscope.link.scan import Scan

INIT_MEMORY, INIT_TLS = "__wasm_init_memory", "__wasm_init_tls"
APPLY_TLS, APPLY_GLOBAL_TLS = "__wasm_apply_tls_relocs", "__wasm_apply_global_tls_relocs"


def passive(segment: Segment, layout: Layout, options: Options) -> bool:
    """Whether the start function fills `segment`, rather than the engine."""
    if options.import_memory is not None and segment.bss and not layout.emit_bss:
        return True
    return options.shared_memory


def startup_symbols(layout: Layout, scan: Scan, options: Options) -> dict[str, Symbol]:
    """The startup functions that this link needs, by name, in the order in which LLD makes them."""
    rules: dict[str, str] = {}
    if any(passive(segment, layout, options) for segment in layout.segments):
        rules[INIT_MEMORY] = "fills memory when the module starts"
    if options.shared_memory:
        if any(symbol.tls for symbol in scan.got):
            rules[APPLY_GLOBAL_TLS] = "sets globals that hold thread-local addresses"
        if any(_has_relocations(segment) for segment in layout.segments if segment.tls):
            rules[APPLY_TLS] = "relocates a thread's own data"
    return {name: _symbol(name, rule) for name, rule in rules.items()}


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
    startup: dict[str, Symbol], numbers: Numbering, layout: Layout, resolution: Resolution, options: Options
) -> dict[Atom, bytes]:
    """The bodies of the startup functions, and of `__wasm_init_tls` if it is live. Every number must be known."""
    made = _Bodies(startup, numbers, layout, resolution, options)
    writers = {INIT_MEMORY: made.memory, APPLY_GLOBAL_TLS: made.globals, APPLY_TLS: made.thread_data}
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
        resolution: Resolution,
        options: Options,
    ) -> None:
        self.startup = startup
        self.numbers = numbers
        self.layout = layout
        self.options = options
        self.wide = layout.memory.limits.is64
        self.addresses = Addresses(layout)
        self.bindings = resolution.bindings
        base = resolution.linker["__tls_base"].target if options.shared_memory else None
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
            return bodies.init_memory(fills, self.wide)
        drops = [one.index for one in segments if not one.bss and not one.tls]
        return bodies.init_shared_memory(fills, self.layout.values[flag], drops, self.wide)

    def thread(self) -> bytes:
        segment = next((self.fill(one) for one in self.layout.segments if one.tls), None)
        calls = [self.numbers.functions[_atom(self.startup[name])] for name in (APPLY_TLS, APPLY_GLOBAL_TLS)
                 if name in self.startup]  # fmt: skip
        return bodies.init_tls(segment, calls)

    def globals(self) -> bytes:
        assert self.tls_base is not None
        local = [(got.number, self.addresses.of(symbol) or 0) for symbol, got in self.numbers.got.items() if symbol.tls]
        return bodies.set_thread_globals(local, self.tls_base, self.wide)

    def thread_data(self) -> bytes:
        """Words of a thread's data that hold what a GOT global holds are stored anew."""
        stores = [
            bodies.Store(segment.address + placed.offset + placed.item.site(row), got.number, reloc.addend,
                         RELOC_TYPES[reloc.type].bits == 64)
            for segment in self.layout.segments
            if segment.tls
            for placed in segment.chain
            for row, reloc, got in self._through_got(placed.item)
        ]  # fmt: skip
        return bodies.store_thread_addresses(stores, self.wide)

    def _through_got(self, atom: Atom) -> Iterator[tuple[int, Reloc, Got]]:
        """The relocations of `atom` (row, record) to symbols that have a GOT global."""
        if atom.file is None:
            return
        for row in range(atom.lo, atom.hi):
            reloc = atom.reloc(row)
            got = self.numbers.got.get(self.bindings[atom.file][reloc.index])
            if got is not None:
                yield row, reloc, got
