"""What an audit says: findings, and groups of those that share a cause."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import NamedTuple

from wasmscope.explain.auditing.audit_causes import CAUSES
from wasmscope.explain.naming import count
from wasmscope.explain.symbols import Mention
from wasmscope.format.relocs import RelocType
from wasmscope.link.model import Atom, Symbol

SECTION_RANK = {"function": 0, "data": 1, "custom": 2}
"""How bad it is that something is wrong in an atom of that kind: 0 is worst."""
Region = tuple[str, str]
"""A family of relocation types, and what they are against: a segment or section, or "" for what has none."""


class AuditFinding(NamedTuple):
    """A relocation that was not applied rightly, bytes of an atom that no relocation accounts for, or a record of the
    module that is not what the objects and options ask for."""

    mention: Mention | None
    """The relocation; None for bytes outside of every site, and for records of the module's own."""
    atom: Atom | None
    """What it is a part of; None for a record."""
    offset: int
    """Where it is in the module's file, in bytes."""
    object_offset: int | None
    """Where it is in the object's file, in bytes; None for a record, which no object has."""
    type: RelocType | None
    against: str
    """The module's segment or section that the relocation's target is in; "" for what has none."""
    expected: int | None
    """The value that is right; None when the bytes should be those of the object, or nothing there is right."""
    formula: str
    """How the expected value comes about, in words."""
    found: int | None
    """What is there; None when it cannot be read."""
    points_to: str
    """What the found value stands for: "slot 4 holds visit_all"."""
    why: str
    """Why no value is right; "" when one is."""
    cause: str
    """A key of `audit_causes.CAUSES`."""
    message: str
    record: str = ""
    """What record of the module's own it is about: "export", "start function", …; "" for what is from an object."""
    end: int = 0
    """Of a record: where it ends in the module's file, in bytes."""
    about: Symbol | None = None
    """Of a record: the symbol that it is there for, if there is one."""

    @property
    def delta(self) -> int | None:
        """How much too high the found value is."""
        return None if self.found is None or self.expected is None else self.found - self.expected

    @property
    def region(self) -> Region:
        """What the relocation, or the record, is one of."""
        return (family(self.type) if self.type is not None else self.record, self.against)

    @property
    def rank(self) -> int:
        """How bad it is that something is wrong there: 0 is worst."""
        return SECTION_RANK[self.atom.kind] if self.atom is not None else 0


class AuditGroup(NamedTuple):
    """Findings that share a cause, in one sentence."""

    cause: str
    sentence: str
    findings: tuple[AuditFinding, ...]


def family(type: RelocType) -> str:
    """The beginning of a type's name that says what is written: MEMORY_ADDR, TABLE_INDEX, …"""
    return "_".join(type.name.removeprefix("R_WASM_").split("_")[:2])


def groups(findings: list[AuditFinding], right: Callable[[], Counter[Region]]) -> list[AuditGroup]:
    """Findings by cause and by what they are against, worst first; `right`: relocations that are right, by region."""
    found: dict[tuple[object, ...], list[AuditFinding]] = defaultdict(list)
    for one in findings:
        found[one.cause, *one.region, one.delta if CAUSES[one.cause].constant else None].append(one)
    wrong = Counter(one.region for one in findings)
    made = []
    for ones in found.values():
        whole = len(ones) > 1 and len(ones) == wrong[ones[0].region] and not right()[ones[0].region]
        ones.sort(key=lambda one: (one.rank, one.offset))
        made.append(AuditGroup(ones[0].cause, _sentence(ones, whole), tuple(ones)))
    return sorted(made, key=_badness)


def _badness(group: AuditGroup) -> tuple[int, int, int, int]:
    first = group.findings[0]
    return CAUSES[group.cause].rank, first.rank, -len(group.findings), first.offset


def _sentence(ones: list[AuditFinding], whole: bool) -> str:
    first, cause = ones[0], CAUSES[ones[0].cause]
    if first.record:
        return f"{count(len(ones), first.record)}: {cause.words}"
    if first.type is None:
        return f"{count(len(ones), 'run')} of bytes outside of every site: {cause.words}"
    subject = count(len(ones), f"{family(first.type)} relocation")
    if whole:
        subject = f"all {subject}" if len(ones) > 2 else subject.replace("2", "both", 1)
    if first.against:
        subject += f" against {first.against}"
    if cause.constant and first.delta is not None:
        verb, distance = "is" if len(ones) == 1 else "are", abs(first.delta)
        return f"{subject} {verb} {distance} too {'low' if first.delta < 0 else 'high'}: {cause.words}"
    return f"{subject}: {cause.words}"
