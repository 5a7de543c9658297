"""Where a symbol is, once everything is laid out: in linear memory, or in a custom section."""

from __future__ import annotations

from wasmscope.link.model import Atom, CustomSection, Layout, Segment, Symbol
from wasmscope.link.strings import merged_offset


class Addresses:
    """Addresses that follow from a layout; each is worked out once."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._known: dict[Symbol, int | None] = {}

    def section_offset(self, symbol: Symbol, offset: int) -> int:
        """Where byte `offset` of an input custom section is in the output's section of that name."""
        target = symbol.target
        if not isinstance(target, Atom) or target not in self.layout.home:
            return offset
        home = self.layout.home[target]
        merge = self.layout.merges.get(target)
        if merge is not None:
            return home.chain[merge.atom].offset + merged_offset(merge, target, offset)
        return home.chain[target].offset + offset

    def of(self, symbol: Symbol) -> int | None:
        """Address of a datum in linear memory, of a thread-local one in its block; None when it is undefined."""
        if symbol not in self._known:
            self._known[symbol] = self._find(symbol)
        return self._known[symbol]

    def _find(self, symbol: Symbol) -> int | None:
        known = self.layout.values.get(symbol)
        if known is not None:
            return known
        atom = symbol.target
        if not symbol.defined or symbol.kind != "data":
            return None
        if not isinstance(atom, Atom):
            return symbol.offset
        home = self.layout.home.get(atom)
        if home is None or isinstance(home, CustomSection):
            return symbol.offset
        merge = self.layout.merges.get(atom)
        base = 0 if symbol.tls else home.address
        if merge is not None:
            return base + home.chain[merge.atom].offset + merged_offset(merge, atom, symbol.offset)
        return base + home.chain[atom].offset + symbol.offset

    def absolute(self, symbol: Symbol) -> int:
        """Address of a datum in linear memory, also of a thread-local one when there is one thread; 0 when
        undefined."""
        value = self.of(symbol) or 0
        home = self.layout.home.get(symbol.target) if isinstance(symbol.target, Atom) else None
        return value + home.address if symbol.tls and isinstance(home, Segment) else value
