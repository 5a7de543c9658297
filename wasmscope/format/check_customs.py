"""What LLVM's reader asks of the custom sections that a linker reads, in its words: see `check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wasmscope.errors import FormatError
from wasmscope.format.custom import NAMES, Names
from wasmscope.format.linking import (
    COMDAT_DATA,
    COMDAT_FUNCTION,
    COMDAT_SECTION,
    INIT_FUNCS,
    SYM_ABSOLUTE,
    SYM_BINDING_MASK,
    SYM_DATA,
    SYM_FUNCTION,
    SYM_GLOBAL,
    SYM_LOCAL,
    SYM_SECTION,
    SYM_TABLE,
    SYM_TAG,
    SYM_UNDEFINED,
    SYM_WEAK,
    SYMBOL_KINDS,
    SYMBOL_TABLE,
    Linking,
    SymbolRecord,
)
from wasmscope.format.relocs import RELOC_TYPES, Relocs
from wasmscope.format.types import FUNCTION, GLOBAL, TABLE, TAG

if TYPE_CHECKING:
    from wasmscope.format.module import Module, Section

_SPACE = {SYM_FUNCTION: FUNCTION, SYM_GLOBAL: GLOBAL, SYM_TAG: TAG, SYM_TABLE: TABLE}


def refuse(module: Module, section: Section, message: str, offset: int, expected: str = "") -> FormatError:
    """The error that says why a linker would not take `module`; `offset` from the start of the file."""
    return FormatError(message, module.file, section.name, offset, expected)


# --- linking ----------------------------------------------------------------------------------------------------


def check_linking(module: Module, section: Section) -> None:
    """Symbols agree with the index spaces, and names, constructors and groups with the symbols."""
    linking = module.linking
    assert linking is not None, "its section is being checked"
    _symbols(module, section, linking)
    if len(linking.segments) > len(module.datas):
        place = linking.segments.span(len(module.datas))[0]
        raise refuse(module, section, "too many segment names", place, f"at most {len(module.datas)}")
    _init_funcs(module, section, linking)
    _comdats(module, section, linking)
    if section.error is not None:
        raise section.error


def _symbols(module: Module, section: Section, linking: Linking) -> None:
    bounds = {kind: (module.num_imported(space), module.total(space)) for kind, space in _SPACE.items()}
    names = set()
    for row, record in enumerate(linking.symbols):
        kind, flags, name, index, *_ = record
        if kind == SYM_DATA:
            if not flags & SYM_UNDEFINED:
                _data_symbol(module, section, linking, row)
        elif kind == SYM_SECTION:
            _section_symbol(module, section, linking, row)
        else:
            imported, total = bounds[kind]
            if index >= total or (index >= imported) is (flags & SYM_UNDEFINED > 0):
                text = f"invalid {SYMBOL_KINDS[kind]} symbol index"
                raise refuse(module, section, text, linking.symbols.span(row)[0], _index_bounds(flags, imported, total))
            if kind and flags & (SYM_UNDEFINED | SYM_BINDING_MASK) == SYM_UNDEFINED | SYM_WEAK:
                text = f"undefined weak {'table' if kind == SYM_TABLE else 'global'} symbol"
                raise refuse(module, section, text, linking.symbols.span(row)[0])
        if flags & SYM_BINDING_MASK != SYM_LOCAL:
            name = name if name is not None else symbol_name(module, record)
            if name in names:
                raise refuse(module, section, f"duplicate symbol name {name}", linking.symbols.span(row)[0])
            names.add(name)


def _index_bounds(flags: int, imported: int, total: int) -> str:
    return f"an import, less than {imported}" if flags & SYM_UNDEFINED else f"{imported} to {total - 1}"


def _data_symbol(module: Module, section: Section, linking: Linking, row: int) -> None:
    _, flags, name, index, offset, _ = linking.symbols[row]
    datas = module.datas
    if index >= len(datas):
        if flags & SYM_ABSOLUTE and not index:
            return
        place = linking.symbols.span(row)[0]
        raise refuse(module, section, f"invalid data segment index: {index}", place, f"less than {len(datas)}")
    size = datas[index].end - datas[index].start
    if offset > size and not flags & SYM_ABSOLUTE:
        text = f"invalid data symbol offset: `{name}` (offset: {offset} segment size: {size})"
        raise refuse(module, section, text, linking.symbols.span(row)[0], f"at most {size}")


def _section_symbol(module: Module, section: Section, linking: Linking, row: int) -> None:
    _, flags, _, index, _, _ = linking.symbols[row]
    if flags & SYM_BINDING_MASK != SYM_LOCAL:
        raise refuse(module, section, "section symbols must have local binding", linking.symbols.span(row)[0])
    if index > section.index or module.sections[index].id:
        text, place = "invalid section symbol index", linking.symbols.span(row)[0]
        raise refuse(module, section, text, place, "an earlier custom section")


def _init_funcs(module: Module, section: Section, linking: Linking) -> None:
    symbols, order = linking.symbols, [part.type for part in linking.subsections]
    known = len(symbols)
    if INIT_FUNCS in order and SYMBOL_TABLE in order and order.index(INIT_FUNCS) < order.index(SYMBOL_TABLE):
        known = 0  # each subsection is read with what came before it
    for row, (_, symbol) in enumerate(linking.init_funcs):
        if symbol >= known or symbols[symbol].kind != SYM_FUNCTION:
            text, place = f"invalid function symbol: {symbol}", linking.init_funcs.span(row)[0]
            raise refuse(module, section, text, place, "a function's symbol")


def _comdats(module: Module, section: Section, linking: Linking) -> None:
    names: set[str] = set()
    members: set[tuple[int, int]] = set()
    for row, (name, flags, entries) in enumerate(linking.comdats):
        place = linking.comdats.span(row)[0]
        if not name or name in names:
            raise refuse(module, section, f"bad/duplicate COMDAT name {name}", place)
        names.add(name)
        if flags:
            raise refuse(module, section, "unsupported COMDAT flags", place, "0")
        for entry in entries:
            text = _comdat_entry(module, section, *entry, entry in members)
            if text:
                raise refuse(module, section, text, place)
            members.add(entry)


def _comdat_entry(module: Module, section: Section, kind: int, index: int, again: bool) -> str:
    """What is wrong with an entry; "" when nothing is. `again` says that an earlier group has it."""
    if kind == COMDAT_DATA:
        return "COMDAT data index out of range" if index >= len(module.datas) else again * "data segment in two COMDATs"
    if kind == COMDAT_FUNCTION:
        inside = module.num_imported(FUNCTION) <= index < module.total(FUNCTION)
        return again * "function in two COMDATs" if inside else "COMDAT function index out of range"
    if kind != COMDAT_SECTION:
        return "invalid COMDAT entry type"
    if index >= section.index:
        return "COMDAT section index out of range"
    return "non-custom section in a COMDAT" if module.sections[index].id else ""


def symbol_name(module: Module, record: SymbolRecord) -> str:
    """The name of a symbol; that of its import, or of its section, when it has none of its own."""
    if record.name is not None:
        return record.name
    if record.kind == SYM_SECTION:
        return module.sections[record.index].name
    of_kind = module.imported(_SPACE[record.kind])
    return of_kind[record.index].name if record.index < len(of_kind) else ""


# --- reloc.* ----------------------------------------------------------------------------------------------------

_READ_WIDTHS = tuple(5 if one.number in (18, 24, 25) else one.width for one in RELOC_TYPES)
"""How many bytes LLVM's reader takes a site to have: it thinks that three 64-bit types are short."""
_SHORT_ADDEND = frozenset(one.number for one in RELOC_TYPES if one.addend and one.bits == 32)


