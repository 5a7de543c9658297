"""Why a symbol is exported, imported or in the function table; and why it is not exported, if it could be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from wasmscope.explain.made import made_roots
from wasmscope.explain.naming import file_title
from wasmscope.explain.steps import Steps, steps
from wasmscope.explain.symbols import Mention
from wasmscope.format.relocs import TABLE_INDEX
from wasmscope.format.types import KIND_NAMES
from wasmscope.link.exports import only_by_name
from wasmscope.link.model import Atom, ExportEntry, ImportEntry, Link, Symbol, slot_key
from wasmscope.link.scan import GLOBAL_INDEX


class Listing(NamedTuple):
    """An entry of the output's import or export section."""

    name: str
    """The name that the host sees; an import's with its module, as "env.f"."""
    kind: str
    number: int
    """Its number in its kind's index space."""
    why: str
    step: int


class Slot(NamedTuple):
    """A slot of the function table."""

    number: int
    takers: tuple[Mention, ...]
    """The relocations of the output that take the function's address, the one that the slot was given for first; none
    if only a GOT entry holds it."""
    step: int


def why_exported(link: Link, symbol: Symbol) -> list[Listing]:
    """The exports that stand for `symbol` or an alias of it, or for the wrapper around it; empty if there is none."""
    if link.index is None:
        return []
    found, listed = steps(link), []
    for one in _entries(found, symbol):
        step = _step(found, one)
        listed.append(Listing(one.export.name, KIND_NAMES[one.export.kind], one.export.index, _why(link, one), step))
    return listed


def _entries(found: Steps, symbol: Symbol) -> Iterable[ExportEntry]:
    """The exports of `symbol`, each once, in their order."""
    keys = [symbol] if symbol.kind == "data" or symbol.target is None else [symbol, symbol.target]
    entries = {one: None for key in keys for one in found.places.exports_of.get(key, ())}
    return sorted(entries, key=lambda one: found.places.numbered[one][0])


def _why(link: Link, one: ExportEntry) -> str:
    assert link.index is not None
    target = one.symbol.target if one.symbol is not None else None
    if isinstance(target, Atom) and target in link.index.wrappers:
        return f"{one.rule}, by a wrapper that runs the constructors around it"
    return one.rule


def why_not_exported(link: Link, symbol: Symbol) -> str:
    """What keeps `symbol` from being exported, in a sentence; empty if it is, or if the link did not come so far."""
    if link.index is None or link.mark is None or why_exported(link, symbol):
        return ""
    if link.options.relocatable:
        return "-r: the output is an object, and its symbols are in its symbol table"
    if symbol.stub:
        return "it is a stub that traps, and stands for nothing"
    if symbol.local:
        return "it is local to its object"
    if not symbol.defined:
        return _undefined(link, symbol)
    if link.index.startup.get(symbol.name) is symbol:
        return "it is hidden, and made after --export has looked for its symbols: --export-all would"
    if not link.mark.keeps(symbol) and symbol.target not in made_roots(link):
        return "it is not live"
    named = _named(link, symbol)
    if named is not symbol and named is not None and named.stub:
        return "its name is that of a stub for calls with another signature, and no option can mean this one"
    hidden = "it is hidden, and " if symbol.hidden else ""
    return f"{hidden}nothing asks for it: {' or '.join(_ways(link, symbol))} would"


def _named(link: Link, symbol: Symbol) -> Symbol | None:
    """Who is meant by an option that gives the name of `symbol`: --wrap makes it another."""
    return link.resolve.by_name.get(symbol.name) if link.resolve is not None else None


def _undefined(link: Link, symbol: Symbol) -> str:
    if symbol.state == "lazy":
        would = f": --export={symbol.name} would" if _named(link, symbol) is symbol else ""
        return f"{file_title(symbol.file)} offers it, and did not join the link{would}"
    if link.layout is not None and symbol in link.layout.values:  # __start_X and __stop_X
        return f"nothing asks for it: --export={symbol.name} or --export-all would"
    return "it is not defined here"


def _ways(link: Link, symbol: Symbol) -> list[str]:
    """The options each of which would export what is defined and live."""
    assert link.layout is not None
    by_name = [f"--export={symbol.name}"] if _named(link, symbol) is symbol else []
    if only_by_name(symbol.target, link.layout, link.options):
        return by_name
    return [*by_name, "--export-all", *([] if symbol.hidden else ["--export-dynamic"])]


def why_imported(link: Link, symbol: Symbol) -> list[Listing]:
    """The imports that stand for `symbol`, and why: itself (equal imports are one), and in position-independent output
    the global that holds its address."""
    if link.index is None:
        return []
    number, found, listed = link.index.imported.get(symbol), steps(link), []
    known = found.places.imports_of
    itself = known.get((symbol.kind, number), ()) if number is not None else ()
    entries = dict.fromkeys([*itself, *known.get(symbol, ())])
    for one in sorted(entries, key=lambda one: found.places.numbered[one][0]):
        asked = f"{file_title(symbol.file)} mentions it, and nothing defines it" if symbol.undefined else ""
        why = "; ".join(filter(None, (asked, one.rule)))
        step = _step(found, one)
        listed.append(Listing(f"{one.module}.{one.name}", KIND_NAMES[one.kind], one.number, why, step))
    return listed


def _step(found: Steps, entry: ImportEntry | ExportEntry) -> int:
    return found.number("index", found.places.numbered[entry][0])


def why_slot(link: Link, symbol: Symbol) -> Slot | None:
    """The slot of a function in the function table, and which relocations took its address."""
    number = link.index.slot(symbol) if link.index is not None and symbol.kind == "function" else None
    if number is None:
        return None
    found = steps(link)
    row = found.places.slot_row[number]
    assert link.index is not None
    first = link.index.rows[row][1]
    assert isinstance(first, Symbol)
    aliases = found.symbols.symbols_at.get(symbol.target, []) if isinstance(symbol.target, Atom) else [symbol]
    names = [first, *(one for one in aliases if one is not first and slot_key(one) == slot_key(symbol))]
    takers = tuple(one for name in names for one in found.symbols.mentions(name) if _takes(link, one))
    return Slot(number, takers, found.number("index", row))


def _takes(link: Link, mention: Mention) -> bool:
    """Whether a relocation that names a function takes its address, in an atom that is in the output."""
    atom, row = mention
    assert atom.relocs is not None
    if atom.relocs.types[row] not in TABLE_INDEX | GLOBAL_INDEX:
        return False
    if atom.kind == "custom":
        return not link.options.gc_sections
    return link.mark is not None and atom in link.mark.why
