"""The nouns of a link, and the value that a link returns.

A link is a value: `Link` has one field per phase, and each field holds what its phase returned, with the reasons.
Nothing here computes; the phases (one module each in this folder) make these, `explain/` reads them.

Identity matters for files, atoms, entities and symbols (they are the same thing wherever they are met), so those
classes compare by identity; rows (events, placements, imports, …) are plain tuples.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from wasmscope.errors import Diagnostic
from wasmscope.link.atoms import Atom, Entity
from wasmscope.link.numbering import ExportEntry, Got, ImportEntry, Numbering
from wasmscope.link.objects import ObjectFile
from wasmscope.link.options import Options
from wasmscope.link.output import OutputSection, Piece, Pieces
from wasmscope.link.placement import (
    Boundary,
    CustomSection,
    Memory,
    Merge,
    MergedString,
    MergedStrings,
    Segment,
)
from wasmscope.link.symbol import Symbol, slot_key

__all__ = [
    "Atom", "Boundary", "CustomSection", "Emitted", "Entity", "Event", "ExportEntry", "FileRead", "Got", "ImportEntry",
    "Kept", "Layout", "Link", "Live", "Loaded", "Memory", "Merge", "MergedString", "MergedStrings", "Numbering",
    "ObjectFile", "OutputSection", "Piece", "Pieces", "Relocated", "Resolution", "Segment", "StubLibrary", "Symbol",
    "slot_key",
]  # fmt: skip

NO_INDEX = (1 << 32) - 1
"""What LLD 22 writes for a number that does not exist: an undefined global that options tolerate, for instance."""

PHASES = ("load", "resolve", "mark", "layout", "index", "relocate", "emit")


# --- phase 1: load ----------------------------------------------------------------------------------------------


class StubLibrary(NamedTuple):
    """A text file that lists what the host will provide."""

    name: str
    needs: dict[str, list[str]]
    """For each name that it lists, the names of what that needs of the module; in the order in which LLD walks them."""


class FileRead(NamedTuple):
    """A file that was opened, or should have been."""

    path: str
    contents: bytes | None
    """None when it cannot be read."""
    said: int
    """How many of the phase's diagnostics came before it."""
    stamp: tuple[int, int, int] | None = None
    """When it was written (ns), its size, its inode; None when it cannot be read, or is in a reproduction."""


@dataclass(slots=True, eq=False, repr=False)
class Loaded:
    """Files as records. Rows: the files in the order read (a file's sections are in its module)."""

    files: list[ObjectFile]
    """Every object: plain files and archive members, in command line order."""
    arch: str
    """"wasm32" or "wasm64"."""
    allowed_undefined: dict[str, str]
    """Names that may stay undefined, and the file that says so."""
    stub_libraries: list[StubLibrary]
    shared_libraries: list[tuple[ObjectFile, int]] = field(default_factory=list)
    """Shared libraries, each with how many of `files` came before it."""
    reads: list[FileRead] = field(default_factory=list)
    """Every file opened, in order: inputs, archives, lists of names."""
    members_read: list[FileRead] = field(default_factory=list)
    """The files that thin archives name: LLD speaks of none, and leaves them out of a reproduction."""
    diagnostics: list[Diagnostic] = field(default_factory=list)


# --- phase 2: resolve -------------------------------------------------------------------------------------------


class Event(NamedTuple):
    """One decision about a symbol or a file, in the order in which it was made.

    kind: "linker" (the linker made the symbol) · "unplugged" (atom `record` of `file`, of the kind in `rule`, is linked
    without) · "add" (a file joins) · "library" (a shared library is
    looked into) · "extract" (a lazy file is pulled in by
    `symbol`; `other` is the file that asked, or None with the option in `rule`) · "comdat-kept"/"comdat-dropped"
    (`rule` is the group) ·
    "mention" (first undefined mention) · "lazy" (an archive could provide it) · "define" · "replace" (a definition
    took the place of `other`) · "keep" (the definition in `file` lost to `other`) · "refer" (a later undefined
    mention) ·
    "variant" (another signature) · "stub" · "export" (`rule` says by what) ·
    "import" (a stub library lists it) · "shared" (a shared library defines it) · "wrap" · "optional" · "discard"
    (a COMDAT loser, or unplugged).
    """

    kind: str
    symbol: Symbol | None
    file: ObjectFile | None
    record: int
    """Index in `file`'s symbol table, or -1."""
    state: str
    """What the symbol is after this event: "undefined", "weak undefined", "lazy", "weak defined", "defined", "shared",
    "stub"."""
    rule: str
    """The rule that decided, in words."""
    other: ObjectFile | None


@dataclass(slots=True, eq=False, repr=False)
class Resolution:
    """Names to definitions. Rows: `events`."""

    objects: list[ObjectFile]
    """Those that take part, in the order that counts for everything later (LLD: the order in which they finish
    parsing)."""
    symbols: list[Symbol]
    """The global symbol table in order of first mention."""
    by_name: dict[str, Symbol]
    bindings: dict[ObjectFile, list[Symbol]]
    """For each object that takes part: what each index of its symbol table means."""
    events: list[Event]
    discarded: set[Atom]
    """COMDAT losers, and what is unplugged."""
    synthetic_functions: list[Atom]
    synthetic_globals: list[Entity]
    linker: dict[str, Symbol]
    """The linker's own symbols by name: `__stack_pointer`, `__heap_base`, …, those that exist in this link."""
    wrappers: bool
    """Each exported function gets a wrapper that runs constructors (LLD's "command" exports), if there is a ctor or
    dtor."""
    allowed_undefined: dict[str, str]
    """Names that may stay undefined, and the file that lists them."""
    legacy_table: bool
    """An MVP object uses the function table as number 0 without saying so."""
    shared_libraries: list[ObjectFile]
    """Shared libraries among the inputs, which the output needs at run time."""
    extractions: list[tuple[str, ObjectFile, Symbol]]
    """(who asked, member pulled in, by which symbol): the rows of LLD's --why-extract, in its order. There is none
    where an object's mention of data pulled a member in, a second one where a function of a member that is just joining
    is mentioned, and a file that took the symbol over stands for the member, as one whose weak mention came first does
    for who asked; what truly happened is in `events`."""
    unplugged: set[Atom] = field(default_factory=set)
    """Atoms that the link is made without: they are among the discarded, and nothing keeps them."""
    diagnostics: list[Diagnostic] = field(default_factory=list)


