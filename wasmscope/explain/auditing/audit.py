"""Auditing a module that any linker made: was every relocation applied rightly?

`audit` matches the module with the objects (`matching`), asks for each relocation what it must have written
(`expected`), reads what is there, and says of each difference what the value found does stand for (`landmarks`) and
what mistake makes such a value (`audit_causes`, `cause_rules`). Then it holds the module's own records, which no object
has, against what objects and options ask for (`record_rules`). Differences of one cause are put together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from wasmscope.errors import FormatError
from wasmscope.explain.auditing.audit_causes import CAUSES, Miss
from wasmscope.explain.auditing.audit_findings import SECTION_RANK, AuditFinding, AuditGroup, Region, family, groups
from wasmscope.explain.auditing.cause_rules import Causes
from wasmscope.explain.auditing.expected import Expected, Want
from wasmscope.explain.auditing.known import Known, Unfilled
from wasmscope.explain.auditing.landmarks import Landmarks
from wasmscope.explain.auditing.quick_check import QuickCheck
from wasmscope.explain.auditing.record_rules import record_findings
from wasmscope.explain.auditing.stray_rules import Strays
from wasmscope.explain.matching.matching import Home, Matching, Unmatched, match
from wasmscope.explain.naming import bound, target_title, titled
from wasmscope.explain.symbols import Mention
from wasmscope.format.module import Module
from wasmscope.format.relocs import RELOC_TYPES, RelocType
from wasmscope.link.collector import at_rest
from wasmscope.link.model import Atom, Link

__all__ = ["Audit", "AuditFinding", "AuditGroup", "audit"]


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
    records: Counter[str] = field(default_factory=Counter)
    """Records of the module's own that were compared, by what they are: "export", "start function", …"""
    records_unchecked: Counter[str] = field(default_factory=Counter)
    """Those that could not be compared, by the reason."""

    @property
    def atoms(self) -> dict[Atom, Home]:
        """Where each atom is in the module; the way back is `matching.atom_at`."""
        return self.matching.atoms

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
    with at_rest():
        return _Auditor(link, module, identical).run()


class _Auditor:
    def __init__(self, link: Link, module: Module, identical: bool) -> None:
        self.link = link
        self.module = module
        self.matching = match(link, module)
        self.expected = Expected(self.matching)
        self.quick = QuickCheck(self.matching, self.expected)
        self.landmarks = Landmarks(self.matching)
        self.unfilled: list[Unfilled] = []
        self.result = Audit(identical, self.matching)

    def run(self) -> Audit:
        result = self.result
        misses = [miss for atom in self.matching.atoms for miss in self.check(atom)]
        result.checked += self.quick.right
        self.missed = {(miss.atom, miss.row) for miss in misses}
        known = Known(self.matching, self.expected, self.landmarks, self.causes, self.unfilled)
        found = [*self.findings(misses), *record_findings(known)]
        result.records, result.records_unchecked = known.checked, known.unchecked
        result.groups = groups(found, lambda: self.right)
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
        for row in self.quick.doubtful(atom):
            want = self.expected.of(atom, row)
            try:
                found = self.matching.found(atom, row)
            except FormatError:
                found = None
            if not want.values:
                yield from self.unknown(atom, row, want, found)
                continue
            self.result.checked += 1
            type, addend = RELOC_TYPES[relocs.types[row]], relocs.addends[row] if want.addend else 0
            values = [value_at(type, one) for one in (*(one + addend for one in want.values), *want.marks)]
            if found not in values and not self.landmarks.same_string(atom, row, found):
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
        if found is not None and want.unfilled is not None and atom.kind != "custom":
            slot = found + (self.matching.image.first_slot if miss.type.relative else 0)
            self.unfilled.append(Unfilled(want.unfilled, slot, miss))
            self.result.checked += 1
        elif found is not None and (want.wrong or self.causes.definition(miss)):
            self.result.checked += 1
            yield miss
        else:
            self.result.unchecked[want.why or "its target was not found"] += 1

    @cached_property
    def causes(self) -> Causes:
        """The rules before anything is known to be wrong."""
        return Causes(self.matching, self.landmarks, (), Counter())

    # --- findings -------------------------------------------------------------------------------------------

    def findings(self, misses: list[Miss]) -> Iterator[AuditFinding]:
        """What is wrong, in no order."""
        if misses:
            right: Counter[str] = Counter()
            for (_, against), times in self.right.items():
                right[against] += times
            causes = Causes(self.matching, self.landmarks, misses, right)
            for miss in misses:
                yield self.finding(miss, *causes.of(miss))
        yield from self.strays([one for one in map(self.causes.stale_site, misses) if one is not None])

    def strays(self, stale: list[tuple[int, int]]) -> Iterator[AuditFinding]:
        """Bytes that differ although nothing patches them; `stale`: file offsets of what was written in wrong places
        and is told at its site, too."""
        rules = Strays(self.matching)
        for atom, home in self.matching.atoms.items():
            for one in rules.of(atom) if home.strays else ():
                offset = self.matching.offset_of(atom, one.start) or home.start
                place = next((span for span in stale if span[0] <= offset < span[1]), None)
                start, end = place or (offset, offset + one.end - one.start)
                cause, words = ("stale offset", CAUSES["stale offset"].words) if place else (one.cause, one.words)
                there, own = self.module.data[start:end], atom.data[one.start : one.end]
                text = f"bytes {start:#x} to {end:#x}, in {titled(atom)}, are {there.hex(' ')}"
                text += f", and in the object {own.hex(' ')}: {words}"
                yield AuditFinding(None, atom, start, atom.start + one.start, None, "", None, "copied from the object",
                                   None, "", "", cause, text)  # fmt: skip

    def finding(self, miss: Miss, cause: str, words: str) -> AuditFinding:
        start, _ = self.matching.site(miss.atom, miss.row) or (0, 0)
        points_to, atom = self.landmarks.told(miss), miss.atom
        found = "nothing that can be read" if miss.found is None else miss.shown(miss.found)
        text = f"{miss.type.name} {target_title(self.link, atom, miss.row)} in {titled(atom)}: found {found}"
        text += f" ({points_to})" if points_to else ""
        if miss.expected is not None:
            text += f", expected {miss.shown(miss.expected)} = {miss.formula}"
        elif miss.want.why:
            text += f", expected {miss.formula}, but {miss.want.why}"
        return AuditFinding(
            Mention(atom, miss.row), atom, start, atom.start + atom.site(miss.row), miss.type,
            self.landmarks.region(miss.symbol), miss.expected, miss.formula, miss.found, points_to,
            miss.want.why if miss.expected is None else "", cause,
            f"{text}: {words}",
        )  # fmt: skip

    @cached_property
    def right(self) -> Counter[Region]:
        """Relocations that are right, by region. Counted only when something is wrong."""
        found: Counter[Region] = Counter()
        families = {_FAMILIES[atom.reloc(row).type] for atom, row in self.missed}
        for atom, home in self.matching.atoms.items():
            if atom.relocs is None or home.origin < 0 or home.spans == ():
                continue
            for row in range(atom.lo, atom.hi):
                name = _FAMILIES[atom.relocs.types[row]]
                if name in families and (atom, row) not in self.missed:
                    found[name, self.landmarks.region(bound(self.link, atom, row))] += 1
        return found


_FAMILIES = [family(type) for type in RELOC_TYPES]


def value_at(type: RelocType, value: int) -> int:
    """`value` as it is read back from a site of that type."""
    value &= (1 << type.bits) - 1
    return value - ((value >> type.bits - 1) << type.bits) if type.encoding == "sleb" else value
