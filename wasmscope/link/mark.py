"""Phase 3: what is kept, and what kept it.

Everything starts dead. The entry, exported and no-strip symbols, and the constructors and RETAIN segments of
objects that count as live are roots; every relocation of a live function or data segment keeps what it names.
Custom sections are always kept and keep nothing. The order in which LLD visits (last found, first followed) does
not show in the output; it is used here all the same, so that the recorded parents are the ones that LLD's own walk
would find.
"""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.errors import Diagnostic
from wasmscope.format.linking import SEG_RETAIN
from wasmscope.format.relocs import RELOC_TYPES, TABLE_INDEX, TYPE_INDEX
from wasmscope.link.exported import exported
from wasmscope.link.linker_names import CALL_CTORS, CALL_DTORS, FUNCTION_TABLE, STACK_POINTER
from wasmscope.link.model import Atom, Entity, Kept, Live, ObjectFile, Resolution, Symbol
from wasmscope.link.options import Options
from wasmscope.link.pic import MEMORY_BASE, TABLE_BASE
from wasmscope.link.strings import mergeable, outside

STUB_SLOT = frozenset(one for one in TABLE_INDEX if not RELOC_TYPES[one].relative)
"""The ones that LLD 22 knows to be 0 for a stub, so that the stub is not kept for them."""


def mark(resolution: Resolution, options: Options) -> Live:
    """Which atoms, entities and symbols of `resolution` are live; each maps to the first thing that kept it."""
    walk = _Mark(resolution, options)
    if options.gc_sections:
        walk.collect()
    else:
        walk.keep_everything()
    table = resolution.by_name.get(FUNCTION_TABLE)
    live = table is not None and (table in walk.symbols or options.import_table)
    return Live(walk.why, walk.symbols, walk.files, table if live else None, walk.diagnostics)


def root_symbols(resolution: Resolution, options: Options) -> Iterator[tuple[Symbol, Kept]]:
    """The symbols that are roots whatever else is live, each with every reason, in LLD's order."""
    for name, symbol in resolution.linker.items():
        if name == STACK_POINTER or (symbol.kind == "data" and symbol.absolute):
            yield symbol, Kept(None, -1, symbol, "the linker always keeps it")
    for name in (MEMORY_BASE, TABLE_BASE) if options.pic else ():
        base = resolution.by_name[name]
        yield base, Kept(None, -1, base, "position-independent output counts from it")
    if resolution.legacy_table and FUNCTION_TABLE in resolution.by_name:
        table = resolution.by_name[FUNCTION_TABLE]
        yield table, Kept(None, -1, table, "an object without reference types uses the table unseen")
    if options.entry and options.entry in resolution.by_name:
        entry = resolution.by_name[options.entry]
        yield entry, Kept(None, -1, entry, "entry")
    for symbol in resolution.symbols:
        if symbol.no_strip:
            yield symbol, Kept(None, -1, symbol, "no-strip (attribute used)")
        elif (why := exported(symbol, options)) and (symbol.name != FUNCTION_TABLE or symbol.export):
            yield symbol, Kept(None, -1, symbol, f"exported: {why}")
    dtors = resolution.linker.get(CALL_DTORS)
    if dtors is not None:
        yield dtors, Kept(None, -1, dtors, "the linker calls it after each exported function")


def is_live_at_once(file: ObjectFile, options: Options) -> bool:
    """Whether the roots of an object count from the start, not only once something of it is live."""
    return not file.lazy or (options.release.start_lib_is_live and not file.archive)


def file_roots(resolution: Resolution, file: ObjectFile) -> Iterator[tuple[Symbol | Atom, Kept]]:
    """The roots of an object that counts as live: its constructors run, and its RETAIN segments stay."""
    lazy = file if file.lazy else None
    for _, symbol in constructors(resolution, file):
        yield symbol, Kept(None, -1, symbol, f"constructor of {file.name}", lazy)
    for atom in file.segments:
        if atom.flags & SEG_RETAIN and atom not in resolution.unplugged:
            yield atom, Kept(None, -1, None, "RETAIN (attribute retain or used)", lazy)


def constructors(resolution: Resolution, file: ObjectFile) -> Iterator[tuple[int, Symbol]]:
    """The (priority, constructor) of an object that run if they are live: not those that lost their COMDAT group, and
    none that the link is made without."""
    for init in file.linking.init_funcs:
        symbol = resolution.bindings[file][init.symbol]
        if symbol.target not in resolution.discarded and file.targets[init.symbol] not in resolution.unplugged:
            yield init.priority, symbol