# --- phase 3: mark ----------------------------------------------------------------------------------------------


class Kept(NamedTuple):
    """Why something is live: the relocation `row` of atom `by` names `symbol`; or, with no `by`, the root rule."""

    by: Atom | None
    row: int
    symbol: Symbol | None
    rule: str
    """"relocation", or why it is a root: "entry", "exported: …", "constructor of …", "--no-gc-sections", …"""
    lazy: ObjectFile | None = None
    """The lazy object whose constructor or RETAIN segment this is: a root only because something of it is live."""


@dataclass(slots=True, eq=False, repr=False)
class Live:
    """What is kept, and what kept it. Rows: the items of `why` in discovery order."""

    why: dict[Atom | Entity | Symbol, Kept]
    """Atoms and entities; also symbols that have neither (undefined ones, absolute ones), as their imports depend
    on it."""
    symbols: dict[Symbol, Kept]
    """Symbols marked, with the first thing that asked for each."""
    files: set[ObjectFile]
    """Objects that count as live: their constructors and RETAIN segments are roots."""
    table: Symbol | None
    """`__indirect_function_table`, if the output has one."""
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def keeps(self, symbol: Symbol) -> bool:
        """Whether what `symbol` stands for is live; for one that stands for nothing: whether something live
        mentions it."""
        return symbol.target in self.why if symbol.target is not None else symbol in self.symbols


# --- phase 4: layout --------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False, repr=False)
class Layout:
    """Every address. Rows: `rows`, in the order decided."""

    segments: list[Segment]
    customs: list[CustomSection]
    merges: dict[Atom, Merge]
    """From an input atom whose strings were merged to its merge."""
    home: dict[Atom, Segment | CustomSection]
    """Where an atom was placed (for merged input atoms: where their merged atom is)."""
    values: dict[Symbol, int]
    """Addresses of the linker's data symbols (undefined `__start_X` and `__stop_X` too), initial values of its
    globals."""
    late_symbols: list[Symbol]
    """`__start_X` and `__stop_X` that only an export option wants: they come last in the symbol table."""
    flag: Symbol | None
    """`__wasm_init_memory_flag`, by which threads agree on who fills a shared memory."""
    boundaries: list[Boundary]
    memory: Memory
    table_base: int
    """Number of the first slot of the function table."""
    tls_offsets: bool
    """The value of a thread-local symbol is its offset in a thread's block, not its address."""
    features: dict[str, str]
    """The output's target features and the first object that uses each (or the option)."""
    merged_customs: tuple[str, ...]
    """Names of the custom sections whose strings are merged."""
    emit_bss: bool
    data_size: int
    """Bytes from the start of the data to its end."""
    memory_align: int
    """log2 of the strictest alignment of a segment."""
    old_homes: dict[Atom, Segment]
    """Merged input atoms whose segment became part of one for all data. LLD 22 goes on to ask the old one for what is
    in them, so that its address counts twice. What their strings became is here, too."""
    laid_out: list[Segment]
    """The segments as they were given their addresses: `segments`, or those that became one."""
    rows: list[tuple[str, object, object]]
    """("placed", home, Placed) · ("string", Merge, number in its `strings`) · ("segment", Segment, None) ·
    ("boundary", Boundary, None)."""
    diagnostics: list[Diagnostic] = field(default_factory=list)


# --- phase 5: index (`Numbering` is in `numbering`) -------------------------------------------------------------


# --- phase 6: relocate ------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False, repr=False)
class Relocated:
    """Every byte of code, data and custom sections. Rows: the relocations of `atoms`, in order."""

    atoms: list[Atom]
    """Atoms that have relocations applied: code, then data, then custom sections, each in chain order."""
    first: list[int]
    """`first[i]` is the row number of `atoms[i]`'s first relocation; one more entry at the end is the number of
    rows."""
    values: dict[Atom, list[int]]
    """The value of each of an atom's relocations, in order (rows lo to hi)."""
    bytes: dict[Atom, bytes]
    """The patched bytes of each atom in `atoms`, and of those that only became shorter."""
    diagnostics: list[Diagnostic] = field(default_factory=list)


# --- phase 7: emit ----------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False, repr=False)
class Emitted:
    """The file. Rows: `sections`."""

    sections: list[OutputSection]
    data: bytes
    diagnostics: list[Diagnostic] = field(default_factory=list)


# --- the value --------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False, repr=False)
class Link:
    """A link, from bytes to bytes; a phase that was not reached is None, and `failed` names the one that stopped it."""

    options: Options
    load: Loaded | None = None
    resolve: Resolution | None = None
    mark: Live | None = None
    layout: Layout | None = None
    index: Numbering | None = None
    relocate: Relocated | None = None
    emit: Emitted | None = None
    failed: str | None = None
    assumed: tuple[str, ...] = ()
    """Options that the viewer added to be lenient."""

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """All diagnostics of the phases that ran, in order."""
        results = (self.load, self.resolve, self.mark, self.layout, self.index, self.relocate, self.emit)
        return [one for result in results if result is not None for one in result.diagnostics]
