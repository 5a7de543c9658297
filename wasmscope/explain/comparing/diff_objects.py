"""What only objects have, as it is compared: symbols, COMDAT groups, constructors, relocations."""

from __future__ import annotations

from wasmscope.explain.comparing.compared import Compared, Matching
from wasmscope.explain.comparing.relocations_compared import place_of
from wasmscope.explain.comparing.renumbering import SAME, Verdict
from wasmscope.explain.comparing.things import NONE, Side, Thing
from wasmscope.format.linking import (
    COMDAT_DATA,
    COMDAT_FUNCTION,
    COMDAT_KIND_NAMES,
    COMDAT_SECTION,
    SYM_DATA,
    SYM_SECTION,
    SYMBOL_FLAG_NAMES,
    SYMBOL_KINDS,
    SYMBOL_SPACES,
    SymbolRecord,
)
from wasmscope.format.types import KIND_NAMES


def symbols(compared: Compared) -> Matching:
    """The symbol table: flags, size, and what each symbol stands for."""
    a, b = [_symbol_things(side) for side in (compared.a, compared.b)]

    def compare(one: Thing, other: Thing) -> Verdict:
        mine, theirs = compared.a.symbols[one.number], compared.b.symbols[other.number]
        words = [] if one.what == other.what else [f"{one.what} → {other.what}"]
        words += [f"size {mine.size} → {theirs.size}"] if mine.size != theirs.size else []
        moved = mine.offset != theirs.offset
        if moved and compared.relocations.place(mine) != place_of(compared.b, theirs):
            words.append(f"offset {mine.offset} → {theirs.offset}")
        if mine.defined and theirs.defined and not _same_item(compared, mine, theirs):
            words.append(f"names {SYMBOL_KINDS[mine.kind]} {mine.index} → {theirs.index}")
        return ("changed", tuple(words)) if words else ("moved", ()) if moved else SAME

    return Matching(a, b, compared.relocations.symbols, compare)


def _symbol_things(side: Side) -> list[Thing]:
    if side.module.linking is None:
        return []
    found = []
    for number, (one, span) in enumerate(zip(side.symbols, side.module.linking.symbols.spans, strict=False)):
        flags = [word for bit, word in SYMBOL_FLAG_NAMES.items() if one.flags & bit]
        what = " ".join([*flags, SYMBOL_KINDS[one.kind]])
        found.append(Thing(number, side.module.symbol_name(one), *span, what, size=span[1] - span[0]))
    return found


def _same_item(compared: Compared, one: SymbolRecord, other: SymbolRecord) -> bool:
    if one.kind != other.kind:
        return False
    if one.kind == SYM_SECTION:
        names = [side.module.sections for side in (compared.a, compared.b)]
        both = one.index < len(names[0]) and other.index < len(names[1])
        return both and names[0][one.index].name == names[1][other.index].name
    if one.kind == SYM_DATA:
        to = compared.pairing.pieces
        return one.index < len(to) and to[one.index] == other.index
    return compared.numbers.number(KIND_NAMES[SYMBOL_SPACES[one.kind]], one.index) == other.index


def comdats(side: Side) -> list[Thing]:
    """COMDAT groups; in words, what is in each."""
    if side.module.linking is None:
        return []
    found = []
    for one in side.module.linking.comdats:
        members = [f"{COMDAT_KIND_NAMES.get(kind, kind)} {_member(side, kind, item)}" for kind, item in one.entries]
        found.append(Thing(NONE, one.name, -1, -1, ", ".join(members)))
    return found


def _member(side: Side, kind: int, item: int) -> str:
    if kind == COMDAT_FUNCTION:
        return side.title("function", item)
    if kind == COMDAT_DATA and item < len(side.pieces):
        return side.pieces[item].title
    sections = side.module.sections
    return sections[item].name if kind == COMDAT_SECTION and item < len(sections) else str(item)


def constructors(side: Side) -> list[Thing]:
    """Init functions; in words, the priority of each."""
    if side.module.linking is None:
        return []
    found = []
    for one in side.module.linking.init_funcs:
        known = one.symbol < len(side.symbols)
        name = side.module.symbol_name(side.symbols[one.symbol]) if known else f"symbol {one.symbol}"
        found.append(Thing(NONE, name, -1, -1, f"priority {one.priority}"))
    return found


def relocations(side: Side) -> list[Thing]:
    """The relocations of each section, counted: which they are belongs to what they patch."""
    return [
        Thing(NONE, one.section_name, one.start, one.end, f"{len(one):,} relocations", size=one.end - one.start)
        for one in side.module.relocs
    ]