def check_reloc(module: Module, section: Section) -> None:
    """Sites are in order and inside the section, and each index names what its type asks for."""
    relocs = next(one for one in module.relocs if one.start == section.contents)
    if relocs.target >= section.index:
        if section.contents == section.end:
            raise section.error or refuse(module, section, "invalid section index", section.contents)
        raise refuse(module, section, "invalid section index", section.contents, f"less than {section.index}")
    offsets = relocs.offsets
    target = module.sections[relocs.target]
    size = target.end - target.contents
    if (
        offsets != sorted(offsets)
        or _beyond_end(relocs, size)
        or _bad_kinds(module, relocs)
        or (relocs.addends and not -(1 << 31) <= min(relocs.addends) <= max(relocs.addends) < 1 << 31)
    ):
        _find_bad_reloc(module, section, relocs, size)
    if section.error is not None:
        raise section.error


def _beyond_end(relocs: Relocs, size: int) -> bool:
    """Whether a site does not end inside the `size` bytes of its section; the offsets are in order."""
    for row in reversed(range(len(relocs))):
        if relocs.offsets[row] + _READ_WIDTHS[relocs.types[row]] > size:
            return True
        if relocs.offsets[row] + max(_READ_WIDTHS) <= size:
            break
    return False


def _bad_kinds(module: Module, relocs: Relocs) -> bool:
    """Whether an index names something else than its type asks for: every pair of type and index is looked at once."""
    kinds = [one.kind for one in module.linking.symbols] if module.linking is not None else []
    types = len(module.types)
    for type, index in set(zip(relocs.types, relocs.indices, strict=True)):
        if index >= (types if type == 6 else len(kinds)) or (type != 6 and kinds[index] not in _ALLOWED[type]):
            return True
    return False


