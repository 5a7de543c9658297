"""The formula behind each relocation type: its text with names, its terms, and the range that its value must be in.

One function per kind of value; together they cover the 27 types, with what the linker writes in special cases: for what
is undefined, dead or a stub. `link.relocate.Values.of` decides in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from wasmscope.explain.naming import bound, signature_of, title
from wasmscope.explain.reasons.terms import (
    Term,
    address_terms,
    code_terms,
    last_step,
    number_terms,
    place_term,
    section_terms,
    slot_terms,
)
from wasmscope.format.relocs import RELOC_TYPES, TABLE_INDEX, TYPE_INDEX, RelocType
from wasmscope.format.types import GLOBAL
from wasmscope.link.model import NO_INDEX, Atom, Segment, Symbol
from wasmscope.link.relocate import (
    FUNCTION_INDEX,
    FUNCTION_OFFSET,
    LOCREL,
    RELATIVE_SLOT,
    SECTION_OFFSET,
    TABLE_NUMBER,
    TAG_INDEX,
    tombstone,
)
from wasmscope.link.scan import GLOBAL_INDEX

if TYPE_CHECKING:
    from wasmscope.explain.steps import Steps


class Formula(NamedTuple):
    """How a value comes about."""

    text: str
    terms: list[Term]
    range: str
    """What the value must be, with numbers."""
    in_range: bool
    notes: tuple[str, ...] = ()


class Site(NamedTuple):
    """The relocation that is asked about."""

    found: Steps
    atom: Atom
    row: int
    type: int
    symbol: Symbol
    addend: int

    @property
    def name(self) -> str:
        return title(self.symbol)

    @property
    def loaded(self) -> int:
        """The step that read the relocation, and with it the addend."""
        row = self.found.symbols.reloc_section_row(self.atom)
        return self.found.number("load", row) if row is not None else 0

    def addend_term(self) -> list[Term]:
        return [Term("addend", self.addend, self.loaded)] if self.addend else []

    def with_addend(self, text: str) -> str:
        return (
            f"{text} + {self.addend:#x}" if self.addend > 0 else f"{text} - {-self.addend:#x}" if self.addend else text
        )

    def zero(self, text: str, why: str) -> Formula:
        """The value is 0 because of what the symbol is."""
        return Formula(text, [Term(why, 0, last_step(self.found, self.symbol))], "0 stands for nothing", True, (why,))

    def nothing(self, text: str, why: str) -> Formula:
        """There is no such number: LLD writes one that cannot be, and the output is not valid."""
        step = last_step(self.found, self.symbol)
        return Formula(text, [Term(why, NO_INDEX, step)], f"{NO_INDEX:#x} is no index", False, (why,))


def formula(found: Steps, atom: Atom, row: int) -> Formula:
    """How the value of relocation `row` of `atom` comes about; `atom` is in the output of the link."""
    assert atom.relocs is not None
    type = atom.relocs.types[row]
    if type == TYPE_INDEX:
        return _type(found, atom, row)
    symbol = bound(found.link, atom, row)
    assert symbol is not None
    assert found.link.mark is not None
    assert found.link.layout is not None
    site = Site(found, atom, row, type, symbol, atom.relocs.addends[row])
    late = not symbol.defined and symbol in found.link.layout.values
    kept = found.link.mark.keeps(symbol) or late
    if type != SECTION_OFFSET and atom.kind == "custom" and not kept:
        return _dead(site)
    tell = next((tell for types, tell in _FORMULAS if type in types), _address)
    return tell(site)


def _type(found: Steps, atom: Atom, row: int) -> Formula:
    numbering = found.link.index
    assert numbering is not None
    signature = signature_of(atom, row)
    number = numbering.type_index.get(signature, 0)
    made = found.places.number_row("type", signature)
    step = found.number("index", made) if made is not None else 0
    count = len(numbering.types)
    return Formula(
        f"type index of {signature}",
        [Term(f"type {signature}", number, step)],
        f"{number} < {count} types",
        number < count,
    )


def _dead(site: Site) -> Formula:
    """A custom section names something dropped: no address range may come to life again."""
    dead = tombstone(site.atom.name)
    step = site.found.ranges[2][2] - 1
    if dead is None:
        why = f"{site.name} was dropped, and {site.atom.name} has no value for that: the addend alone"
        return Formula("addend", [Term("addend", site.addend, site.loaded)], "no check: nothing is there", True, (why,))
    why = f"{site.name} was dropped: {site.atom.name} gets {dead} in its place, the addend is ignored"
    return Formula(
        f"tombstone of {site.atom.name}", [Term("tombstone", dead, step)], f"{dead} stands for nothing", True, (why,)
    )


# --- numbers ----------------------------------------------------------------------------------------------------


def _function(site: Site) -> Formula:
    numbering = site.found.link.index
    assert numbering is not None
    terms = number_terms(site.found, site.symbol)
    number = sum(term.value for term in terms)
    count = site.found.places.imports[0] + len(numbering.functions)
    notes = (
        ("it is a stub: a call of it traps",) if site.symbol.stub or site.symbol in numbering.undefined_stubs else ()
    )
    if not terms:
        return site.nothing(f"index({site.name})", f"{site.name} has no number")
    return Formula(f"index({site.name})", terms, f"{number} < {count} functions", number < count, notes)


def _slot(site: Site) -> Formula:
    numbering, layout = site.found.link.index, site.found.link.layout
    assert numbering is not None
    assert layout is not None
    terms = slot_terms(site.found, site.symbol)
    text = f"slot({site.name})"
    if not terms:
        what = "a stub, and the address of a stub is null" if site.symbol.stub else "undefined, so its address is null"
        if site.symbol in numbering.got_imports:
            what = "for the dynamic linker to place: the word is set when the module starts"
        return site.zero(text, f"{site.name} is {what}")
    slot = sum(term.value for term in terms)
    end = layout.table_base + len(numbering.slots)
    least = layout.table_base
    range = f"{least} ≤ {slot} < {end}, and slot {slot} holds {site.name}"
    if site.found.link.options.pic:
        range += ", counted from __table_base"
    if site.type in RELATIVE_SLOT:
        terms = [*terms, Term("table base", -layout.table_base, 0)]
        text += " - table base"
    return Formula(text, terms, range, least <= slot < end)


def _global(site: Site) -> Formula:
    numbering = site.found.link.index
    assert numbering is not None
    count = site.found.places.imports[3] + len(numbering.globals) + len(numbering.got) + len(numbering.data_globals)
    if site.symbol.kind == "global":
        return _number(site, "global", count)
    got = numbering.got.get(site.symbol)
    text = f"index(GOT global of {site.name})"
    told = numbering.got_imports.get(site.symbol)
    if told is not None:
        step = site.found.number("index", site.found.places.import_row[GLOBAL, told])
        term = Term(f"the import by which the dynamic linker tells the address of {site.name}", told, step)
        return Formula(text, [term], f"{told} < {count} globals", told < count)
    if got is None:
        return site.nothing(text, f"{site.name} has no GOT global")
    row = site.found.places.number_row("got", site.symbol)
    step = site.found.number("index", row) if row is not None else 0
    return Formula(
        text,
        [Term(f"the global that holds the address of {site.name}", got.number, step)],
        f"{got.number} < {count} globals",
        got.number < count,
    )


def _tag(site: Site) -> Formula:
    numbering = site.found.link.index
    assert numbering is not None
    return _number(site, "tag", site.found.places.imports[4] + len(numbering.tags))


def _table(site: Site) -> Formula:
    numbering = site.found.link.index
    assert numbering is not None
    return _number(site, "table", site.found.places.imports[1] + len(numbering.tables))


def _number(site: Site, kind: str, count: int) -> Formula:
    terms = number_terms(site.found, site.symbol)
    if not terms:
        return site.nothing(f"index({site.name})", f"{site.name} has no number")
    number = sum(term.value for term in terms)
    return Formula(f"index({site.name})", terms, f"{number} < {count} {kind}s", number < count)


# --- offsets ----------------------------------------------------------------------------------------------------


def _function_offset(site: Site) -> Formula:
    numbering = site.found.link.index
    assert numbering is not None
    target = site.symbol.target
    if not isinstance(target, Atom) or target not in numbering.code:
        return _dead(site)
    placed = numbering.code[target]
    terms = [*code_terms(site.found, target), *site.addend_term()]
    value = sum(term.value for term in terms)
    range = f"{placed.offset:#x} ≤ {value:#x} ≤ {placed.end:#x}, the body of {site.name}"
    return Formula(site.with_addend(f"code offset({site.name})"), terms, range, placed.offset <= value <= placed.end)


def _section_offset(site: Site) -> Formula:
    layout = site.found.link.layout
    target = site.symbol.target
    assert layout is not None
    text = f"offset of {site.name}+{site.addend:#x} in the output"
    terms = section_terms(site.found, target, site.addend) if isinstance(target, Atom) else []
    if not isinstance(target, Atom) or not terms:
        return Formula(
            text, site.addend_term(), f"{site.name} is not in the output", True, (f"{site.name} is not in the output",)
        )
    if target not in layout.merges:
        terms += site.addend_term()
    value, size = sum(term.value for term in terms), layout.home[target].chain.size
    return Formula(text, terms, f"{value:#x} ≤ {size:#x} bytes of section", 0 <= value <= size)


# --- addresses --------------------------------------------------------------------------------------------------


def _address(site: Site) -> Formula:
    terms = address_terms(site.found, site.symbol)
    kind = RELOC_TYPES[site.type]
    layout = site.found.link.layout
    in_block = site.symbol.tls and layout is not None and layout.tls_offsets
    text = f"offset({site.name}) in the thread's block" if in_block else f"address({site.name})"
    if not terms:
        dropped = ", and the addend is dropped" if site.addend else ""
        numbering = site.found.link.index
        if numbering is not None and site.symbol in numbering.got_imports:
            return site.zero(text, f"{site.name} is for the dynamic linker to place: the word is set at the start")
        return site.zero(text, f"{site.name} is undefined: its address is 0{dropped}")
    start = sum(term.value for term in terms)
    terms, text = [*terms, *site.addend_term()], site.with_addend(text)
    if site.type == LOCREL:
        terms, text = [*terms, *_own_address(site)], f"{text} - address of the site"
    value = sum(term.value for term in terms)
    in_range, range = _fits(kind, value)
    notes = [*_outside(site, start)]
    if site.found.link.options.pic:
        notes.append("it counts from __memory_base, which is known when the module is loaded")
    elif kind.relative:
        notes.append("the memory base is 0 in a static link")
    return Formula(text, terms, range, in_range, tuple(notes))


def _own_address(site: Site) -> list[Term]:
    """The address of the site, to be taken away."""
    layout = site.found.link.layout
    assert layout is not None
    home = layout.home[site.atom]
    assert isinstance(home, Segment)
    segment = site.found.number("layout", site.found.places.segment_row[home])
    place = place_term(site.found, home, site.atom)
    return [
        Term(f"address of {home.name}", -home.address, segment),
        Term(place.name, -place.value, place.step),
        Term(f"site in {title(site.atom)}", -site.atom.site(site.row), site.loaded),
    ]


def _fits(kind: RelocType, value: int) -> tuple[bool, str]:
    """Whether an address fits the bits of its site; only a distance may be negative."""
    least = -(1 << kind.bits - 1) if kind.number == LOCREL or kind.encoding == "sleb" else 0
    return least <= value < 1 << kind.bits, f"{value:#x} fits {kind.bits} bits"


def _outside(site: Site, start: int) -> Iterator[str]:
    """A note when symbol + addend is not in what the symbol stands for: compilers bias the base of a table so."""
    atom, layout = site.symbol.target, site.found.link.layout
    if not isinstance(atom, Atom) or layout is None or atom in layout.merges:
        return
    low = start - site.symbol.offset
    if not low <= start + site.addend <= low + atom.size:
        side = "before" if site.addend < 0 else "past"
        yield f"it points {side} {title(atom)}, which is at {low:#x} to {low + atom.size:#x}"


_FORMULAS: tuple[tuple[frozenset[int], Callable[[Site], Formula]], ...] = (
    (FUNCTION_INDEX, _function),
    (TABLE_INDEX, _slot),
    (GLOBAL_INDEX, _global),
    (FUNCTION_OFFSET, _function_offset),
    (frozenset((SECTION_OFFSET,)), _section_offset),
    (frozenset((TAG_INDEX,)), _tag),
    (frozenset((TABLE_NUMBER,)), _table),
)
