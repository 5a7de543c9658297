"""Auditing a module that any linker made: was every relocation applied rightly?

`audit` matches the module with the objects (`matching`), asks for each relocation what it must have written
(`expected`), reads what is there, and says of each difference what the value found does stand for and what mistake
makes such a value (`audit_causes`). Differences of one cause are put together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from wasmscope.errors import FormatError
from wasmscope.explain.audit_causes import CAUSES, Causes, Miss
from wasmscope.explain.expected import Expected, Want
from wasmscope.explain.landmarks import Landmarks
from wasmscope.explain.matching import Matching, Unmatched, match
from wasmscope.explain.naming import bound, count, target_title, titled
from wasmscope.explain.symbols import Mention
from wasmscope.format.module import Module
from wasmscope.format.relocs import RELOC_TYPES, RelocType
from wasmscope.link.mark import TYPE_INDEX
from wasmscope.link.model import Atom, Link
from wasmscope.link.relocate import LOCREL, SECTION_OFFSET

SECTION_RANK = {"function": 0, "data": 1, "custom": 2}


class AuditFinding(NamedTuple):
    """A relocation that was not applied rightly, or bytes of an atom that no relocation accounts for."""

    mention: Mention | None
    """The relocation; None for bytes outside of every site."""
    atom: Atom
    offset: int
    """Where it is in the module's file, in bytes."""
    object_offset: int
    """Where it is in the object's file, in bytes."""
    type: RelocType | None
    expected: int | None
    """The value that is right; None when the bytes should be those of the object."""
    formula: str
    """How the expected value comes about, in words."""
    found: int | None
    """What is there; None when it cannot be read."""
    points_to: str
    """What the found value stands for: "slot 4 holds visit_all"."""
    cause: str
    """A key of `audit_causes.CAUSES`."""
    message: str

    @property
    def delta(self) -> int | None:
        """How much too high the found value is."""
        return None if self.found is None or self.expected is None else self.found - self.expected


class AuditGroup(NamedTuple):
    """Findings that share a cause, in one sentence."""

    cause: str
    sentence: str
    findings: tuple[AuditFinding, ...]


@dataclass(slots=True)
class Audit:
    """What `audit` found."""

    identical: bool
    """Our own link of the same command line has the same bytes."""
    matching: Matching
    findings: list[AuditFinding] = field(default_factory=list)
    """Worst first."""
    groups: list[AuditGroup] = field(default_factory=list)
    """The same by cause, worst first."""
    checked: int = 0
    """Relocations whose value was compared."""
    unchecked: Counter[str] = field(default_factory=Counter)
    """Relocations whose value could not be compared, by the reason."""

    @property
    def unmatched(self) -> list[Unmatched]:
        """Atoms of the objects and functions of the module that have no counterpart, and why."""
        return self.matching.unmatched

    @property
    def matched(self) -> dict[str, int]:
        """How many atoms of each kind ("function", "data", "custom") have a place in the module."""
        found = Counter(atom.kind for atom in self.matching.atoms)
        found.update(atom.kind for atom in self.matching.merged)
        return {kind: found[kind] for kind in SECTION_RANK}


def audit(link: Link, module: Module) -> Audit:
    """Check every relocation of the objects of `link` in the finished `module`.

    `link` must have come past phase resolve; it may have failed later. Raises nothing for bad input: what cannot be
    matched or read is in the result.
    """
    identical = link.emit is not None and link.emit.data == module.data
    return _Auditor(link, module, identical).run()


