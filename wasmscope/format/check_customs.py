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
    SYM_LOCAL,
    SYM_SECTION,
    SYM_TABLE,
    SYM_UNDEFINED,
    SYM_WEAK,
    SYMBOL_KINDS,
    SYMBOL_SPACES,
    SYMBOL_TABLE,
    Linking,
)
from wasmscope.format.types import FUNCTION, GLOBAL

if TYPE_CHECKING:
    from wasmscope.format.frames import Section
    from wasmscope.format.module import Module


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
    bounds = {kind: (module.num_imported(space), module.total(space)) for kind, space in SYMBOL_SPACES.items()}
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
            name = name if name is not None else module.symbol_name(record)
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


def check_features(module: Module, section: Section, prefixes: str = "+-") -> None:
    """A feature is used or disallowed, and said once; `prefixes` are those that the reader knows."""
    features = module.features
    assert features is not None, "its section is being checked"
    seen = set()
    for row, (prefix, name) in enumerate(features):
        if prefix not in prefixes:
            raise refuse(module, section, "unknown feature policy prefix", features.span(row)[0], " or ".join(prefixes))
        if name in seen:
            text = f'target features section contains repeated feature "{name}"'
            raise refuse(module, section, text, features.span(row)[0])
        seen.add(name)
    if section.error is not None:
        raise section.error
