"""One sentence what, one sentence why, for each row of each phase. Made from the row when asked for, never stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wasmscope.explain.events import Sentence, event_sentence
from wasmscope.explain.naming import (
    count,
    file_title,
    target_title,
    title,
    titled,
    type_title,
)
from wasmscope.explain.reasons.formulas import formula
from wasmscope.explain.roles import read_role, written_role
from wasmscope.explain.symbols import Mention
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.format.types import KIND_NAMES, KIND_NUMBERS
from wasmscope.link.chain import Placed
from wasmscope.link.model import (
    Atom,
    Boundary,
    CustomSection,
    Entity,
    ExportEntry,
    ImportEntry,
    Kept,
    Merge,
    MergedString,
    Segment,
    Symbol,
)

if TYPE_CHECKING:
    from wasmscope.explain.steps import Steps


def sentence(steps: Steps, phase: str, row: int) -> Sentence:
    """What row `row` of `phase` did, and why; `heads` says what it is about."""
    return _PHASES[phase](steps, row)


# --- load -------------------------------------------------------------------------------------------------------


def _load(steps: Steps, row: int) -> Sentence:
    file, position = steps.symbols.load_row(row)
    if position < 0:
        sections = count(len(file.module.sections), "section")
        text = f"{file.name} is read: {count(len(file.module.data), 'byte')}, {sections}"
        why = "it was named on the command line"
        if file.lazy:
            why = (
                f"a member of {file.archive}: it waits until a symbol asks for it"
                if file.archive
                else ("it stands after --start-lib: it waits until a symbol asks for it")
            )
        return text, why
    section = file.module.sections[position]
    size = count(section.end - section.contents, "byte")
    text = f"{file.name}: section {section.name} at {section.start:#x}, {size} of contents"
    return text, read_role(section.id, section.name)


def _resolve(steps: Steps, row: int) -> Sentence:
    return event_sentence(steps.symbols, row)


# --- mark -------------------------------------------------------------------------------------------------------


def _mark(steps: Steps, row: int) -> Sentence:
    thing, kept = steps.symbols.kept[row]
    if isinstance(thing, Symbol):
        return f"{thing.state} {thing.kind} {title(thing)} is kept", kept_why(kept)
    return f"{thing.kind} {titled(thing)} is kept", kept_why(kept)


def kept_why(kept: Kept) -> str:
    """What kept something, in one sentence."""
    if kept.by is None:
        return f"a root: {'it is the entry point' if kept.rule == 'entry' else kept.rule}"
    number = kept.row - kept.by.lo
    name = title(kept.symbol) if kept.symbol is not None else "it"
    return f"relocation {number} of {titled(kept.by)} names {name}"


# --- layout -----------------------------------------------------------------------------------------------------


def _layout(steps: Steps, row: int) -> Sentence:
    assert steps.link.layout is not None
    what, thing, part = steps.link.layout.rows[row]
    if what == "placed" and isinstance(part, Placed):
        return _placed(steps, thing, part)
    if isinstance(thing, Merge) and isinstance(part, int):
        return _merged(thing.strings[part])
    if isinstance(thing, Segment):
        return _segment(steps, thing)
    if isinstance(thing, Boundary):
        return f"{thing.name} is {thing.address:#x}", thing.rule
    return f"{what} {title(thing)}", "the rules of the layout"


def _placed(steps: Steps, home: object, part: Placed[Atom]) -> tuple[str, str]:
    after = f", after {title(part.prev.item)}" if part.prev is not None else ", the first there"
    if part.item in steps.places.merged:
        text = f"one atom for the merged strings goes into {title(home)} at +{part.offset:#x}{after}"
        return text, "strings of one kind are merged, in the place of the first atom that has some"
    text = f"{titled(part.item)} goes into {title(home)} at +{part.offset:#x}{after}"
    align = 1 << part.item.align
    if part.pad:
        return text, f"{count(part.pad, 'byte')} of padding align it to {align}"
    kind = "section" if isinstance(home, CustomSection) else "segment"
    return text, f"pieces of one {kind} follow each other in link order" + (
        f"; +{part.offset:#x} is aligned to {align}" if align > 1 else ""
    )


def _merged(part: MergedString) -> tuple[str, str]:
    assert part.atom.file is not None
    start = part.atom.start + part.start
    data = bytes(part.atom.file.module.data[start : start + part.size]).rstrip(b"\0")
    shown = data[:40].decode("utf-8", "backslashreplace").encode("unicode_escape").decode() + "…" * (len(data) > 40)
    text = f'"{shown}", at +{part.start:#x} of {titled(part.atom)}, is at +{part.offset:#x} of the merged strings'
    if part.tail_of >= 0:
        return text, f"it is the tail of the longer string at +{part.tail_of:#x}"
    return text, "equal strings are kept once"


def _segment(steps: Steps, segment: Segment) -> tuple[str, str]:
    assert steps.link.layout is not None
    segments = steps.link.layout.segments
    position = segments.index(segment)
    size, align = count(segment.size, "byte"), 1 << segment.align
    text = f"segment {segment.name} gets address {segment.address:#x}: {size}, aligned to {align}"
    if position == 0:
        return text, "data starts here"
    previous = segments[position - 1]
    end = previous.address + previous.size
    pad = segment.address - end
    return text, f"{previous.name} ends at {end:#x}" + (
        f", and {count(pad, 'byte')} of padding align it" if pad else ""
    )


# --- index ------------------------------------------------------------------------------------------------------


def _index(steps: Steps, row: int) -> Sentence:
    assert steps.link.index is not None
    what, thing, number = steps.link.index.rows[row]
    tell = _NUMBERED.get(what)
    if tell is not None:
        return tell(steps, thing, number)
    return f"{what} {title(thing)} is number {number}", "numbers are given in order"


def position_text(steps: Steps, what: str, number: int) -> str:
    """How a number comes about: "5 imports + 33 defined before it"."""
    first = steps.places.imports[KIND_NUMBERS[what]]
    return f"{count(first, 'import')} + {number - first} defined before it"


def _type(steps: Steps, thing: object, number: int) -> tuple[str, str]:
    return f"type {thing} is number {number}", "equal types are one; the first to ask gives the number"


def _import(steps: Steps, thing: object, number: int) -> tuple[str, str]:
    assert isinstance(thing, ImportEntry)
    text = f"{thing.module}.{thing.name} is imported: {KIND_NAMES[thing.kind]} {number}"
    return text, thing.rule or "nobody defines it and it may be imported"


def _numbered(what: str) -> Callable[[Steps, object, int], tuple[str, str]]:
    def tell(steps: Steps, thing: object, number: int) -> tuple[str, str]:
        where = f" ({file_title(thing.file)})" if isinstance(thing, Atom | Entity) else ""
        return (
            f"{what} index of {title(thing)}{where}: {position_text(steps, what, number)} = {number}",
            "imports come first, then what the linker makes, then what objects define, in link order",
        )

    return tell


def _slot(steps: Steps, thing: object, number: int) -> tuple[str, str]:
    assert steps.link.layout is not None
    base = steps.link.layout.table_base
    return (
        f"{title(thing)} gets table slot {number}",
        f"its address is taken; slots are given from {base} in the order of first use",
    )


def _got(steps: Steps, thing: object, number: int) -> tuple[str, str]:
    return (
        f"a constant global, number {number}, holds the address of {title(thing)}",
        "position-independent code reads addresses from globals",
    )


def _export(steps: Steps, thing: object, number: int) -> tuple[str, str]:
    assert isinstance(thing, ExportEntry)
    kind = KIND_NAMES[thing.export.kind]
    return f"{thing.export.name} is exported: {kind} {number}", thing.rule or "it is visible and exported"


_NUMBERED: dict[str, Callable[[Steps, object, int], tuple[str, str]]] = {
    "type": _type,
    "import": _import,
    "function": _numbered("function"),
    "global": _numbered("global"),
    "table": _numbered("table"),
    "tag": _numbered("tag"),
    "slot": _slot,
    "got": _got,
    "export": _export,
}


# --- relocate ---------------------------------------------------------------------------------------------------


def _relocate(steps: Steps, row: int) -> Sentence:
    mention = steps.places.relocation_at(row)
    return relocation_text(steps, mention), relocation_why(steps, mention)


def relocation_text(steps: Steps, mention: Mention) -> str:
    """ "relocation 2 of _start: R_WASM_FUNCTION_INDEX_LEB bump: 80 80 80 80 00 -> a6 80 80 80 00"."""
    atom, row = mention
    assert atom.relocs is not None
    assert steps.link.relocate is not None
    old, new = steps.places.before(atom, row), steps.places.after(atom, row)
    name = target_title(steps.link, atom, row)
    kind = type_title(atom.relocs.types[row])
    return f"relocation {row - atom.lo} of {title(atom)}: {kind} {name}: {old.hex(' ')} -> {new.hex(' ')}"


def relocation_why(steps: Steps, mention: Mention) -> str:
    """The value that it writes, and how it comes about."""
    atom, row = mention
    assert atom.relocs is not None
    assert steps.link.relocate is not None
    told = formula(steps, atom, row)
    value = steps.link.relocate.values[atom][row - atom.lo]
    shown = f"{value:#x}" if RELOC_TYPES[atom.relocs.types[row]].addend else f"{value}"
    return "; ".join((f"the value is {told.text} = {shown}", *told.notes))


# --- emit -------------------------------------------------------------------------------------------------------


def _emit(steps: Steps, row: int) -> Sentence:
    assert steps.link.emit is not None
    section = steps.link.emit.sections[row]
    size = count(section.end - section.start, "byte")
    text = f"section {section.name} is written at {section.start:#x} to {section.end:#x}: {size}"
    atoms = steps.places.atom_count(section)
    if atoms:
        return text, f"{count(atoms, 'atom')}, copied with every site patched"
    return text, written_role(section.id, section.name)


_PHASES: dict[str, Callable[[Steps, int], Sentence]] = {
    "load": _load,
    "resolve": _resolve,
    "mark": _mark,
    "layout": _layout,
    "index": _index,
    "relocate": _relocate,
    "emit": _emit,
}
