"""What a symbol table and its relocations say, as facts: names found, flags spelled out, indices resolved."""

from __future__ import annotations

from typing import Any

from wasmscope.format.linking import (
    SYM_ABSOLUTE,
    SYM_EXPLICIT_NAME,
    SYM_EXPORTED,
    SYM_HIDDEN,
    SYM_NO_STRIP,
    SYM_TLS,
    SYM_UNDEFINED,
    SYMBOL_FLAG_NAMES,
    SYMBOL_KINDS,
    SymbolRecord,
)
from wasmscope.format.module import Module
from wasmscope.format.reloc_section import Reloc, Relocs
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.format.types import FUNCTION, KIND_NUMBERS

_SHOWN_FLAGS = (SYM_EXPORTED, SYM_NO_STRIP, SYM_EXPLICIT_NAME, SYM_TLS, SYM_ABSOLUTE)
"""Those that have no column of their own."""


class Names:
    """The names of a module's things: symbols', functions', types', each looked up once."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.symbols = list(module.linking.symbols) if module.linking else []
        self.imports: dict[int, list[str]] = {}
        for one in module.imports:
            self.imports.setdefault(one.kind, []).append(one.name)
        self.functions = self._functions()

    def _functions(self) -> dict[int, str]:
        """Function names: the name section's, then symbols', exports' and imports' for those it leaves out."""
        names = dict(enumerate(self.imports.get(FUNCTION, ())))
        names |= {one.index: one.name for one in self.module.exports if one.kind == FUNCTION}
        for record in self.symbols:
            if kind_of(record) == "function":
                name = self.symbol(record)
                if name:
                    names[record.index] = name
        given = self.module.names.functions if self.module.names else {}
        return names | dict(given)

    def symbol(self, record: SymbolRecord) -> str:
        """A symbol's name; an undefined symbol without one has its import's."""
        if record.name is not None:
            return record.name
        kind = kind_of(record)
        if kind == "section":
            sections = self.module.sections
            return sections[record.index].name if record.index < len(sections) else ""
        names = self.imports.get(KIND_NUMBERS.get(kind, -1), [])
        return names[record.index] if record.index < len(names) else ""

    def named(self, index: int) -> str:
        """The name of symbol number `index`, or a word for its lack."""
        if not 0 <= index < len(self.symbols):
            return f"symbol {index}"
        return self.symbol(self.symbols[index]) or f"symbol {index}"

    def type(self, index: int) -> str:
        """Type number `index` as text."""
        types = self.module.types
        return str(types[index]) if 0 <= index < len(types) else f"type {index}"

    def target(self, reloc: Reloc) -> str:
        """What a relocation names: a symbol, or a function type."""
        if 0 <= reloc.type < len(RELOC_TYPES) and RELOC_TYPES[reloc.type].symbol_kind == "type":
            return self.type(reloc.index)
        return self.named(reloc.index)


def kind_of(record: SymbolRecord) -> str:
    """The symbol's kind as a word."""
    return SYMBOL_KINDS[record.kind] if 0 <= record.kind < len(SYMBOL_KINDS) else f"kind {record.kind}"


def symbol_facts(module: Module, names: Names) -> list[dict[str, Any]]:
    """index, kind, name, binding, visibility, state, flags, and what it is: item, or segment, offset and size."""
    found = []
    for index, record in enumerate(names.symbols):
        facts: dict[str, Any] = {
            "index": index,
            "kind": kind_of(record),
            "name": names.symbol(record),
            "binding": record.binding,
            "visibility": "hidden" if record.flags & SYM_HIDDEN else "default",
            "state": "undefined" if record.flags & SYM_UNDEFINED else "defined",
            "flags": [SYMBOL_FLAG_NAMES[flag] for flag in _SHOWN_FLAGS if record.flags & flag],
        }
        if kind_of(record) != "data":
            facts["item"] = record.index
        elif record.defined:
            absolute = record.flags & SYM_ABSOLUTE
            facts |= {"segment": None if absolute else record.index, "offset": record.offset, "size": record.size}
        found.append(facts)
    return found


def relocation_type(number: int) -> str:
    """R_WASM_…, or the number of a type that nobody knows."""
    return RELOC_TYPES[number].name if 0 <= number < len(RELOC_TYPES) else f"relocation type {number}"


def relocation_facts(module: Module, names: Names) -> list[dict[str, Any]]:
    """section (that is patched), offset in it, file_offset of the site, type, index, names (what it is), addend."""
    found = []
    for relocs in module.relocs:
        base, section = _patched(module, relocs)
        for reloc in relocs:
            found.append(
                {
                    "section": section,
                    "offset": reloc.offset,
                    "file_offset": None if base is None else base + reloc.offset,
                    "type": relocation_type(reloc.type),
                    "index": reloc.index,
                    "names": names.target(reloc),
                    "addend": reloc.addend,
                }
            )
    return found


def _patched(module: Module, relocs: Relocs) -> tuple[int | None, str]:
    """Where the contents of the patched section start in the file, and its name."""
    if not 0 <= relocs.target < len(module.sections):
        return None, f"section {relocs.target}"
    section = module.sections[relocs.target]
    return section.contents, section.name
