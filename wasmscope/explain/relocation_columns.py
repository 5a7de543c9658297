"""The rows of phase relocate as columns: the type of each, and the symbol that it names, for questions about many."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import compress

from wasmscope.explain.naming import names_symbol
from wasmscope.explain.symbols import SymbolRows
from wasmscope.format.reloc_section import Relocs
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.link.model import Atom, Link, ObjectFile, Symbol

NONE = -1
"""In a column: there is none."""


class RelocationColumns:
    """Entry k of a column is of row k of phase relocate. Each is built in one pass on first use."""

    def __init__(self, link: Link, symbols: SymbolRows) -> None:
        self.link = link
        self._symbols = symbols

    @cached_property
    def types(self) -> array[int]:
        """The relocation type; NONE where an atom that the linker made has no relocation of an object."""
        return self._column(lambda atom, relocs: relocs.types)

    @cached_property
    def symbols(self) -> array[int]:
        """The number (`SymbolRows.numbers`) of the symbol that it names; NONE where it names a type."""
        known: dict[int, list[int]] = {}

        def numbers(atom: Atom, relocs: Relocs) -> list[int]:
            if id(relocs) not in known:
                known[id(relocs)] = self._named(atom.file, relocs)
            return known[id(relocs)]

        return self._column(numbers)

    def _named(self, file: ObjectFile | None, relocs: Relocs) -> list[int]:
        """For each relocation of a section the number of the symbol that it names."""
        resolve, numbers = self.link.resolve, self._symbols.numbers
        bound = [numbers[one] for one in resolve.bindings.get(file, ())] if resolve is not None and file else []
        return [
            bound[index] if names_symbol(type) and index < len(bound) else NONE
            for type, index in zip(relocs.types, relocs.indices, strict=True)
        ]

    def _column(self, values: Callable[[Atom, Relocs], list[int]]) -> array[int]:
        found: list[int] = []
        relocated = self.link.relocate
        for atom, end in zip(relocated.atoms, relocated.first[1:], strict=True) if relocated is not None else ():
            if atom.relocs is not None:
                found += values(atom, atom.relocs)[atom.lo : atom.hi]
            found += [NONE] * (end - len(found))
        return array("i", found)

    def of_types(self, wanted: Iterable[int]) -> list[int]:
        """The rows, in order, of relocations of one of these types."""
        return _rows(self.types, len(RELOC_TYPES), wanted)

    def naming(self, wanted: Iterable[Symbol]) -> list[int]:
        """The rows, in order, of relocations that name one of these symbols."""
        numbers = self._symbols.numbers
        return _rows(self.symbols, len(numbers), (numbers[one] for one in wanted if one in numbers))


def _rows(column: array[int], size: int, wanted: Iterable[int]) -> list[int]:
    """The entries of `column`, of numbers below `size`, that hold one of `wanted`."""
    chosen = bytearray(size + 1)  # the last stays 0: NONE finds it
    for one in wanted:
        chosen[one] = 1
    return list(compress(range(len(column)), map(chosen.__getitem__, column)))
