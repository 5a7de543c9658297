"""A slow replay of a link, for comparison: it applies row after row and keeps everything, in the plainest way."""

from __future__ import annotations

from wasmscope.format.relocs import RELOC_TYPES, encode
from wasmscope.link.model import Atom, CustomSection, Entity, Link, ObjectFile, Segment, Symbol

PASSING = ("refer", "keep", "discard", "export", "import", "extract", "wrap", "add")
"""Events that do not change who stands for a symbol."""


class Replay:
    """What a link is after the rows that were applied."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.files: dict[ObjectFile, str] = {}
        self.symbols: dict[Symbol, list[object]] = {}
        self.live: dict[object, object] = {}
        self.offsets: dict[Atom, int] = {}
        self.addresses: dict[Segment, int] = {}
        self.numbers: dict[tuple[str, object], int] = {}
        self.bytes: dict[Atom, bytearray] = {}
        self.patched: dict[Atom, int] = {}
        self.emitted = 0
        self.rows = self._rows()

    def _rows(self) -> list[tuple[str, object]]:
        link, rows = self.link, []
        for file in link.load.files:
            rows.append(("file", file))
            rows += [("section", None) for _ in file.module.sections]
        for phase, found in (
            ("event", link.resolve and link.resolve.events),
            ("kept", link.mark and link.mark.why.items()),
            ("layout", link.layout and link.layout.rows),
            ("number", link.index and link.index.rows),
        ):
            rows += [(phase, one) for one in found or ()]
        for atom in link.relocate.atoms if link.relocate else ():
            rows += [("patch", (atom, row)) for row in range(atom.lo, atom.hi)]
        rows += [("emit", one) for one in (link.emit.sections if link.emit else ())]
        return rows

    def step(self, number: int) -> None:
        """Apply the row of step `number`; one that is no row is a diagnostic, which changes nothing."""
        if number <= len(self.rows):
            kind, what = self.rows[number - 1]
            getattr(self, "_" + kind)(what)

    def _file(self, file: ObjectFile) -> None:
        self.files[file] = "lazy" if file.lazy else "read"

    def _section(self, section: None) -> None:
        pass

    def _event(self, event) -> None:
        if event.kind == "add":
            self.files[event.file] = "linked"
        if event.symbol is None:
            return
        now = self.symbols.setdefault(event.symbol, ["", None, -1, 0])
        now[0] = event.state
        now[3] += 1
        if event.kind not in PASSING:
            now[1:3] = [event.file, event.record]

    def _kept(self, item: tuple[object, object]) -> None:
        self.live[item[0]] = item[1]

    def _layout(self, row: tuple[str, object, object]) -> None:
        what, thing, part = row
        if what == "placed":
            assert isinstance(thing, Segment | CustomSection)
            self.offsets[part.item] = part.offset
        elif what == "segment":
            self.addresses[thing] = thing.address

    def _number(self, row: tuple[str, object, int]) -> None:
        what, thing, number = row
        self.numbers[what, thing] = number

    def _patch(self, site: tuple[Atom, int]) -> None:
        atom, row = site
        data = self.bytes.setdefault(atom, bytearray(atom.data))
        self.patched[atom] = self.patched.get(atom, 0) + 1
        value = self.link.relocate.values[atom][row - atom.lo]
        new = encode(RELOC_TYPES[atom.relocs.types[row]], value)
        at = atom.relocs.offsets[row] + atom.base - atom.start
        data[at : at + len(new)] = new

    def _emit(self, section: object) -> None:
        self.emitted += 1

    # --- what it says ---------------------------------------------------------------------------------------

    def facts(self, thing: object) -> object:
        """What is known of a thing, in the form of `facts_of_state`."""
        if isinstance(thing, ObjectFile):
            return self.files.get(thing, "")
        if isinstance(thing, Symbol):
            state, file, record, events = self.symbols.get(thing, ["", None, -1, 0])
            if thing.number < 0 and not events and self.files.get(thing.file) == "linked":
                state, file, record = thing.state, thing.file, thing.record
            return state, file, record, events
        if isinstance(thing, Entity):
            return self.live.get(thing), self.numbers.get((thing.kind, thing))
        assert isinstance(thing, Atom)
        return (
            self.live.get(thing),
            self.numbers.get(("function", thing)),
            self.offsets.get(thing),
            self._address(thing),
            bytes(self.bytes.get(thing, thing.data)),
            self.patched.get(thing, 0),
        )

    def _address(self, atom: Atom) -> int | None:
        home = self.link.layout.home.get(atom) if self.link.layout else None
        if home not in self.addresses or atom not in self.offsets:
            return None
        return self.addresses[home] + self.offsets[atom]
