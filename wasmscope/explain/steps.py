"""Steps: the rows of a link's phases, numbered from 1 in the order in which they happened.

Nothing is stored per row. A `Steps` knows only how many rows each phase has; step k is made when it is asked for, from
the phase's own result. A failing link ends with one step per diagnostic, so that walking to its end is walking to the
reason.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from wasmscope.errors import Diagnostic
from wasmscope.explain.heads import HEADS, Head
from wasmscope.explain.namesakes import Namesakes
from wasmscope.explain.places import PlaceRows
from wasmscope.explain.relocation_columns import RelocationColumns
from wasmscope.explain.runs import Runs
from wasmscope.explain.sentences import relocation_text, sentence
from wasmscope.explain.symbols import SymbolRows
from wasmscope.explain.touching import rows_of, rows_of_symbol_itself
from wasmscope.explain.touching_many import rows_of_many
from wasmscope.format.module import Module, read
from wasmscope.link.lenient import OUTPUT
from wasmscope.link.model import PHASES, Atom, Link, Symbol
from wasmscope.link.subjects import is_about, parts_of, thing_of

if TYPE_CHECKING:
    from wasmscope.explain.checking.check_steps import FailedCheck
    from wasmscope.explain.memory_image import MemoryImage
    from wasmscope.explain.reasons.dominators import Dominators
    from wasmscope.explain.reasons.graph import Graph
    from wasmscope.explain.symbol_counts import SymbolCounts


RELOCATE = PHASES.index("relocate")
KEPT = 64
"""Things whose steps are kept: a screen asks for those of the same few again and again."""


class Step(NamedTuple):
    """One row of one phase: what happened and why, each in one sentence."""

    number: int
    phase: str
    row: int
    """Row of the phase's result, from 0; a diagnostic's row counts on after the last of them."""
    kind: str
    """What kind of row: "file", "define", "placed", …, "relocation", "section"; a diagnostic's is its severity."""
    subject: object
    """What it is about: a symbol, atom, entity, file, segment, (atom, relocation row), …"""
    text: str
    why: str


START = Step(
    0, PHASES[0], -1, "start", None, "nothing has happened yet", "a link begins with the files that it is given"
)


