"""What is so about a thing at a moment: names and values, in the order of a card.

The same facts before and after a step, laid side by side, are what the step changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from wasmscope.errors import Diagnostic
from wasmscope.explain.naming import FileSection, count, file_title, site_width, target_title, title, titled, type_title
from wasmscope.explain.reasons.hints import hints
from wasmscope.explain.reasons.terms import start_term
from wasmscope.explain.sentences import kept_why
from wasmscope.explain.standing import AtomState
from wasmscope.explain.state import State
from wasmscope.explain.symbols import Mention
from wasmscope.format.expr import const_expr
from wasmscope.format.types import I64, KIND_NAMES, FuncType, GlobalType
from wasmscope.link.chain import Chain, Placed
from wasmscope.link.model import (
    Atom,
    Boundary,
    CustomSection,
    Entity,
    ExportEntry,
    ImportEntry,
    Kept,
    Memory,
    ObjectFile,
    OutputSection,
    Segment,
    Symbol,
)

UNSET = "·"
DEFINED = ("defined", "weak defined", "stub")


class Fact(NamedTuple):
    """A named value, and what it leads to."""

    key: str
    value: str
    target: object = None


def number(value: int | None, hexadecimal: bool = False) -> str:
    """A number, or `·` while it has none."""
    if value is None:
        return UNSET
    return f"{value:#x}" if hexadecimal else f"{value:,}"


def facts(state: State, thing: object) -> list[Fact]:
    """The facts about `thing` at `state`; empty when nothing is known about such things."""
    for kind, tell in _TELLERS:
        if isinstance(thing, kind):
            return tell(state, thing)
    return []


def heading_of(thing: object) -> str:
    """What a card about `thing` is titled: its kind and its name."""
    return " ".join(filter(None, heading_parts(thing)))


def heading_parts(thing: object) -> tuple[str, str]:
    """The kind of `thing`, and its name; one may be empty."""
    if isinstance(thing, Entity):
        return thing.kind, title(thing)
    if isinstance(thing, Mention):
        return f"relocation {thing.row - thing.atom.lo} of", title(thing.atom)
    if isinstance(thing, ExportEntry):
        return "export", thing.export.name
    if isinstance(thing, Memory):
        return "memory", ""
    for kind, word in _HEADINGS:
        if isinstance(thing, kind):
            return word, title(thing)
    return "", str(thing) if thing is not None else "the link"


_HEADINGS: tuple[tuple[type, str], ...] = (
    (Atom, "atom"), (Symbol, "symbol"),
    (ObjectFile, "file"), (Segment, "segment"), (CustomSection, "custom section"), (OutputSection, "section"),
    (ImportEntry, "import"), (Boundary, "boundary"), (Chain, "chain"), (Diagnostic, ""),
    (FileSection, "section"), (FuncType, "type"),
)  # fmt: skip


def _kept(kept: Kept | None) -> Fact:
    return Fact("kept", kept_why(kept), kept.by) if kept is not None else Fact("kept", UNSET)


def _bits(symbol: Symbol) -> str:
    binding = "weak" if symbol.weak else "local" if symbol.local else "global"
    words = [symbol.kind, binding, "hidden" if symbol.hidden else "default"]
    words += [
        word
        for word, is_so in (("tls", symbol.tls), ("absolute", symbol.absolute), ("no-strip", symbol.no_strip))
        if is_so
    ]
    return " ".join(words)


def _symbol(state: State, symbol: Symbol) -> list[Fact]:
    now = state.symbol(symbol)
    place = f"{file_title(now.file)} #{now.record}" if now.record >= 0 else file_title(now.file)
    is_address = symbol.kind == "data"
    found = [
        Fact("is", _bits(symbol)),
        Fact("type", str(symbol.signature or symbol.type or UNSET)),
        Fact("state", now.state or UNSET),
        Fact("from", place if now.state else UNSET, now.file),
        Fact(
            "atom",
            titled(symbol.target) if symbol.target is not None and now.state in DEFINED else UNSET,
            symbol.target,
        ),
        _kept(now.live),
        Fact("address" if is_address else "number", number(now.value, is_address)),
        Fact("slot", number(now.slot)),
    ]
    return [fact for fact in found if fact.key not in ("type", "slot") or fact.value != UNSET]


def _neighbour(placed: Placed[Atom] | None) -> str:
    return f"{placed.number} {title(placed.item)}" if placed is not None else UNSET


def _atom(state: State, atom: Atom) -> list[Fact]:
    now = state.atom(atom)
    placed = now.placed
    after = placed.next if placed is not None and placed.next is not None and state.place(placed.next.item) else None
    found = [
        Fact(
            "from",
            f"{file_title(atom.file)}  {atom.start:#x}..{atom.end:#x}" if atom.file else f"the linker: {atom.rule}",
            atom.file,
        ),
        Fact("size", f"{placed.size if placed and not atom.file else atom.size:,}   align {1 << atom.align}"),
        Fact("known", _standing(state, atom, now)),
        _kept(now.live),
        Fact("offset", number(placed.offset if placed else None, True)),
        Fact("prev", _neighbour(placed.prev if placed else None), placed.prev.item if placed and placed.prev else None),
        Fact("next", _neighbour(after), after.item if after else None),
    ]
    if atom.kind == "function":
        found.append(Fact("number", number(now.number)))
    elif atom.kind == "data":
        found.append(Fact("address", number(now.address, True)))
    if now.relocations:
        found.append(Fact("patched", f"{now.patched} of {now.relocations}"))
    if now.output is not None:
        found.append(Fact("output", f"{now.output.start:#x}..{now.output.start + now.output.size:#x}"))
    return found


def _standing(state: State, atom: Atom, now: AtomState) -> str:
    if now.discarded:
        unplugged = state.link.resolve is not None and atom in state.link.resolve.unplugged
        return "unplugged: the link is made without it" if unplugged else "discarded with its COMDAT"
    return "in the link" if now.joined and now.known else "read" if now.known else UNSET


def _relocation(state: State, mention: Mention) -> list[Fact]:
    atom, row = mention
    now = state.relocation(atom, row)
    assert atom.relocs is not None
    kind = atom.relocs.types[row]
    found = [
        Fact("type", f"{type_title(kind)} ({kind})"),
        Fact("site", f"{title(atom)}+{atom.site(row):#x}, {count(site_width(atom, row), 'byte')}", atom),
        Fact("names", target_title(state.link, atom, row)),
        Fact("addend", f"{atom.relocs.addends[row]:+d}"),
        Fact("bytes", (now.after if now.after is not None else now.before).hex(" ")),
        Fact("state", "patched" if now.patched else "pending" if now.value is not None else "not applied"),
    ]
    return [fact for fact in found if fact.key != "addend" or atom.relocs.addends[row]]


def _entity(state: State, entity: Entity) -> list[Fact]:
    now = state.entity(entity)
    return [
        Fact("from", file_title(entity.file) if entity.file else f"the linker: {entity.rule}", entity.file),
        Fact("type", str(entity.type)),
        Fact("init", expression(_initial(state, entity))),
        _kept(now.live),
        Fact("number", number(now.number)),
    ]


def _initial(state: State, entity: Entity) -> object:
    """What a global starts with: an object's is known from the start, one of the linker's once layout fixed it."""
    fixed = start_term(state.steps, entity)
    if fixed is None or not isinstance(entity.type, GlobalType):
        return entity.init
    return const_expr(fixed.value, entity.type.type == I64) if fixed.step <= state.at else None


def expression(init: object) -> str:
    """A constant expression as text."""
    instrs = list(init) if isinstance(init, tuple) else []
    return " ".join(" ".join((one.opcode, *map(str, one.args))) for one in instrs if one.opcode != "end") or UNSET


def _file(state: State, file: ObjectFile) -> list[Fact]:
    module = file.module
    return [
        Fact("path", file.path),
        Fact("state", state.file(file) or UNSET),
        Fact("size", count(len(module.data), "byte")),
        Fact("has", f"{count(len(module.sections), 'section')}, {count(len(module.imports), 'import')}"),
        Fact("errors", count(len(module.errors), "error")),
    ]


def _section(state: State, part: FileSection) -> list[Fact]:
    section = part.section
    found = [
        Fact("file", part.file.name, part.file),
        Fact("id", str(section.id)),
        Fact("bytes", f"{section.start:#x}..{section.end:#x}"),
        Fact("size", f"{count(section.end - section.contents, 'byte')} of contents"),
    ]
    return [*found, Fact("error", str(section.error))] if section.error else found


def _segment(state: State, segment: Segment) -> list[Fact]:
    chain = state.chain(segment.chain)
    return [
        Fact("address", number(state.segment_address(segment), True)),
        Fact("atoms", f"{chain.placed} of {chain.total}"),
        Fact("taken", count(chain.size, "byte")),
        Fact("align", str(1 << segment.align)),
        Fact("kind", "zeros" if segment.bss else "thread-local" if segment.tls else "data"),
    ]


def _custom(state: State, custom: CustomSection) -> list[Fact]:
    chain = state.chain(custom.chain)
    return [Fact("atoms", f"{chain.placed} of {chain.total}"), Fact("taken", count(chain.size, "byte"))]


def _chain(state: State, chain: Chain[Atom]) -> list[Fact]:
    now = state.chain(chain)
    return [
        Fact("atoms", f"{now.placed} of {now.total}"),
        Fact("last", _neighbour(now.last), now.last.item if now.last else None),
        Fact("next", number(now.size, True)),
    ]


def _output(state: State, section: OutputSection) -> list[Fact]:
    done = state.section(section)
    atoms = state.steps.places.atom_count(section)
    return [
        Fact("id", str(section.id)),
        Fact("bytes", f"{section.start:#x}..{section.end:#x}" if done else UNSET),
        Fact("size", count(section.end - section.start, "byte")),
        Fact("header", count(section.body - section.start, "byte")),
        Fact("pieces", f"{len(section.pieces)}, {count(atoms, 'atom')}"),
    ]


def _boundary(state: State, boundary: Boundary) -> list[Fact]:
    done = any(row < state.done[3] for row in state.steps.places.layout_rows(boundary))
    return [Fact("address", number(boundary.address if done else None, True)), Fact("why", boundary.rule)]


def _import(state: State, entry: ImportEntry) -> list[Fact]:
    return [
        Fact("kind", KIND_NAMES[entry.kind]),
        Fact("module", entry.module),
        Fact("number", number(entry.number if _is_numbered(state, entry) else None)),
        Fact("symbol", title(entry.symbol) if entry.symbol else UNSET, entry.symbol),
        Fact("why", entry.rule),
    ]


def _export(state: State, entry: ExportEntry) -> list[Fact]:
    return [
        Fact("kind", KIND_NAMES[entry.export.kind]),
        Fact("number", number(entry.export.index if _is_numbered(state, entry) else None)),
        Fact("symbol", title(entry.symbol) if entry.symbol else UNSET, entry.symbol),
        Fact("why", entry.rule),
    ]


def _type(state: State, signature: FuncType) -> list[Fact]:
    index = state.link.index
    known = index is not None and _is_numbered(state, signature)
    return [Fact("number", number(index.type_index[signature] if index is not None and known else None))]


def _memory(state: State, memory: Memory) -> list[Fact]:
    pages, most = memory.limits.min, memory.limits.max
    if state.done[3] < state.steps.own_rows[3]:  # the last rows of layout give it its size
        return [Fact("pages", UNSET), Fact("most", UNSET), Fact("used", UNSET)]
    return [
        Fact("pages", f"{pages:,} of {memory.page_size:,} bytes"),
        Fact("most", f"{most:,} pages" if most is not None else "as much as the engine gives"),
        Fact("used", f"up to {memory.end:#x}"),
    ]


def _is_numbered(state: State, thing: object) -> bool:
    return any(row < state.done[4] for row in state.steps.places.numbered.get(thing, ()))


def _diagnostic(state: State, one: Diagnostic) -> list[Fact]:
    return [Fact("what", one.severity), *(Fact("note", text) for text in (*one.notes, *hints(state.link, one)))]


_TELLERS: tuple[tuple[type, Callable[..., list[Fact]]], ...] = (
    (Symbol, _symbol), (Atom, _atom), (Mention, _relocation), (Entity, _entity), (ObjectFile, _file),
    (FileSection, _section), (Segment, _segment), (CustomSection, _custom), (OutputSection, _output),
    (Boundary, _boundary), (ImportEntry, _import), (ExportEntry, _export), (Diagnostic, _diagnostic),
    (Chain, _chain), (FuncType, _type), (Memory, _memory),
)  # fmt: skip


class Change(NamedTuple):
    """What a step made of one value."""

    key: str
    old: str
    new: str


def changes(before: State, now: State, thing: object) -> list[Change]:
    """What is different about `thing` between two states."""
    old = {fact.key: fact.value for fact in facts(before, thing)}
    return [
        Change(fact.key, old.get(fact.key, UNSET), fact.value)
        for fact in facts(now, thing)
        if old.get(fact.key, UNSET) != fact.value
    ]
