"""The state of a link at a step: what every symbol, atom, relocation and section is once the first N steps are done.

A state holds seven counts, how many rows of each phase are done, and nothing else: a question finds the rows about its
thing in the reverse indexes and looks which of them are done. So a step back costs what a step forward costs, and so
does a jump.
"""

from __future__ import annotations

from bisect import bisect_left

from wasmscope.explain.naming import site_width
from wasmscope.explain.reasons.terms import Term, slot_terms, value_terms
from wasmscope.explain.standing import (
    AtomState,
    ChainState,
    Count,
    EntityState,
    RelocationState,
    SymbolState,
)
from wasmscope.explain.steps import Steps, steps
from wasmscope.explain.symbol_counts import symbol_counts
from wasmscope.explain.unmet import marked_step, settled
from wasmscope.format.relocs import RELOC_TYPES, encode
from wasmscope.link.chain import Chain, Placed
from wasmscope.link.model import (
    PHASES,
    Atom,
    Entity,
    Kept,
    Link,
    ObjectFile,
    OutputSection,
    Piece,
    Segment,
    Symbol,
)

__all__ = [
    "AtomState", "ChainState", "Count", "EntityState", "RelocationState", "State", "SymbolState", "state",
]  # fmt: skip

Bytes = bytes
"""The type, where the method of `State` hides its name."""

LOAD, RESOLVE, MARK, LAYOUT, INDEX, RELOCATE, EMIT = range(7)


