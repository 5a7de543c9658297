"""Why a call traps that the link let through: a signature that does not match, or a function that nobody defines."""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.explain.naming import title
from wasmscope.explain.reasons.hints import signatures
from wasmscope.explain.steps import steps
from wasmscope.format.relocs import CALL
from wasmscope.link.mark import STUB_SLOT
from wasmscope.link.model import Atom, Link, Symbol

MISMATCH, WEAK, UNDEFINED, NULL = "signature mismatch", "weak undefined", "undefined", "null address"


class Trap(NamedTuple):
    """Why calls of a symbol trap."""

    kind: str
    """`MISMATCH`, `WEAK`, `UNDEFINED` or `NULL`."""
    reason: str
    """One sentence."""
    details: tuple[str, ...]
    """Of a mismatch: every signature that the name has, who has it, and which of them is right."""
    stub: Atom | None
    """The function that is called instead, and traps; None if the function table has a null there."""


def why_symbol_traps(link: Link, symbol: Symbol) -> Trap | None:
    """Why a direct call of `symbol` traps; None when it does not, as far as the link can know."""
    if symbol.stub and isinstance(symbol.target, Atom):
        prefix = symbol.debug_name.partition(":")[0]
        if prefix == "signature_mismatch":
            details = tuple(signatures(link, symbol.name))
            return Trap(MISMATCH, _wrong(link, symbol), details, symbol.target)
        reason = f"{title(symbol)} is weak and nobody defines it: a call goes to {symbol.debug_name}, which traps"
        return Trap(WEAK, reason, (), symbol.target)
    stub = link.index.undefined_stubs.get(symbol) if link.index is not None else None
    if stub is not None:
        reason = f"{title(symbol)} is undefined, which an option tolerates: a call goes to a stub, which traps"
        return Trap(UNDEFINED, reason, (), stub)
    return None


def _wrong(link: Link, symbol: Symbol) -> str:
    """Whose prototype is wrong: the definition's is right; with none, two files disagree."""
    named = steps(link).symbols.names.get(symbol.name, ())
    defined = next((one for one in named if one.defined and not one.stub), None)
    if defined is not None and defined.file is not None:
        return (
            f"{title(symbol)} is {defined.signature} in {defined.file.name}, which defines it, and is called as "
            f"{symbol.signature} by a file whose prototype is wrong: the call goes to a stub, which traps"
        )
    return f"{title(symbol)} is called as {symbol.signature} by one file, and otherwise by another: the call traps"


def why_traps(link: Link, atom: Atom, row: int) -> Trap | None:
    """Why what relocation `row` of `atom` makes traps when it is called; None when it does not, or makes no call.

    A direct call of a stub traps; so does an indirect call through the address of one, which is null.
    """
    if atom.relocs is None or atom.file is None or link.resolve is None or atom.file not in link.resolve.bindings:
        return None
    type = atom.relocs.types[row]
    if type != CALL and type not in STUB_SLOT:
        return None
    symbol = link.resolve.bindings[atom.file][atom.relocs.indices[row]]
    found = why_symbol_traps(link, symbol)
    if found is None or type == CALL:
        return found
    written = link.relocate.values.get(atom) if link.relocate is not None else None
    if written is not None and written[row - atom.lo] == 0:
        reason = f"{title(symbol)} has no table slot, so its address is 0: an indirect call through it traps"
        return found._replace(kind=NULL, reason=reason, stub=None)
    return None