_ALLOWED = tuple(
    frozenset((SYM_GLOBAL, SYM_DATA, SYM_FUNCTION))  # data and functions: their entry in the global offset table
    if one.name == "R_WASM_GLOBAL_INDEX_LEB"
    else frozenset(number for number, name in enumerate(SYMBOL_KINDS) if name == one.symbol_kind)
    for one in RELOC_TYPES
)
"""Kinds of symbols that each relocation type may name."""


def _find_bad_reloc(module: Module, section: Section, relocs: Relocs, size: int) -> None:
    """Raise for the first relocation that is wrong, if one is."""
    symbols = module.linking.symbols if module.linking is not None else []
    last = 0
    for row, (type, offset, index, addend) in enumerate(relocs):
        name = symbol_name(module, symbols[index]) if index < len(symbols) else ""
        if offset < last:
            text, expected = "relocations not in offset order", f"at least {last}"
        elif type == 6 and index >= len(module.types):
            text, expected = f"invalid relocation type index: {name}", f"less than {len(module.types)}"
        elif type != 6 and (index >= len(symbols) or symbols[index].kind not in _ALLOWED[type]):
            text, expected = f"invalid {RELOC_TYPES[type].symbol_kind} relocation: {name}", "a symbol of that kind"
        elif type in _SHORT_ADDEND and not -(1 << 31) <= addend < 1 << 31:
            text, expected = "LEB is outside Varint32 range", "an addend of at most 32 bits"
        elif offset + _READ_WIDTHS[type] > size:
            text, expected = "invalid relocation offset", f"at most {size - _READ_WIDTHS[type]}"
        else:
            last = offset
            continue
        raise refuse(module, section, text, relocs.spans[row][0], expected)


# --- name, producers, target_features ---------------------------------------------------------------------------

_READ_NAMES = {1: "function", 7: "global", 9: "segment"}
"""The subsections of the name section that LLVM reads, and the word for what they name."""


def check_names(module: Module, section: Section) -> None:
    """Names of functions, globals and segments are of what exists, one each; other names do not matter here."""
    names = module.names
    assert names is not None, "its section is being checked"
    counts = {1: module.total(FUNCTION), 7: module.total(GLOBAL), 9: len(module.datas) + 1}  # LLVM is off by one
    for part in names.subsections:
        if part.type not in _READ_NAMES:
            continue
        maps = {1: names.functions, 7: names.globals, 9: names.datas}[part.type]
        word = _READ_NAMES[part.type]
        if (maps and max(maps) >= counts[part.type]) or (part.type != 9 and "" in maps.values()):
            text = f"invalid {'data ' if part.type == 9 else ''}{word} name entry"
            raise refuse(module, section, text, part.start, f"a name, of one of {counts[part.type]}")
        if len(maps.starts) != len(maps) + 1:
            raise refuse(module, section, f"{word} named more than once", part.start)
    if section.error is not None:
        _raise_if_read(module, section, names)


def _raise_if_read(module: Module, section: Section, names: Names) -> None:
    """Raise what is wrong with the section, unless only a part is that LLVM skips."""
    try:
        for part in names.subsections:
            if part.type in _READ_NAMES:
                NAMES.fill_part(module.data[part.contents : part.end], part, Names(), 0)
    except FormatError as bad:
        raise refuse(module, section, bad.message, bad.offset or 0, bad.expected) from None
    error = section.error
    assert error is not None, "the caller has looked"
    skipped = (part for part in names.subsections if part.type not in _READ_NAMES)
    if not any(part.contents <= (error.offset or 0) <= part.end for part in skipped):
        raise error  # it is in the frame of a subsection


def check_producers(module: Module, section: Section) -> None:
    """Three fields are known, each at most once, and in it no producer twice."""
    fields = module.producers
    assert fields is not None, "its section is being checked"
    seen = set()
    for name, values in fields:
        if name in seen:
            raise refuse(module, section, "producers section does not have unique fields", section.contents)
        seen.add(name)
        if name not in ("language", "processed-by", "sdk"):
            text = "producers section field is not named one of language, processed-by, or sdk"
            raise refuse(module, section, text, section.contents)
        if len({one.name for one in values}) != len(values):
            raise refuse(module, section, "producers section contains repeated producer", section.contents)
    if section.error is not None:
        raise section.error


def check_features(module: Module, section: Section) -> None:
    """A feature is used or disallowed, and said once."""
    features = module.features
    assert features is not None, "its section is being checked"
    seen = set()
    for row, (prefix, name) in enumerate(features):
        if prefix not in ("+", "-"):
            raise refuse(module, section, "unknown feature policy prefix", features.span(row)[0], "+ or -")
        if name in seen:
            text = f'target features section contains repeated feature "{name}"'
            raise refuse(module, section, text, features.span(row)[0])
        seen.add(name)
    if section.error is not None:
        raise section.error