class State:
    """The state of `steps.link` after the first `at` steps. Make it with `state()`."""

    __slots__ = ("at", "done", "link", "places", "rows", "steps")

    def __init__(self, steps: Steps, at: int) -> None:
        self.steps = steps
        self.link = steps.link
        self.rows = steps.symbols
        self.places = steps.places
        self.at = min(max(at, 0), len(steps))
        ends = steps.ends
        self.done = tuple(min(max(self.at - ends[p], 0), rows) for p, rows in enumerate(steps.own_rows))
        """Rows done of each phase, diagnostics not counted."""

    @property
    def phase(self) -> str:
        """The phase of the last step that happened (the first phase at 0)."""
        return self.steps.locate(self.at)[0] if self.at else PHASES[0]

    def counts(self) -> list[Count]:
        """How far every phase is."""
        ends = self.steps.ends
        rows = self.steps.rows
        return [Count(phase, min(max(self.at - ends[p], 0), rows[p]), rows[p]) for p, phase in enumerate(PHASES)]

    def _is_done(self, phase: int, row: int | None) -> bool:
        return row is not None and row < self.done[phase]

    # --- resolve ---

    @property
    def undefined(self) -> int:
        """How many global symbols are undefined now, as `standing` says it: weak ones may be, and are not counted."""
        return symbol_counts(self.steps).undefined.at(self.at)

    @property
    def symbols(self) -> int:
        """How many global symbols have been met: those are the first of `Resolution.symbols`."""
        return symbol_counts(self.steps).met.at(self.at)

    def file(self, file: ObjectFile) -> str:
        """What a file is now: "" (not read), "read", "lazy" (waits to be asked for) or "linked"."""
        position = self.rows.files.get(file)
        if position is None or not self._is_done(LOAD, self.rows.load_first[position]):
            return ""
        if self._joined(file):
            return "linked"
        return "lazy" if file.lazy else "read"

    def _joined(self, file: ObjectFile | None) -> bool:
        return file is None or self._is_done(RESOLVE, self.rows.joined.get(file))

    def symbol(self, symbol: Symbol) -> SymbolState:
        """What `symbol` is now."""
        rows = self.rows.events_of.get(symbol)
        live = self._live(symbol, symbol.target)
        value, slot = self._value(symbol)
        if rows is None:  # a local symbol: it is what it is as soon as its file joins
            state = symbol.state if self._joined(symbol.file) else ""
            return SymbolState(
                state, symbol.file if state else None, symbol.record if state else -1, 0, None, live, value, slot
            )
        so_far = bisect_left(rows, self.done[RESOLVE])
        if not so_far:
            return SymbolState("", None, -1, 0, None, live, value, slot)
        events = self.rows.events
        holders = self.rows.holders_of.get(symbol, [])
        held = bisect_left(holders, self.done[RESOLVE])
        holder = events[holders[held - 1]] if held else None
        last = events[rows[so_far - 1]]
        file, record = (holder.file, holder.record) if holder else (None, -1)
        return SymbolState(last.state, file, record, so_far, last, live, value, slot)

    def standing(self, symbol: Symbol) -> str:
        """What has become of `symbol`: its state, or "imported" or "tolerated" once it is (see `unmet.settled`), or
        "dropped" once all that is kept is known; "" when not met yet."""
        now = self.symbol(symbol)
        became = settled(self.steps, symbol) if now.state.endswith("undefined") else None
        if became is not None and self.at >= became[1]:
            return became[0]
        if now.state in ("", "lazy") or now.live is not None or symbol.kind == "section":
            return now.state
        if symbol.target in self.places.made:
            return now.state
        marked = marked_step(self.steps)
        return "dropped" if marked is not None and self.at >= marked else now.state

    def _value(self, symbol: Symbol) -> tuple[int | None, int | None]:
        return self._sum(value_terms(self.steps, symbol)), self._sum(slot_terms(self.steps, symbol))

    def _sum(self, terms: list[Term]) -> int | None:
        """What `terms` add up to, once the steps that fix them are all done."""
        if not terms or any(term.step > self.at for term in terms):
            return None
        return sum(term.value for term in terms)

    # --- mark, layout, index ---

    def _live(self, *things: Atom | Entity | Symbol | None) -> Kept | None:
        for thing in things:
            row = self.rows.kept_row.get(thing) if thing is not None else None
            if row is not None and row < self.done[MARK]:
                return self.rows.kept[row][1]
            late = self.places.made.get(thing) if row is None and thing is not None else None
            if late is not None and self._is_done(INDEX, self.places.numbered.get(thing, (None,))[0]):
                return late
        return None

    def atom(self, atom: Atom) -> AtomState:
        """What `atom` is now."""
        placed, home = self.place(atom), None
        if placed is not None and atom.kind != "function" and self.link.layout is not None:
            home = self.link.layout.home.get(atom)
        return AtomState(
            known=self._is_done(LOAD, self.rows.section_row(atom)) if atom.file else bool(self._live(atom) or placed),
            joined=self._joined(atom.file),
            discarded=self._is_done(RESOLVE, self.rows.dropped_row(atom)),
            live=self._live(atom),
            placed=placed,
            home=home,
            address=self._address(home, placed),
            number=self._number("function", atom) if atom.kind == "function" else None,
            patched=self.patched(atom),
            relocations=len(self.places.patch_rows(atom)),
            output=self.output(atom),
        )

    def place(self, atom: Atom) -> Placed[Atom] | None:
        """Its place in its chain, once it has one."""
        if atom.kind == "function":
            number = self._number("function", atom)
            return self.link.index.code.places.get(atom) if number is not None and self.link.index else None
        found = self.places.placed.get(atom)
        return found[1] if found is not None and found[0] < self.done[LAYOUT] else None

    def _address(self, home: object, placed: Placed[Atom] | None) -> int | None:
        if (
            placed is None
            or not isinstance(home, Segment)
            or not self._is_done(LAYOUT, self.places.segment_row.get(home))
        ):
            return None
        return home.address + placed.offset

    def _number(self, what: str, thing: object) -> int | None:
        if not self.done[INDEX] or self.link.index is None:
            return None
        row = self.places.number_row(what, thing)
        return self.link.index.rows[row][2] if row is not None and row < self.done[INDEX] else None

    def entity(self, entity: Entity) -> EntityState:
        """What a global, table or tag is now."""
        return EntityState(self._joined(entity.file), self._live(entity), self._number(entity.kind, entity))

    def chain(self, chain: Chain[Atom]) -> ChainState:
        """How much of a chain stands."""
        rows = self.places.placed_rows.get(id(chain), [])
        phase = INDEX if self.link.index is not None and chain is self.link.index.code else LAYOUT
        so_far = bisect_left(rows, self.done[phase])
        last = self.places.placed_at(chain, so_far - 1)
        return ChainState(
            so_far, len(rows), last, self.places.placed_at(chain, so_far), last.end if last else chain.start
        )

    def segment_address(self, segment: Segment) -> int | None:
        """Where an output segment starts in linear memory, once decided."""
        return segment.address if self._is_done(LAYOUT, self.places.segment_row.get(segment)) else None

    # --- relocate, emit ---

    def patched(self, atom: Atom) -> int:
        """How many of the relocations of `atom` have been applied."""
        rows = self.places.patch_rows(atom)
        return min(max(self.done[RELOCATE] - rows.start, 0), len(rows))

    def relocation(self, atom: Atom, row: int) -> RelocationState:
        """What relocation `row` of `atom`'s section is now."""
        before = self.places.before(atom, row)
        position = self.places.relocation_row(atom, row)
        relocated = self.link.relocate
        if position is None or relocated is None:
            return RelocationState(False, None, before, None)
        patched = position < self.done[RELOCATE]
        after = self.places.after(atom, row) if patched else None
        return RelocationState(patched, relocated.values[atom][row - atom.lo], before, after)

    def bytes(self, atom: Atom) -> Bytes:
        """The bytes of `atom` now: as read, with the sites patched whose relocations are done.

        A linker-made atom has none before the phase that makes them is over.
        """
        before = self._made(atom)
        patched = self.patched(atom)
        if self.link.relocate is not None and atom.lo == atom.hi and self.places.shrunk(atom) is not None:
            over = self.done[RELOCATE] == self.steps.own_rows[RELOCATE]
            return self.link.relocate.bytes[atom] if over else before  # only its size field is written anew
        if not patched or self.link.relocate is None or atom.relocs is None:
            return before
        after = self.link.relocate.bytes[atom]
        if patched == atom.hi - atom.lo:
            return after
        shrunk = self.places.shrunk(atom)
        if shrunk is not None:
            return shrunk.partly(before, after, patched)
        # Sites are in order: up to the next one everything is done, from there on nothing is.
        border = atom.lo + patched
        cut = atom.site(border)
        mixed = after[:cut] + before[cut:]
        return self._overlay(mixed, atom, border, cut)

    def _overlay(self, mixed: Bytes, atom: Atom, border: int, cut: int) -> Bytes:
        """Put back what done sites wrote past `cut`, where a site overlaps the next one (no compiler makes such)."""
        assert self.link.relocate is not None
        assert atom.relocs is not None
        for row in range(max(atom.lo, border - 2), border):
            site = atom.site(row)
            if site + site_width(atom, row) > cut:
                written = encode(RELOC_TYPES[atom.relocs.types[row]], self.link.relocate.values[atom][row - atom.lo])
                mixed = mixed[:site] + written + mixed[site + len(written) :]
        return mixed

    def _made(self, atom: Atom) -> Bytes:
        if atom.file is None:
            ready = self.place(atom) is not None and (
                atom.kind != "function" or self.done[INDEX] == self.steps.own_rows[INDEX]
            )
            return self.places.original(atom) if ready else b""
        return self.places.original(atom)

    def output(self, atom: Atom) -> Piece | None:
        """Its run of output bytes, once its section is emitted."""
        if not self.done[EMIT]:
            return None
        found = self.places.pieces.get(atom)
        return found[1] if found is not None and found[0] < self.done[EMIT] else None

    def section(self, section: OutputSection) -> bool:
        """Whether an output section is emitted."""
        assert self.link.emit is not None
        return self._is_done(EMIT, self.link.emit.sections.index(section))


def state(link: Link, at: int) -> State:
    """The state of `link` when its first `at` steps have happened (0: none; past the end: all)."""
    return State(steps(link), at)