class _Mark:
    def __init__(self, resolution: Resolution, options: Options) -> None:
        self.resolution = resolution
        self.options = options
        self.why: dict[Atom | Entity | Symbol, Kept] = {}
        self.symbols: dict[Symbol, Kept] = {}
        self.files = {file for file in resolution.objects if is_live_at_once(file, options)}
        self.queue: list[Atom] = []
        self.diagnostics: list[Diagnostic] = []

    def collect(self) -> None:
        for symbol, kept in root_symbols(self.resolution, self.options):
            self.symbol(symbol, kept)
        for file in self.resolution.objects:
            if file in self.files:
                self.roots_of(file)
        while self.queue:
            self.follow(self.queue.pop())
        self.keep_call_ctors()

    def keep_everything(self) -> None:
        """--no-gc-sections and -r: all is live, COMDAT losers too (quirk Q5)."""
        kept = Kept(None, -1, None, "--no-gc-sections")
        for file in self.resolution.objects:
            self.files.add(file)
            atoms = (one for one in (*file.functions, *file.segments) if one not in self.resolution.unplugged)
            self.why.update(dict.fromkeys(atoms, kept))
            self.why.update(dict.fromkeys((*file.globals, *file.tables, *file.tags), kept))
        self.why.update(dict.fromkeys(self.resolution.synthetic_functions, kept))
        self.why.update(dict.fromkeys(self.resolution.synthetic_globals, kept))
        bound = (symbol for bindings in self.resolution.bindings.values() for symbol in bindings)
        for symbol in dict.fromkeys((*self.resolution.symbols, *bound)):
            self.symbols[symbol] = Kept(None, -1, symbol, "--no-gc-sections")
            if (symbol.target is None and symbol.state != "lazy") or symbol.linker:
                self.why.setdefault(symbol.target or symbol, self.symbols[symbol])

    def roots_of(self, file: ObjectFile) -> None:
        for root, kept in file_roots(self.resolution, file):
            if isinstance(root, Symbol):
                self.symbol(root, kept)
            elif root not in self.why:
                self.why[root] = kept
                self.queue.append(root)

    def symbol(self, symbol: Symbol, kept: Kept) -> None:
        """Mark a symbol and what it stands for; the first definition marked in a lazy object makes that object live."""
        if symbol in self.symbols or symbol.target in self.why:
            return
        self.symbols[symbol] = kept
        file = symbol.file
        target = symbol.target
        if target is None:
            self.why[symbol] = kept
        else:
            self.why[target] = kept
            if isinstance(target, Atom):
                self.queue.append(target)
                self.check_string(symbol, target)
        if symbol.defined and file is not None and file not in self.files:
            self.files.add(file)
            self.roots_of(file)

    def check_string(self, symbol: Symbol, atom: Atom) -> None:
        """LLD 22 marks the very string that a symbol is at, and stops if there is none."""
        if symbol.offset >= atom.size and mergeable(atom, self.options) and not self.diagnostics:
            self.diagnostics.append(outside(atom))

    def follow(self, atom: Atom) -> None:
        """Everything that a relocation of `atom` names is kept; a type is no thing to keep, a stub's address is
        null."""
        relocs = atom.relocs
        if relocs is None or atom.file is None:
            return
        bindings = self.resolution.bindings[atom.file]
        types, indices, marked, why = relocs.types, relocs.indices, self.symbols, self.why
        for row in range(atom.lo, atom.hi):
            kind = types[row]
            if kind == TYPE_INDEX:
                continue
            symbol = bindings[indices[row]]
            if symbol in marked or symbol.target in why or (symbol.stub and kind in STUB_SLOT):
                continue
            self.symbol(symbol, Kept(atom, row, symbol, "relocation"))

    def keep_call_ctors(self) -> None:
        ctors = self.resolution.linker.get(CALL_CTORS)
        if ctors is None:
            return
        if self.options.pic:
            self.symbol(ctors, Kept(None, -1, ctors, "whoever loads the module calls it"))
        for file in self.resolution.objects:
            for _, symbol in constructors(self.resolution, file):
                live = symbol.target in self.why if symbol.target is not None else symbol in self.symbols
                if live:
                    self.symbol(ctors, Kept(None, -1, ctors, f"it calls the constructor {symbol.name} of {file.name}"))
                    return