class Steps:
    """All steps of `link`: `len()` of them, `steps[k]` for k from 1 (0 is "nothing has happened"), iteration from 1.

    `ranges` holds (phase, first step, end step) for all seven phases; one that was not reached is empty. The state "at"
    N has steps 1 to N behind it.
    """

    def __init__(self, link: Link) -> None:
        self.link = link
        self.symbols = SymbolRows(link)
        self.places = PlaceRows(link)
        self.relocations = RelocationColumns(link, self.symbols)
        self.runs = Runs(link, self.symbols.load_first)
        self.namesakes = Namesakes(link, self.symbols)
        self.shortest: tuple[list[int], list[int]] | None = None
        """What `paths.shortest_paths` found."""
        self.graph: Graph | None = None
        """What `graph.graph` built."""
        self.dominators: Dominators | None = None
        """What `dominators.dominators` found."""
        self.image: MemoryImage | None = None
        """What `memory_image.memory_image` made."""
        self.symbol_counts: SymbolCounts | None = None
        """What `symbol_counts.symbol_counts` counted."""
        self.failed_checks: list[FailedCheck] | None = None
        """What `check_steps.failed_checks` found."""
        self._of: dict[int, tuple[object, list[int]]] = {}
        """Things asked for lately, by their identity, and the steps that touch them."""
        self.rows = self._count_rows()
        self.ends = list(accumulate(self.rows, initial=0))
        """`ends[p]` is the number of the last step before phase p."""
        self.ranges = [(phase, self.ends[p] + 1, self.ends[p + 1] + 1) for p, phase in enumerate(PHASES)]

    def _count_rows(self) -> list[int]:
        link = self.link
        counts = [
            self.symbols.load_first[-1],
            len(link.resolve.events) if link.resolve else 0,
            len(link.mark.why) if link.mark else 0,
            len(link.layout.rows) if link.layout else 0,
            len(link.index.rows) if link.index else 0,
            link.relocate.first[-1] if link.relocate else 0,
            len(link.emit.sections) if link.emit else 0,
        ]
        self.own_rows = tuple(counts)
        """How many rows each phase's result has, diagnostics not counted."""
        if self.failures:
            counts[self.last_phase] += len(self.failures)
        return counts

    @cached_property
    def output(self) -> Module | None:
        """The output, read as a module; None if the link did not come to emit it. Kept: a large one takes long to read,
        and as long to forget, which no other thread can interrupt."""
        emitted = self.link.emit
        return read(emitted.data, self.link.options.output or OUTPUT) if emitted is not None else None

    @cached_property
    def last_phase(self) -> int:
        """The position of the last phase that has a result: a failing link's diagnostics are its last steps."""
        return max((p for p, phase in enumerate(PHASES) if getattr(self.link, phase) is not None), default=0)

    @cached_property
    def failures(self) -> list[Diagnostic]:
        """Of a failing link, the diagnostics of the phase that failed and of what still ran after it."""
        link = self.link
        results = [getattr(link, phase) for phase in PHASES[PHASES.index(link.failed) :]] if link.failed else []
        return [one for result in results if result is not None for one in result.diagnostics]

    def __len__(self) -> int:
        return self.ends[-1]

    def __iter__(self) -> Iterator[Step]:
        return (self[number] for number in range(1, len(self) + 1))

    def __getitem__(self, number: int) -> Step:
        """Step `number`. Raises IndexError outside 0 to len()."""
        if number == 0:
            return START
        phase, row = self.locate(number)
        own = self.own_rows[PHASES.index(phase)]
        if row >= own:
            found = self.failures[row - own]
            from wasmscope.explain.reasons.hints import hints  # only a failing link needs them

            # a sentence; some notes are rows of columns
            notes = (" ".join(one.split()) for one in (*found.notes, *hints(self.link, found)))
            text, why = found.text.replace("\n>>> ", "; "), "; ".join(notes) or _STOPS[found.severity]
            return Step(number, phase, row, *self.head(number), text, why)
        return Step(number, phase, row, *self.head(number), *sentence(self, phase, row))

    def text(self, number: int) -> str:
        """The `text` of step `number`; of a relocation without working out the reason. Raises IndexError."""
        if number == 0:
            return START.text
        phase, row = self._position(number)
        if row >= self.own_rows[phase]:
            return self[number].text
        if phase == RELOCATE:
            return relocation_text(self, self.places.relocation_at(row))
        return sentence(self, PHASES[phase], row)[0]

    def about(self, number: int) -> object:
        """What step `number` is about: its `subject`, without the sentences. Raises IndexError."""
        return self.head(number)[1]

    def head(self, number: int) -> Head:
        """The `kind` and the `subject` of step `number`, without the sentences. Raises IndexError."""
        phase, row = self._position(number)
        if row < self.own_rows[phase]:
            return HEADS[phase](self, row)
        found = self.failures[row - self.own_rows[phase]]
        return found.severity, thing_of(found.subject) or found

    def locate(self, number: int) -> tuple[str, int]:
        """The phase and the row of step `number` (from 1). Raises IndexError."""
        phase, row = self._position(number)
        return PHASES[phase], row

    def _position(self, number: int) -> tuple[int, int]:
        ends = self.ends
        if not 0 < number <= ends[-1]:
            raise IndexError(f"step {number} of {ends[-1]}")
        phase = bisect_left(ends, number) - 1
        return phase, number - 1 - ends[phase]

    def run(self, number: int) -> tuple[int, int]:
        """The first and the last step of the run that step `number` is in. Raises IndexError."""
        phase, row = self.locate(number)
        first, end = self.runs.around(phase, row, self.own_rows[PHASES.index(phase)])
        return number - row + first, number - row + end - 1

    def number(self, phase: str, row: int) -> int:
        """The number of the step that is `row` of `phase`."""
        return self.ends[PHASES.index(phase)] + row + 1

    def warm(self) -> Iterator[None]:
        """Build every reverse index, so that no later question has to: one at a time, for who can wait in between."""
        for rows, name in self._indexes():
            getattr(rows, name)
            yield

    def forget(self) -> None:
        """Let go of the reverse indexes and the output, one after the other; asked for again they are made again."""
        for rows, name in self._indexes():
            vars(rows).pop(name, None)
        vars(self).pop("output", None)

    def _indexes(self) -> Iterator[tuple[object, str]]:
        """Every reverse index, by its owner and its name."""
        for rows in (self.symbols, self.places, self.relocations, self.runs, self.namesakes):
            for name, attribute in vars(type(rows)).items():
                if isinstance(attribute, cached_property):
                    yield rows, name

    def of(self, thing: object) -> list[int]:
        """Numbers, in order, of the steps that touch a symbol, atom, entity, file, (atom, relocation row), …"""
        known = self._of.get(id(thing))
        if known is None or known[0] is not thing:
            if len(self._of) >= KEPT:
                self._of.clear()
            known = self._of[id(thing)] = thing, self._touching(thing)
        return known[1]

    def _touching(self, thing: object) -> list[int]:
        firsts = {phase: self.number(phase, 0) for phase in PHASES}
        numbers = {firsts[phase] + row for phase, row in rows_of(self.link, self.symbols, self.places, thing)}
        failures = self._failures(lambda one: thing is not None and (one is thing or is_about(one.subject, thing)))
        return sorted(numbers.union(failures))

    def of_many(self, wanted: Collection[Symbol | Atom]) -> list[int]:
        """Numbers, in order, of the steps that touch any of `wanted`: what `of` says of each, in one pass for all."""
        numbers: list[int] = []
        known = frozenset(map(id, wanted))
        for phase, rows in rows_of_many(self.link, self.symbols, self.places, self.relocations, wanted):
            first = self.number(phase, 0)
            numbers += [first + row for row in sorted(rows)]
        return numbers + self._failures(lambda one: not known.isdisjoint(map(id, parts_of(one.subject))))

    def of_symbol_itself(self, symbol: Symbol) -> list[int]:
        """Numbers, in order, of the steps that touch `symbol` or what it stands for; not the relocations that name
        it, nor diagnostics."""
        return sorted({self.number(*one) for one in rows_of_symbol_itself(self.symbols, self.places, symbol)})

    def _failures(self, about: Callable[[Diagnostic], bool]) -> list[int]:
        """The steps, in order, that are diagnostics of which `about` is true."""
        first = len(self) - len(self.failures) + 1
        return [first + i for i, one in enumerate(self.failures) if about(one)]


_STOPS = {
    "error": "an error ends the link after this phase",
    "warning": "a warning lets the link go on",
    "note": "a note only",
}

_KEPT = 3
"""Links whose steps are remembered."""
_recent: list[Steps] = []


def steps(link: Link) -> Steps:
    """The steps of `link`; asked again for the same link, the same object with what it has looked up so far.

    The last few links are remembered (by identity), so that their reverse indexes are built once.
    """
    for position, known in enumerate(_recent):
        if known.link is link:
            if position:
                _recent.insert(0, _recent.pop(position))
            return known
    _recent.insert(0, Steps(link))
    del _recent[_KEPT:]
    return _recent[0]


def make_room() -> None:
    """Forget the oldest of the links that are remembered, if another one would take its place.

    A large link is freed in half a second, and meanwhile no thread goes on: so it is let go of part by part, before
    that. Whoever still holds it loses nothing but what was looked up.
    """
    while len(_recent) >= _KEPT:
        oldest = _recent.pop()
        parts = [getattr(oldest.link, phase) for phase in PHASES]
        oldest.forget()
        del oldest
        while parts:
            parts.pop()
