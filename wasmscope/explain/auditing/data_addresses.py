"""Where data symbols are in a finished module: in linear memory, or in a thread's own block."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from wasmscope.errors import FormatError
from wasmscope.explain.auditing.linker_values import LinkerValues
from wasmscope.explain.matching.data_references import mentions
from wasmscope.explain.matching.matching import Matching
from wasmscope.format.linking import SEG_TLS
from wasmscope.link.model import Atom, Symbol


class DataAddresses:
    """Addresses in the module of `matching`. An empty list says that one cannot be told."""

    def __init__(self, matching: Matching) -> None:
        self.matching = matching
        self.image = matching.image
        self.linker = LinkerValues(matching)

    def values(self, symbol: Symbol) -> list[int]:
        """What relocations against a data symbol count from; 0 for one that is not defined."""
        if symbol.tls and self.tls_offsets and isinstance(symbol.target, Atom) and symbol.defined:
            return self.in_block(symbol)
        return self.absolute(symbol)

    def nothing(self, symbol: Symbol) -> bool:
        """Whether `symbol` is defined by nobody, the linker included."""
        return not symbol.defined and not self.linker.values(symbol) and not self.linker.knows(symbol)

    def absolute(self, symbol: Symbol) -> list[int]:
        """Addresses of a datum in linear memory."""
        if isinstance(symbol.target, Atom) and symbol.defined:
            address = self.matching.address_of(symbol.target, symbol.offset)
            return [] if address is None else [address]
        values = list(self.linker.values(symbol))
        if values or self.linker.knows(symbol):
            return values
        return [symbol.offset if symbol.defined else 0]

    def in_block(self, symbol: Symbol) -> list[int]:
        """Offsets of a thread-local datum in a thread's block."""
        target, areas = symbol.target, self.image.areas
        home = self.matching.atoms.get(target) if isinstance(target, Atom) else None
        if home is None or not 0 <= home.number < len(areas):
            return []
        return [home.origin + symbol.offset - areas[home.number].start]

    @cached_property
    def tls_offsets(self) -> bool:
        """Whether thread-local symbols are offsets in a thread's block (LLD 19 has addresses in modules of one
        thread): what more sites agree with."""
        matching = self.matching
        local = {one for one in matching.atoms if one.kind == "data" and one.flags & SEG_TLS}
        agreed: Counter[bool] = Counter()
        for atom in matching.atoms if local else ():
            for row, target, offset in mentions(matching, atom, local) if atom.kind != "custom" else ():
                try:
                    value = matching.found(atom, row)
                except FormatError:
                    continue
                home = matching.atoms[target]
                if value is not None and 0 <= home.number < len(self.image.areas):
                    base = value - atom.reloc(row).addend - offset
                    agreed[True] += base == home.origin - self.image.areas[home.number].start
                    agreed[False] += base == home.address
        return agreed[True] >= agreed[False]
