"""What `check` looks for: one rule a line, with what comes of it and where the rule is from.

wasm-ld says nothing about any of these, and writes the output all the same.
"""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """A rule: what it asks for, what happens where it is broken, and who says so."""

    asks: str
    consequence: str
    source: str


class Place(NamedTuple):
    """Where something was found."""

    file: str
    """The input's name as wasm-ld prints it; the output's for what is about the link as a whole."""
    section: str = ""
    offset: int | None = None
    """Bytes from the start of that file (of a member: from the start of the member)."""
    function: str = ""
    """The function, segment or symbol that it is in."""


class Finding(NamedTuple):
    """Something that breaks a rule of `RULES`."""

    rule: str
    place: Place
    found: str

    @property
    def consequence(self) -> str:
        return RULES[self.rule].consequence

    @property
    def source(self) -> str:
        return RULES[self.rule].source


CORE = "WebAssembly core specification"
LINKING = "tool-conventions, Linking.md"
SILENT = "wasm-ld does not check it"

RULES = {
    # --- objects and modules
    "malformed": Rule(
        "the file can be read to its end",
        "a reader stops here, or skips what follows",
        f"{CORE}, binary format; {LINKING}",
    ),
    "undecodable-code": Rule(
        "code is instructions", "an engine refuses the module", f"{CORE}, instructions; wasm-ld copies code unread"
    ),
    "site-not-padded": Rule(
        "a number that is relocated takes its full width",
        "the value is written over the bytes that follow",
        f"{LINKING}, relocation sections: padded LEB128; {SILENT}",
    ),
    "site-straddles": Rule(
        "a relocation's site lies within one function or segment",
        "part of the value is written into what happens to be placed next to it, or nowhere",
        f"{LINKING}, relocation sections; {SILENT}",
    ),
    "site-no-immediate": Rule(
        "a relocation in code patches an operand of its own kind",
        "an opcode, or an operand of another kind, is overwritten",
        f"{LINKING}, relocation types: what each patches; {SILENT}",
    ),
    "sites-overlap": Rule(
        "no two relocations patch the same bytes",
        "the later one overwrites the earlier",
        f"{LINKING}, relocation sections; wasm-ld checks the order of offsets only",
    ),
    "symbol-past-segment": Rule(
        "a data symbol ends within its segment",
        "whoever trusts its size reads what happens to follow",
        f"{LINKING}, symbol table; LLVM checks the offset only",
    ),
    "string-unterminated": Rule(
        "a segment of strings ends with a zero byte",
        "an error as soon as strings are merged; else the last string runs on into what follows",
        f"{LINKING}, WASM_SEGMENT_FLAG_STRINGS; wasm-ld looks only where it merges",
    ),
    "name-mismatch": Rule(
        "names are for things that exist, each has one, and a function's is its symbol's",
        "backtraces and profiles show another name than the one that was linked",
        f"{CORE}, name section; wasm-ld takes an object's names over its symbols'",
    ),
    "data-past-memory": Rule(
        "the data of a module fits its memory", "it traps when it is instantiated", f"{CORE}, instantiation"
    ),
    # --- links
    "address-overflow": Rule(
        "data and stack fit the memory's address space",
        "addresses are cut to 32 bits, and engines refuse a memory of that many pages",
        f"{CORE}, memory types: at most 2^16 pages of 64 KiB; {SILENT}",
    ),
    "value-out-of-range": Rule(
        "a value fits the bits of its site",
        "the bits that do not fit are lost",
        f"{LINKING}, relocation types; {SILENT}",
    ),
    "negative-memarg": Rule(
        "the offset of a load or store is not negative",
        "it becomes a very large one, and the access traps",
        f"{CORE}, memarg; {SILENT}",
    ),
    "past-memory": Rule(
        "an address lies within what was laid out", "it names memory that nothing was given", SILENT
    ),
    "bss-dropped": Rule(
        "data whose segment is called .bss is zero",
        "it is not written: the program finds zeros there",
        "wasm-ld tells zeros by the name alone",
    ),
    "used-static-dropped": Rule(
        "what is marked as used stays",
        "it is not in the output, although the source asks for it",
        f"{LINKING}, WASM_SYM_NO_STRIP; wasm-ld looks at global symbols only",
    ),
    "constructors-rerun": Rule(
        "constructors run once",
        "each call of the export runs all constructors again (and destructors after it)",
        "wasm-ld: every export is a command unless something calls or exports __wasm_call_ctors",
    ),
    "stack-after-data": Rule(
        "a stack that overflows traps",
        "an overflow runs down into the data without a trap",
        "--no-stack-first; the default until LLD 22",
    ),
    "weak-call-traps": Rule(
        "a function that is called exists",
        "the call traps unless the code compares the address with null first",
        "wasm-ld: a weak undefined function becomes a stub, without a word",
    ),
    "import-types-differ": Rule(
        "an import has one type",
        "a host that provides one function, global or table for the name cannot satisfy both",
        f"{CORE}, instantiation; {SILENT}",
    ),
    "comdat-kept-twice": Rule(
        "of a COMDAT group one copy is kept",
        "the output has the losing copy, too, which nothing refers to",
        f"{LINKING}, COMDATs; wasm-ld drops losers only where it collects what is unused",
    ),
    "segment-flags-lost": Rule(
        "a relocatable output says of its segments what the inputs said",
        "the next link does not merge these strings, or may leave out what was to be kept",
        f"{LINKING}, segment info; wasm-ld writes flags of 0",
    ),
    "exported-tls-offset": Rule(
        "an exported datum's global holds its address",
        "it holds the offset in the thread's block: whoever reads there reads something else",
        SILENT,
    ),
    "export-missing": Rule(
        "--export=NAME exports NAME",
        "the host does not find it",
        "wasm-ld says nothing when NAME is weak and undefined, or wrapped",
    ),
    "output-malformed": Rule(
        "the output can be read", "whatever reads it next stops there", f"{CORE}, binary format; {LINKING}"
    ),
}  # fmt: skip
