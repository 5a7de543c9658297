"""How many symbols have been met at a step, and how many of them are undefined: `State.standing` counted over all.

Resolve decides; a name that it left undefined is not any more once it is dropped (nothing that is kept needs it),
imported (the host defines it) or tolerated (an option lets it be). A weak one may stay without a definition, and is not
counted. So those that are left at the end are those of which wasm-ld complains.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from wasmscope.explain.unmet import marked_step, settled
from wasmscope.link.model import PHASES, Symbol

if TYPE_CHECKING:
    from wasmscope.explain.steps import Steps

RESOLVE = PHASES.index("resolve")


class Counts(NamedTuple):
    """A number that some steps change."""

    steps: Sequence[int]
    """Those that do, in order."""
    values: Sequence[int]
    """What it is before the first of them, and after each."""

    def at(self, step: int) -> int:
        """What it is once the first `step` steps are done."""
        return self.values[bisect_right(self.steps, step)]


class SymbolCounts(NamedTuple):
    """Global symbols of a link, counted by step."""

    met: Counts
    undefined: Counts


def symbol_counts(found: Steps) -> SymbolCounts:
    """The counts of a link, made once for each."""
    if found.symbol_counts is None:
        found.symbol_counts = _counted(found)
    return found.symbol_counts


def _counted(found: Steps) -> SymbolCounts:
    met: list[tuple[int, int]] = []
    undefined: list[tuple[int, int]] = []
    is_undefined: dict[Symbol, bool] = {}
    for step, event in enumerate(found.symbols.events, found.ends[RESOLVE] + 1):
        symbol, now = event.symbol, event.state == "undefined"
        if symbol is None or not event.state:
            continue
        if symbol not in is_undefined:
            met.append((step, 1))
        if now != is_undefined.get(symbol, False):
            undefined.append((step, 1 if now else -1))
        is_undefined[symbol] = now
    ends = (_end(found, symbol) for symbol, now in is_undefined.items() if now)
    return SymbolCounts(_counts(met), _counts([*undefined, *((step, -1) for step in ends if step is not None)]))


def _end(found: Steps, symbol: Symbol) -> int | None:
    """The step from which on a symbol that resolve left undefined is so no more; None if it always is."""
    became = settled(found, symbol)
    marked = marked_step(found)
    kept = found.symbols.kept_row
    dropped = [marked] if marked is not None and symbol not in kept and symbol.target not in kept else []
    return min([became[1], *dropped] if became is not None else dropped, default=None)


def _counts(changes: Iterable[tuple[int, int]]) -> Counts:
    """The number that each of `changes` (a step, and by how much) makes another, from 0 on."""
    by_step: dict[int, int] = {}
    for step, change in sorted(changes):
        by_step[step] = by_step.get(step, 0) + change
    steps = [step for step, change in by_step.items() if change]
    return Counts(steps, list(accumulate((by_step[step] for step in steps), initial=0)))
