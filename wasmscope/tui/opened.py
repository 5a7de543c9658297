"""A link opened for reading: its steps, the names on screen, and the rows of the tables. Made once for each link."""

from __future__ import annotations

from functools import cached_property

from wasmscope.explain.steps import Steps, steps
from wasmscope.explain.why import shortest_paths
from wasmscope.link.model import Link, Symbol
from wasmscope.tui.naming import Naming
from wasmscope.tui.reloc_table import RelocRows


class Opened:
    """`link` and what every view asks about it, looked up on first use."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.steps: Steps = steps(link)
        self.naming = Naming(link)

    @cached_property
    def symbols(self) -> list[Symbol]:
        """Global symbols in the order of first mention, then each object's own."""
        resolve = self.link.resolve
        if resolve is None:
            return []
        found = dict.fromkeys(resolve.symbols)
        for bound in resolve.bindings.values():
            found.update(dict.fromkeys(bound))
        return list(found)

    @cached_property
    def symbol_rows(self) -> dict[Symbol, int]:
        """The row of each symbol."""
        return {symbol: row for row, symbol in enumerate(self.symbols)}

    @cached_property
    def relocations(self) -> RelocRows:
        """The rows of the relocation table."""
        return RelocRows(self.steps)

    def warm(self) -> None:
        """Build the indexes that the first key would otherwise wait for; a worker does this for large links."""
        found = self.steps
        _ = (
            self.symbol_rows,
            self.relocations,
            found.symbols.symbols_at,
            found.symbols.events_of,
            found.symbols.kept_row,
        )
        if self.link.resolve is not None:
            _ = found.symbols.undefined_after
        if self.link.mark is not None:
            shortest_paths(found)
        if self.link.layout is not None:
            _ = found.places.placed_rows
        if self.link.index is not None:
            _ = found.places.numbered
        if self.link.emit is not None:
            _ = found.places.pieces
