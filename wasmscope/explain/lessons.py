"""What a phase is for, and what a relocation type is for: two lines each, and where to read more."""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.explain.checking.findings import CORE, LINKING
from wasmscope.explain.reasons.value import ENCODINGS
from wasmscope.format.relocs import RELOC_TYPES, RelocType

DYNAMIC = "tool-conventions, DynamicLinking.md"
RELOCATIONS = f"{LINKING}, Relocation Sections"


class Lesson(NamedTuple):
    """An explanation."""

    title: str
    what: str
    """What happens, in a line."""
    why: str
    """Why, in a line."""
    anchor: str
    """The document and the section of it that says so."""


PHASES = {
    "load": Lesson(
        "load",
        "Files are read: each section of an object becomes records that remember the bytes they are from.",
        "Archives are only indexed; a member is read in full when a name in it is asked for.",
        f"{CORE}, binary format of modules; {LINKING}, Linking Metadata Section",
    ),
    "resolve": Lesson(
        "resolve",
        "Each name gets one definition: strong beats weak, a definition beats a mention, two strong ones are an error.",
        "What is still undefined asks the archives; a member that defines it joins the link with all its own names.",
        f"{LINKING}, Symbol Table Subsection",
    ),
    "mark": Lesson(
        "mark",
        "From the roots (entry, exports, no-strip, constructors) everything that a relocation names is kept.",
        "What nothing keeps is left out of the output: --gc-sections, which is on unless --no-gc-sections or -r.",
        f"{LINKING}, Relocation Sections",
    ),
    "layout": Lesson(
        "layout",
        "Data atoms join the chains of their segments, aligned; equal strings are merged; then every address is final.",
        "Memory holds the stack first (unless --no-stack-first), then the segments, then the heap.",
        f"{LINKING}, Segment Info Subsection, Merging Data Sections",
    ),
    "index": Lesson(
        "index",
        "Types, imports, functions, globals, tables, slots and exports get their numbers: imports first in each space.",
        "A number is a place in the output; relocations ask for it, so none can be patched before.",
        f"{CORE}, indices; {LINKING}, Merging Function Sections",
    ),
    "relocate": Lesson(
        "relocate",
        "Each relocation computes its value from final numbers and addresses, and writes it at its site.",
        "Sites are padded to full width, so that nothing moves when a value changes (unless --compress-relocations).",
        RELOCATIONS,
    ),
    "emit": Lesson(
        "emit",
        "Sections are written in the order of the specification: header, size, then the atoms with what joins them.",
        "Custom sections follow: names, producers, features, and debug information with its offsets patched.",
        f"{CORE}, binary format of modules",
    ),
}
"""A lesson for each phase."""

_ADDRESS = "An address in memory, known once the segment is placed"
_USES = {
    0: "The operand of call, return_call and ref.func: functions are numbered after all imports are known.",
    1: "i32.const of a function pointer: a pointer is the function's slot in the table, not its number.",
    2: "A function pointer in data, as in a table of handlers or a vtable.",
    3: f"{_ADDRESS}; the offset of a load or store, so it is unsigned.",
    4: f"{_ADDRESS}; the operand of i32.const, so it is signed.",
    5: f"{_ADDRESS}; a pointer stored in data.",
    6: "The type of call_indirect and of blocks: equal types of all objects become one.",
    7: "The operand of global.get and global.set: __stack_pointer above all.",
    8: "Debug information that names code: DW_AT_low_pc and the line table count from the code section.",
    9: "Debug information that names debug information: a string, an abbreviation, a line table.",
    10: "The operand of throw and catch: which exception it is.",
    11: "Position independent code: i32.const that is added to __memory_base.",
    12: "Position independent code: i32.const that is added to __table_base.",
    13: "A global's number in debug information: where the frame base is.",
    14: f"{_ADDRESS}; the offset of a load or store of a 64-bit memory.",
    15: f"{_ADDRESS}; the operand of i64.const with a 64-bit memory.",
    16: f"{_ADDRESS}; a pointer in data of a 64-bit memory.",
    17: "Position independent code with a 64-bit memory: i64.const that is added to __memory_base.",
    18: "i64.const of a function pointer with 64-bit tables.",
    19: "A 64-bit function pointer in data.",
    20: "The table of call_indirect, table.get and the like.",
    21: "i32.const that is added to __tls_base: a thread's own variable.",
    22: "Debug information that names code, in 64 bits.",
    23: "Data that holds a distance instead of an address, so that it needs no change when it is moved.",
    24: "Position independent code with 64-bit tables: i64.const that is added to __table_base.",
    25: "i64.const that is added to __tls_base.",
    26: "A function's number in data or a custom section, as branch hints and call graphs have it.",
}
"""Where a relocation of each type stands."""


def of_relocation(type: RelocType) -> Lesson:
    """The lesson of a relocation type."""
    of = "type" if type.symbol_kind == "type" else f"{type.symbol_kind} symbol"
    addend = " plus the addend" if type.addend else ""
    return Lesson(
        f"{type.name} ({type.number})",
        f"Writes the {type.summary} of a {of}{addend}: {ENCODINGS[type.encoding].format(type.width)}.",
        _USES[type.number],
        DYNAMIC if type.relative else RELOCATIONS,
    )


def lessons() -> dict[str, Lesson]:
    """Every lesson by its name: the phases, and the relocation types."""
    return PHASES | {type.name: of_relocation(type) for type in RELOC_TYPES}