class _Auditor:
    def __init__(self, link: Link, module: Module, identical: bool) -> None:
        self.link = link
        self.module = module
        self.matching = match(link, module)
        self.expected = Expected(self.matching)
        self.landmarks = Landmarks(self.matching)
        self.causes = Causes(self.matching, self.landmarks)
        self.result = Audit(identical, self.matching)

    def run(self) -> Audit:
        result = self.result
        misses = [miss for atom in self.matching.atoms for miss in self.check(atom)]
        result.findings += self.findings(misses)
        result.findings += [one for atom in self.matching.atoms for one in self.strays(atom)]
        result.groups = _groups(result.findings, self.link)
        result.findings = [one for group in result.groups for one in group.findings]
        return result

    # --- checking -------------------------------------------------------------------------------------------

    def check(self, atom: Atom) -> Iterator[Miss]:
        """The relocations of an atom whose values are wrong."""
        relocs, home = atom.relocs, self.matching.atoms[atom]
        if relocs is None or atom.file is None or home.origin < 0:
            return
        if home.spans == () and atom.hi > atom.lo:
            self.result.unchecked["the function has another body"] += atom.hi - atom.lo
            return
        base, kinds, indices = self.expected.base, relocs.types, relocs.indices
        for row in range(atom.lo, atom.hi):
            kind = kinds[row]
            try:
                found = self.matching.found(atom, row)
            except FormatError:
                found = None
            want = base(atom, kind, indices[row]) if kind not in _ONE_BY_ONE else self.expected.of(atom, row)
            type = RELOC_TYPES[kind]
            addend = relocs.addends[row] if want.addend else 0
            if not want.values:
                yield from self.unknown(atom, row, want, found)
                continue
            self.result.checked += 1
            values = [value_at(type, one + addend) for one in want.values]
            if found not in values and not self.same_string(atom, row, found):
                yield self.miss(atom, row, want, values[0], found)

    def miss(self, atom: Atom, row: int, want: Want, expected: int | None, found: int | None) -> Miss:
        assert atom.relocs is not None
        type, addend = RELOC_TYPES[atom.relocs.types[row]], atom.relocs.addends[row]
        formula = want.formula
        if want.addend and addend:
            formula += f" {'-' if addend < 0 else '+'} {abs(addend):#x}"
        start, end = self.matching.site(atom, row) or (0, 0)
        symbol = bound(self.link, atom, row)
        return Miss(atom, row, type, symbol, addend, expected, formula, found, self.module.data[start:end], want)

    def unknown(self, atom: Atom, row: int, want: Want, found: int | None) -> Iterator[Miss]:
        """A value that nothing is expected of: wrong all the same when it stands for something else that is known."""
        miss = self.miss(atom, row, want, None, found)
        if found is not None and self.causes.is_anothers(miss):
            self.result.checked += 1
            yield miss
        else:
            self.result.unchecked[want.why or "its target was not found"] += 1

    def same_string(self, atom: Atom, row: int, found: int | None) -> bool:
        """Whether the value leads to a string that is equal to the one meant: a linker may have merged them its way."""
        assert atom.relocs is not None
        if found is None:
            return False
        kind = atom.relocs.types[row]
        if kind == SECTION_OFFSET or (RELOC_TYPES[kind].symbol_kind == "data" and kind != LOCREL):
            return self.landmarks.same_string(atom, row, found)
        return False

    # --- findings -------------------------------------------------------------------------------------------

    def findings(self, misses: list[Miss]) -> Iterator[AuditFinding]:
        shifts = Counter((miss.type.number, miss.delta) for miss in misses if miss.delta is not None)
        for miss in misses:
            cause, words = self.causes.of(miss, shifts)
            start, _ = self.matching.site(miss.atom, miss.row) or (0, 0)
            points_to = self.landmarks.told(miss)
            yield AuditFinding(
                Mention(miss.atom, miss.row), miss.atom, start, miss.atom.start + miss.atom.site(miss.row), miss.type,
                miss.expected, miss.formula, miss.found, points_to, cause, self.message(miss, points_to, words),
            )  # fmt: skip

    def message(self, miss: Miss, points_to: str, words: str) -> str:
        name = target_title(self.link, miss.atom, miss.row)
        found = "nothing that can be read" if miss.found is None else miss.shown(miss.found)
        text = f"{miss.type.name} {name} in {titled(miss.atom)}: found {found}"
        if points_to:
            text += f" ({points_to})"
        if miss.expected is not None:
            text += f", expected {miss.shown(miss.expected)} = {miss.formula}"
        return f"{text}: {words}"

    def strays(self, atom: Atom) -> Iterator[AuditFinding]:
        """Bytes that differ although nothing patches them."""
        home = self.matching.atoms[atom]
        for start, end in home.strays:
            cause, words = self.causes.of_stray(atom, start, end)
            there = self.module.data[home.origin + start : home.origin + end]
            own = atom.data[start:end]
            text = f"bytes {start:#x} to {end:#x} of {titled(atom)} are {there.hex(' ')}, in the object {own.hex(' ')}"
            yield AuditFinding(
                None, atom, home.origin + start, atom.start + start, None, None, "copied from the object", None,
                "", cause, f"{text}: {words}",
            )  # fmt: skip


_ONE_BY_ONE = frozenset((SECTION_OFFSET, LOCREL, 8, 22))
"""Types whose value is not a base plus an addend."""


def value_at(type: RelocType, value: int) -> int:
    """`value` as it is read back from a site of that type."""
    value &= (1 << type.bits) - 1
    return value - ((value >> type.bits - 1) << type.bits) if type.encoding == "sleb" else value


# --- groups -----------------------------------------------------------------------------------------------------


def _groups(findings: list[AuditFinding], link: Link) -> list[AuditGroup]:
    """Findings by cause, type and what they are against; worst first."""
    found: dict[tuple[object, ...], list[AuditFinding]] = defaultdict(list)
    for one in findings:
        found[one.cause, one.type.name if one.type else "", _against(one, link), _constant(one)].append(one)
    groups = [AuditGroup(ones[0].cause, _sentence(ones, link), tuple(sorted(ones, key=_place)))
              for ones in found.values()]  # fmt: skip
    return sorted(groups, key=_badness)


def _badness(group: AuditGroup) -> tuple[int, int, int, int]:
    first = group.findings[0]
    return CAUSES[group.cause].rank, SECTION_RANK[first.atom.kind], -len(group.findings), first.offset


def _place(one: AuditFinding) -> tuple[int, int]:
    return SECTION_RANK[one.atom.kind], one.offset


def _against(one: AuditFinding, link: Link) -> str:
    """What group of things the relocation is against: an output segment, a section, a kind of thing."""
    if one.mention is None or one.type is None or one.type.number == TYPE_INDEX:
        return ""
    symbol = bound(link, *one.mention)
    if symbol is None:
        return ""
    home = link.layout.home.get(symbol.target) if link.layout is not None and isinstance(symbol.target, Atom) else None
    if home is not None:
        return home.name
    return symbol.target.name if isinstance(symbol.target, Atom) and symbol.target.kind != "function" else ""


def _constant(one: AuditFinding) -> int | None:
    return one.delta if CAUSES[one.cause].constant else None


def _sentence(ones: list[AuditFinding], link: Link) -> str:
    first = ones[0]
    cause = CAUSES[first.cause]
    if first.type is None:
        return f"{count(len(ones), 'run')} of bytes outside of every site: {cause.words}"
    against = _against(first, link)
    subject = f"{count(len(ones), 'relocation')}"
    kind = first.type.name.removeprefix("R_WASM_")
    subject = f"{len(ones):,} {kind} relocation{'s' if len(ones) != 1 else ''}"
    if against:
        subject += f" against {against}"
    verb = "is" if len(ones) == 1 else "are"
    if cause.constant and first.delta is not None:
        return f"{subject} {verb} {abs(first.delta)} too {'low' if first.delta < 0 else 'high'}: {cause.words}"
    return f"{subject}: {cause.words}"
