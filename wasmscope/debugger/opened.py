"""A link opened for reading: its steps, the names on screen, and the rows of the tables. Made once for each link."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from wasmscope.debugger.cursor import Place, at_step, at_thing
from wasmscope.debugger.lookups import LookUps
from wasmscope.debugger.naming import Naming
from wasmscope.debugger.panes.reloc_table import RelocRows
from wasmscope.debugger.reload import Watched
from wasmscope.explain.reasons.paths import shortest_paths
from wasmscope.explain.steps import Steps, steps
from wasmscope.explain.symbol_counts import symbol_counts
from wasmscope.explain.symbols import Mention
from wasmscope.format.module import Module
from wasmscope.link.load import ARCHIVE_MAGICS
from wasmscope.link.model import Atom, Link, ObjectFile, Symbol


def reread(path: str) -> ObjectFile | None:
    """The file at `path`, read as the object that it should be; None if it is an archive, empty, or cannot be read."""
    try:
        data = Path(path).read_bytes()
    except OSError:
        return None
    if not data or data[:8] in ARCHIVE_MAGICS:
        return None
    module = Module(data, path)
    module.read_all()
    return ObjectFile(path, path, module, -1)


class Opened:
    """`link` and what every view asks about it, looked up on first use."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.steps: Steps = steps(link)
        self.naming = Naming.in_link(link)
        self.renewed: frozenset[Atom | Symbol] = frozenset()
        """What is new, or another than in the link that was looked at before."""
        self.lookups = LookUps()
        self._mentions: dict[Symbol, list[Mention]] = {}

    @cached_property
    def watched(self) -> Watched:
        """What the link was made of, to be looked at on disk."""
        loaded = self.link.load
        return Watched([*loaded.reads, *loaded.members_read] if loaded is not None else ())

    @cached_property
    def refused(self) -> list[ObjectFile]:
        """The named inputs that were not taken: as much of them as can be read."""
        if self.link.failed != "load" or self.link.load is None:
            return []
        taken = {file.path for file in self.link.load.files}
        found = (reread(one.name) for one in self.link.options.inputs if one.name not in taken)
        return [file for file in found if file is not None]

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
    def records(self) -> list[tuple[ObjectFile, int]]:
        """Every record of every object's symbol table, for a link that did not come to bind them."""
        files = [file for file in (self.link.load.files if self.link.load else []) if not file.lazy]
        return [(file, number) for file in files for number in range(len(file.linking.symbols))]

    @cached_property
    def symbol_rows(self) -> dict[Symbol, int]:
        """The row of each symbol."""
        return {symbol: row for row, symbol in enumerate(self.symbols)}

    @cached_property
    def relocations(self) -> RelocRows:
        """The rows of the relocation table."""
        return RelocRows(self.steps)

    def mentions(self, symbol: Symbol) -> list[Mention]:
        """The relocations that name `symbol`. Finding them is a look at every object that knows it: some are kept."""
        found = self._mentions.get(symbol)
        if found is None:
            if len(self._mentions) >= 256:
                self._mentions.clear()
            found = self._mentions[symbol] = list(self.steps.symbols.mentions(symbol))
        return found

    def warm(self) -> Iterator[None]:
        """Build the indexes that the first key would otherwise wait for, one at a time; a worker does this."""
        _ = (self.symbol_rows, self.relocations.positions)
        yield
        yield from self.steps.warm()
        symbol_counts(self.steps)
        yield
        if self.link.mark is not None:
            shortest_paths(self.steps)
            yield
        if self.steps.output is not None:
            self.steps.output.read_all()
            yield


def first_place(opened: Opened) -> Place:
    """Where the reader begins: the end of a link that is whole, the first error of one that failed."""
    steps = opened.steps
    if steps.failures:
        place = at_step(steps, Place(), len(steps) - len(steps.failures) + 1)
        refused = next(iter(opened.refused), None)
        if refused is None:
            return place
        offset = (refused.module.errors[0].offset if refused.module.errors else None) or 0
        return replace(place, file=refused, start=offset, end=offset + 1)
    place = at_step(steps, Place(), len(steps))
    first = opened.link.index.code.first if opened.link.index is not None else None
    return at_thing(steps, place, first.item) if first is not None else place
