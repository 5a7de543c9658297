"""What becomes of a symbol that nobody defines: it is imported, tolerated, or dropped; or wasm-ld complains of it.

What options, lists and stub libraries permit is decided by the linker (`link.scan`), and read here from what it said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wasmscope.explain.reasons.terms import value_terms
from wasmscope.format.types import GLOBAL
from wasmscope.link.model import PHASES, Symbol

if TYPE_CHECKING:
    from wasmscope.explain.steps import Steps

MARK, INDEX = PHASES.index("mark"), PHASES.index("index")


def settled(found: Steps, symbol: Symbol) -> tuple[str, int] | None:
    """What becomes of a symbol that resolve left undefined, and the step from which on: "imported" (the host defines
    it, or its address) or "tolerated" (an option lets it be 0 or a function that traps; a weak one may always, and is
    never called so). None while neither happens: wasm-ld complains, the symbol is dropped, or the link did not come to
    it."""
    numbering = found.link.index
    if numbering is None or symbol.target is not None:
        return None
    terms = value_terms(found, symbol)
    step = max((term.step for term in terms), default=found.ends[INDEX] + found.own_rows[INDEX])
    if symbol in numbering.imported:
        return "imported", step
    if symbol in found.symbols.complained_of:
        return None
    if symbol in numbering.got_imports:
        return "imported", found.number("index", found.places.import_row[GLOBAL, numbering.got_imports[symbol]])
    left = symbol.weak or found.link.options.relocatable or symbol not in found.symbols.kept_row
    return None if left else ("tolerated", step)


def marked_step(found: Steps) -> int | None:
    """The step after which nothing else is kept; None if the link did not come to it."""
    return found.ends[MARK] + found.own_rows[MARK] if found.link.mark is not None else None
