"""Cross references: what leads to a thing, and what it leads to.

Relocations, neighbours in the chain, table slots, imports and exports, other names of the same thing, copies in its
COMDAT group, who pulled its file in. Both functions are generators, as what names a symbol is found by looking at every
object that knows it: a screen can show the first ones while the rest is looked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wasmscope.explain.naming import (
    FileSection,
    bound,
    names_symbol,
    signature_of,
    target_title,
    title,
    titled,
    type_title,
)
from wasmscope.explain.sentences import kept_why
from wasmscope.explain.sides import joined_by
from wasmscope.explain.steps import Steps, steps
from wasmscope.explain.symbols import Mention
from wasmscope.format.types import FuncType
from wasmscope.link.chain import Placed
from wasmscope.link.model import (
    Atom,
    CustomSection,
    Entity,
    ExportEntry,
    ImportEntry,
    Link,
    ObjectFile,
    OutputSection,
    Segment,
    Symbol,
)

KINDS = {
    "relocation": "a relocation names it, or is in it",
    "alias": "another name of the same thing",
    "symbol": "a symbol that stands for it",
    "slot": "its address is taken: it has a table slot",
    "import": "the host gives it",
    "export": "the host may use it",
    "previous": "the atom before it in its chain",
    "next": "the atom after it in its chain",
    "copy": "a copy of the same COMDAT group in another file",
    "pulled": "an archive member that was asked for",
    "root": "it is kept for itself",
    "user": "a file that mentions what this file defines",
    "needs": "a symbol that this file mentions and another defines",
    "function": "a function of this type",
    "atom": "an atom that it stands for, or is made of",
    "file": "the file it is from",
    "home": "the segment or section that it is placed in",
    "type": "a function type",
}
"""Kinds of references and what each means."""


class Reference(NamedTuple):
    """One end of a reference, seen from the other."""

    kind: str
    """One of KINDS."""
    thing: object
    """What is at that end: a symbol, atom, relocation, file, import or export entry, …"""
    text: str
    """That end in words."""


class AtomByte(NamedTuple):
    """Byte `offset` of an atom."""

    atom: Atom
    offset: int


References = Iterator[Reference]


def references_in(link: Link, thing: object) -> References:
    """What leads to `thing`: a symbol, atom, `AtomByte`, entity, relocation, file, function type, segment, section,
    import or export entry. Of other things nothing is known."""
    found = steps(link)
    if isinstance(thing, Symbol):
        yield from _in_symbol(found, thing)
    elif isinstance(thing, Mention):  # what else is patched to the same end
        yield from (one for one in _in_end(found, thing) if one.thing != thing)
    elif isinstance(thing, AtomByte):
        yield from _in_byte(found, thing)
    elif isinstance(thing, Atom | Entity):
        yield from _in_target(found, thing)
    elif isinstance(thing, ObjectFile):
        yield from _in_file(found, thing)
    elif isinstance(thing, FuncType):
        yield from _in_type(found, thing)
    elif isinstance(thing, ImportEntry | ExportEntry) and thing.symbol is not None:
        yield from (one for one in _in_symbol(found, thing.symbol) if one.thing != thing)
    elif isinstance(thing, Segment | CustomSection) and thing.chain.first is not None:
        for placed in thing.chain:
            yield from _symbols_of(found, placed.item)


def references_out(link: Link, thing: object) -> References:
    """What `thing` leads to; see `references_in` for what it may be."""
    found = steps(link)
    if isinstance(thing, ImportEntry | ExportEntry):
        thing = thing.symbol
    if isinstance(thing, AtomByte):
        thing = thing.atom
    if isinstance(thing, Symbol):
        yield from _out_symbol(found, thing)
    elif isinstance(thing, Mention):
        yield _target(found, thing)
        yield Reference("atom", thing.atom, titled(thing.atom))
    elif isinstance(thing, Atom):
        yield from _out_atom(found, thing)
    elif isinstance(thing, Entity) and thing.file is not None:
        yield Reference("file", thing.file, thing.file.name)
    elif isinstance(thing, ObjectFile):
        yield from _out_file(found, thing)
    elif isinstance(thing, FileSection):
        yield Reference("file", thing.file, thing.file.name)
    elif isinstance(thing, Segment | CustomSection):
        yield from (Reference("atom", placed.item, titled(placed.item)) for placed in thing.chain)
    elif isinstance(thing, OutputSection):
        yield from (Reference("atom", atom, titled(atom)) for atom in thing.pieces.atoms if atom is not None)


# --- in ---------------------------------------------------------------------------------------------------------


def _mentioned(found: Steps, mention: Mention, to: str = "") -> Reference:
    atom, row = mention
    assert atom.relocs is not None
    type = type_title(atom.relocs.types[row]).removeprefix("R_WASM_")
    dead = ", not applied" if found.link.relocate is not None and found.places.relocation_row(*mention) is None else ""
    return Reference("relocation", mention, f"{title(atom)}+{atom.site(row):#x} {type}{to}{dead}, {_file(atom.file)}")


def _file(file: ObjectFile | None) -> str:
    return file.name if file is not None else "made by the linker"


def _in_end(found: Steps, mention: Mention) -> References:
    """What leads to what a relocation names."""
    symbol = bound(found.link, *mention)
    if symbol is not None:
        yield from _in_symbol(found, symbol)
    elif mention.atom.relocs is not None and not names_symbol(mention.atom.relocs.types[mention.row]):
        yield from _in_type(found, signature_of(*mention))


def _in_symbol(found: Steps, symbol: Symbol) -> References:
    for mention in found.symbols.mentions(symbol):
        yield _mentioned(found, mention, _addend(mention))
    yield from _uses_of(found, symbol)
    if symbol.target is not None:
        for other in found.symbols.symbols_at.get(symbol.target, ()):
            if other is not symbol:
                yield Reference("alias", other, f"{title(other)} of {_file(other.file)}")
    if isinstance(symbol.target, Atom):
        yield from _around(found, symbol.target, True)
    if symbol.file is not None:
        yield from _pulled(found, symbol.file)


def _addend(mention: Mention) -> str:
    assert mention.atom.relocs is not None
    addend = mention.atom.relocs.addends[mention.row]
    return f" {addend:+#x}" if addend else ""


def _uses_of(found: Steps, symbol: Symbol) -> References:
    """The slot, imports and exports of a symbol, and the rule that keeps it for itself."""
    link = found.link
    if link.index is not None:
        slot = link.index.slot(symbol) if symbol.kind == "function" else None
        if slot is not None:
            yield Reference("slot", symbol, f"table slot {slot}")
        for one in link.index.imports:
            if one.symbol is symbol:
                yield Reference("import", one, f"{one.module}.{one.name}: {one.rule}")
        for export in link.index.exports:
            if export.symbol is symbol:
                yield Reference("export", export, f"{export.export.name}: {export.rule}")
    kept = link.mark.why.get(symbol.target or symbol) if link.mark is not None else None
    if kept is not None and kept.by is None:
        yield Reference("root", symbol, kept_why(kept))


def _around(found: Steps, atom: Atom, before: bool) -> References:
    """The neighbour of `atom` in its chain, and (looking back) the copies of its COMDAT group."""
    placed = _placed(found, atom)
    near = (placed.prev if before else placed.next) if placed is not None else None
    if near is not None:
        yield Reference("previous" if before else "next", near.item, f"{near.number} {titled(near.item)}")
    if not before or atom.comdat < 0 or atom.file is None:
        return
    group = atom.file.comdats[atom.comdat]
    for event in found.symbols.events:
        if event.rule == group and event.kind in ("comdat-kept", "comdat-dropped") and event.file is not atom.file:
            assert event.file is not None
            word = "kept" if event.kind == "comdat-kept" else "dropped"
            yield Reference("copy", event.file, f"group {group} in {event.file.name}, {word}")


def _placed(found: Steps, atom: Atom) -> Placed[Atom] | None:
    link = found.link
    if atom.kind == "function":
        return link.index.code.places.get(atom) if link.index is not None else None
    known = found.places.placed.get(atom)
    return known[1] if known is not None else None


def _pulled(found: Steps, file: ObjectFile) -> References:
    row = found.symbols.extracted.get(file)
    if row is None:
        return
    event = found.symbols.events[row]
    yield Reference("pulled", event.other if event.other is not None else file, joined_by(found.link, file))


def _symbols_of(found: Steps, target: Atom | Entity) -> References:
    for symbol in found.symbols.symbols_at.get(target, ()):
        yield Reference("symbol", symbol, f"{title(symbol)} of {_file(symbol.file)}")


def _in_target(found: Steps, target: Atom | Entity) -> References:
    """Of an atom or entity: by whatever symbol it is meant."""
    symbols = found.symbols.symbols_at.get(target, ())
    yield from _symbols_of(found, target)
    for symbol in symbols:
        for mention in found.symbols.mentions(symbol):
            yield _mentioned(found, mention, _into(symbol, mention))
    for symbol in symbols:
        yield from _uses_of(found, symbol)
    if isinstance(target, Atom):
        yield from _around(found, target, True)
    if target.file is not None:
        yield from _pulled(found, target.file)


def _into(symbol: Symbol, mention: Mention) -> str:
    """How far into the atom a relocation points."""
    if symbol.kind != "data":
        return _addend(mention)
    offset = _aim(symbol, mention)
    return f" → +{offset:#x}" if offset >= 0 else f" → -{-offset:#x}"


def _aim(symbol: Symbol, mention: Mention) -> int:
    assert mention.atom.relocs is not None
    return symbol.offset + mention.atom.relocs.addends[mention.row]


def _in_byte(found: Steps, byte: AtomByte) -> References:
    """The relocations that point at this very byte first, then all that leads to the atom."""
    exact: set[Mention] = set()
    for symbol in found.symbols.symbols_at.get(byte.atom, ()) if byte.atom.kind == "data" else ():
        for mention in found.symbols.mentions(symbol):
            if _aim(symbol, mention) == byte.offset:
                exact.add(mention)
                yield _mentioned(found, mention, " → this byte")
    yield from (one for one in _in_target(found, byte.atom) if one.thing not in exact)


def _in_file(found: Steps, file: ObjectFile) -> References:
    yield from _pulled(found, file)
    if found.link.resolve is None:
        return
    for other, symbols in found.link.resolve.bindings.items():
        if other is not file:
            for symbol in dict.fromkeys(symbols):
                if symbol.file is file and not symbol.local:
                    yield Reference("user", other, f"{other.name} mentions {title(symbol)}")


def _in_type(found: Steps, type: FuncType) -> References:
    link = found.link
    functions = link.index.functions if link.index is not None else {}
    for atom, number in functions.items():
        if atom.signature == type:
            yield Reference("function", atom, f"func {number} {titled(atom)}")
    for atom in found.symbols.atoms:
        for row in range(atom.lo, atom.hi) if atom.kind == "function" and atom.relocs is not None else ():
            assert atom.relocs is not None
            if type_title(atom.relocs.types[row]) == "R_WASM_TYPE_INDEX_LEB" and signature_of(atom, row) == type:
                yield _mentioned(found, Mention(atom, row))


# --- out --------------------------------------------------------------------------------------------------------


def _target(found: Steps, mention: Mention) -> Reference:
    atom, row = mention
    assert atom.relocs is not None
    symbol = bound(found.link, atom, row)
    words = f"{target_title(found.link, atom, row)}{_addend(mention)}"
    if symbol is None and atom.file is not None and type_title(atom.relocs.types[row]) == "R_WASM_TYPE_INDEX_LEB":
        return Reference("type", signature_of(atom, row), words)
    return Reference("symbol", symbol if symbol is not None else mention, words)


def _out_symbol(found: Steps, symbol: Symbol) -> References:
    if isinstance(symbol.target, Atom):
        yield Reference("atom", symbol.target, titled(symbol.target))
        yield from _out_atom(found, symbol.target)
    elif symbol.file is not None:
        yield Reference("file", symbol.file, symbol.file.name)
    if symbol.signature is not None:
        yield Reference("type", symbol.signature, str(symbol.signature))


def _out_atom(found: Steps, atom: Atom) -> References:
    for row in range(atom.lo, atom.hi):
        end = _target(found, Mention(atom, row))
        yield Reference("relocation", Mention(atom, row), f"+{atom.site(row):#x} {end.text}")
    yield from _around(found, atom, False)
    home = found.link.layout.home.get(atom) if found.link.layout is not None else None
    if home is not None:
        yield Reference("home", home, home.name)
    if atom.file is not None:
        yield Reference("file", atom.file, atom.file.name)


def _out_file(found: Steps, file: ObjectFile) -> References:
    resolve = found.link.resolve
    if resolve is None:
        return
    for event in resolve.events:
        if event.kind == "extract" and event.other is file and event.file is not None:
            yield Reference("pulled", event.file, f"{event.file.name} for {title(event.symbol)}")
    for symbol in dict.fromkeys(resolve.bindings.get(file, ())):
        if symbol.file is not file and not symbol.local:
            yield Reference("needs", symbol, f"{title(symbol)} of {_file(symbol.file)}")
