"""Where a symbol is, once everything is laid out: in linear memory, or in a custom section."""

from __future__ import annotations

from bisect import bisect_right

from wasmscope.link.model import Atom, CustomSection, Layout, Segment, Symbol


class Addresses:
    """Addresses that follow from a layout; each is worked out once."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._known: dict[Symbol, int | None] = {}
        self._merged: dict[Atom, tuple[int, list[int], list[int]]] = {}
        self.outside: dict[Atom, None] = {}
        """Merged string sections that were asked for a place past their end: an error in LLD."""

    def section_offset(self, symbol: Symbol, offset: int) -> int:
        """Where byte `offset` of an input custom section is in the output's section of that name."""
        target = symbol.target
        if not isinstance(target, Atom):
            return offset
        if target in self.layout.home:
            return self.in_home(target, offset)
        if target.name in self.layout.merged_customs and offset >= target.size:
            self.outside[target] = None  # empty or stripped, but LLD looks for the string all the same
        return offset

    def in_home(self, atom: Atom, offset: int) -> int:
        """Where byte `offset` of a placed atom is in its output segment or custom section."""
        if atom not in self.layout.merges:
            return self.start(atom) + offset
        start, strings, moves = self.merged(atom)
        if not strings:
            return start + offset
        if offset >= atom.size:
            self.outside[atom] = None
        return start + offset + moves[max(bisect_right(strings, offset) - 1, 0)]

    def start(self, atom: Atom) -> int:
        """Where a placed atom, or the merge of its strings, begins in its output segment or custom section."""
        merge = self.layout.merges.get(atom)
        return self.layout.home[atom].chain.places[atom if merge is None else merge.atom].offset

    def merged(self, atom: Atom) -> tuple[int, list[int], list[int]]:
        """Of an atom whose strings were merged: where the merge begins, where each string was, how far it was moved."""
        known = self._merged.get(atom)
        if known is None:
            merge = self.layout.merges[atom]
            known = self._merged[atom] = self.start(atom), merge.starts[atom], merge.strings.moves(atom)
        return known

    def of(self, symbol: Symbol) -> int | None:
        """Address of a datum in linear memory, of a thread-local one in its block; None when it is undefined."""
        known = self._known.get(symbol, -1)
        if known == -1:
            known = self._known[symbol] = self._find(symbol)
        return known

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
        start = 0 if symbol.tls and self.layout.tls_offsets else home.address
        old = self.layout.old_homes.get(atom)
        return start + (old.address if old is not None else 0) + self.in_home(atom, symbol.offset)

    def absolute(self, symbol: Symbol) -> int:
        """Address of a datum in linear memory, also of a thread-local one when there is one thread; 0 when
        undefined."""
        value = self.of(symbol) or 0
        home = self.layout.home.get(symbol.target) if isinstance(symbol.target, Atom) else None
        if symbol.tls and self.layout.tls_offsets and isinstance(home, Segment):
            return value + home.address
        return value
