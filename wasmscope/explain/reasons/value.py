"""Why a relocation wrote what it wrote: the story of one value, from the formula to the bytes read back.

The value is the linker's own, asked of `link.relocate.Values` again; the terms are found separately, and a story whose
terms do not add up to the value, or whose bytes do not read back as it, is not `ok` and says so.
"""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.errors import FormatError
from wasmscope.explain.naming import bound, file_title, names_symbol, signature_of, target_title
from wasmscope.explain.reasons.formulas import Formula, formula
from wasmscope.explain.reasons.terms import Term, definition_step
from wasmscope.explain.steps import Steps, steps
from wasmscope.format.relocs import RELOC_TYPES, RelocType, decode
from wasmscope.link.model import Atom, Link, Symbol
from wasmscope.link.relocate import Values

ENCODINGS = {
    "uleb": "ULEB128, padded to {} bytes",
    "sleb": "SLEB128, padded to {} bytes",
    "le": "little endian, {} bytes",
}


class ValueStory(NamedTuple):
    """One relocation, explained. `lines` is it in six lines of text."""

    atom: Atom
    row: int
    type: RelocType
    symbol: Symbol | None
    """None when the index is a function type."""
    formula: str
    """With the names in it: "value = index(bump)"."""
    path: tuple[Term, ...]
    """How the symbol became what it is: (sentence, 0, step), the object's own mention first."""
    terms: tuple[Term, ...]
    """They add up to `value`."""
    value: int
    """The linker's value, before it is cut to the site."""
    encoding: str
    before: bytes
    after: bytes
    """The site's bytes in the object and in the output."""
    reread: int | None
    """The bytes read back with the type's own decoder; None if they cannot be."""
    range: str
    """What the value must be, in words, with a ✓ or ✗."""
    ok: bool
    """The terms add up, the bytes read back as the value, and it is in range."""
    notes: tuple[str, ...]

    def shown(self, value: int) -> str:
        """A number as this type's are shown: addresses and offsets in hex, indices in decimal."""
        return f"{value:#x}" if self.type.addend else f"{value}"

    @property
    def sum(self) -> str:
        """The terms as a sum, each with its step: "5 imports @90 + 33 functions defined before bump @131"."""
        text = ""
        for term in self.terms:
            sign = (" - " if term.value < 0 else " + ") if text else "-" if term.value < 0 else ""
            text += f"{sign}{self.shown(abs(term.value))} {term.name} @{term.step}"
        return text or "nothing"

    @property
    def lines(self) -> list[str]:
        """The six lines: type, formula, symbol, terms, encoding, re-read."""
        reread = "cannot be read" if self.reread is None else self.shown(self.reread)
        return [
            f"type {self.type.number} {self.type.name}: {self.type.summary}",
            self.formula,
            "symbol " + " → ".join(f"{one.name} @{one.step}" for one in self.path),
            f"{self.sum} = {self.shown(self.value)}",
            f"encode {self.encoding}: {self.before.hex(' ')} → {self.after.hex(' ')}",
            f"re-read {self.after.hex(' ')} = {reread}; {self.range}",
        ]


def why_value(link: Link, atom: Atom, row: int) -> ValueStory:
    """The story of relocation `row` of `atom`'s section. Raises LookupError if the link does not apply it."""
    found = steps(link)
    relocated = link.relocate
    if relocated is None or found.places.relocation_row(atom, row) is None or atom.relocs is None:
        raise LookupError(f"relocation {row} of {atom!r} is not applied in this link")
    type = RELOC_TYPES[atom.relocs.types[row]]
    written = relocated.values[atom][row - atom.lo]
    told = formula(found, atom, row)
    before, after = found.places.before(atom, row), found.places.after(atom, row)
    reread = _reread(type, after)
    problems = [*_disagreements(link, atom, row, written, told), *_misread(type, written, reread)]
    return ValueStory(
        atom, row, type, bound(link, atom, row), f"value = {told.text}", _path(found, atom, row), tuple(told.terms),
        written, _encoding(type, before, after), before, after, reread,
        f"{told.range} {'✓' if told.in_range else '✗'}", not problems and told.in_range, (*told.notes, *problems),
    )  # fmt: skip


def _encoding(type: RelocType, before: bytes, after: bytes) -> str:
    if len(before) != len(after):
        return f"{type.encoding[0].upper()}LEB128, in as few bytes as it takes: {len(after)}"
    return ENCODINGS[type.encoding].format(type.width)


def _disagreements(link: Link, atom: Atom, row: int, written: int, told: Formula) -> list[str]:
    """Where the linker's value, asked again, or the sum of the terms is not what was written."""
    assert link.resolve is not None
    assert link.mark is not None
    assert link.layout is not None
    assert link.index is not None
    again = Values(link.resolve, link.mark, link.layout, link.index).of(atom, row)
    problems = [] if again == written else [f"the value is {again:#x} when asked again, but {written:#x} was written"]
    total = sum(term.value for term in told.terms)
    return problems if total == written else [*problems, f"the terms add up to {total:#x}, not to {written:#x}"]


def _reread(type: RelocType, data: bytes) -> int | None:
    try:
        return decode(type, data, 0)
    except FormatError:
        return None


def _misread(type: RelocType, value: int, reread: int | None) -> list[str]:
    if reread is None:
        return ["the bytes cannot be read back"]
    if (reread - value) % (1 << type.bits):
        return [f"the bytes read back as {reread:#x}, not as {value:#x}"]
    return []


def _path(found: Steps, atom: Atom, row: int) -> tuple[Term, ...]:
    """The object's own record, then who defines the symbol."""
    assert atom.relocs is not None
    assert atom.file is not None
    index = atom.relocs.indices[row]
    if not names_symbol(atom.relocs.types[row]):
        step = found.number("load", found.symbols.reloc_section_row(atom) or 0)
        return (Term(f"{atom.file.name} type {index} {signature_of(atom, row)}", 0, step),)
    symbol = bound(found.link, atom, row)
    records = atom.file.records
    undefined = index >= len(records) or records[index].flags & 0x10
    joined = found.symbols.joined.get(atom.file)
    own = f"{atom.file.name} #{index} {target_title(found.link, atom, row)}, {'undefined' if undefined else 'defined'}"
    first = Term(own, 0, found.number("resolve", joined) if joined is not None else 0)
    if symbol is None or (symbol.file is atom.file and symbol.record == index):
        return (first,)
    who = file_title(symbol.file)
    if symbol.file is not None and symbol.record >= 0:
        who += f" #{symbol.record}"
    state = "stub" if symbol.stub else symbol.state
    return first, Term(f"{who} {symbol.name}, {state}", 0, definition_step(found, symbol))
