"""A finished module audited from a session: its findings, on the things of the link that is looked at.

What audits is loaded when it is asked for: the screen does not wait for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from wasmscope.debugger.cursor import Byte
from wasmscope.debugger.kept import same
from wasmscope.debugger.lines import CardLine
from wasmscope.debugger.naming import Naming
from wasmscope.explain.naming import count
from wasmscope.explain.references import AtomByte
from wasmscope.explain.steps import Steps
from wasmscope.explain.symbols import Mention
from wasmscope.format.module import Module, read
from wasmscope.link.driver import link as make_link
from wasmscope.link.lenient import link_leniently, named
from wasmscope.link.model import Atom, Link, Symbol

if TYPE_CHECKING:
    from wasmscope.explain.auditing.audit import Audit, AuditFinding

SHOWN = 100
"""Findings of a group that are listed."""
SMALL = 1000
"""Numbers down to this one below 0 are shown as such."""


class Audited(NamedTuple):
    """The audit of a module against the link that is looked at."""

    path: str
    found: Audit
    at: dict[Mention, AuditFinding]
    """Findings by their relocation in that link."""
    about: dict[Symbol, list[AuditFinding]]
    """Findings of records by the symbol in that link that they are there for."""
    inside: dict[Byte, list[AuditFinding]]
    """Findings of records that are there for no symbol, by the first byte of that link's section of their sort."""
    outside: dict[Atom, list[AuditFinding]]
    """Findings outside of every relocation by their atom in that link."""
    lines: list[CardLine]
    """Groups, worst first, each with its findings; a line leads to its relocation, its byte, or the symbol
    or section that a record is of."""
    summary: str


def module_to_audit(path: str) -> Module:
    """The finished module at `path`. Raises OSError, or FormatError when it cannot be audited."""
    from wasmscope.explain.auditing.auditable import auditable

    module = read(Path(path).read_bytes(), path)
    auditable(module)
    return module


def audited(steps: Steps, naming: Naming, module: Module, strict: bool) -> Audited:
    """Audit `module` with the objects of the link. Raises OptionError for a link that makes an object."""
    from wasmscope.explain.auditing.auditable import as_linked
    from wasmscope.explain.auditing.object_order import audit_in_order, reordered

    link, options = steps.link, as_linked(steps.link.options, module)

    def relink(order: tuple[str, ...]) -> Link:
        again = reordered(options, order)
        return make_link(named(again)) if strict else link_leniently(again, make_link)

    _, found, order = audit_in_order(link, module, relink)
    here = _Here(steps.link, found.matching.link)
    at = {here.same(one.mention): one for one in found.findings if one.mention is not None}
    about: dict[Symbol, list[AuditFinding]] = defaultdict(list)
    inside: dict[Byte, list[AuditFinding]] = defaultdict(list)
    outside: dict[Atom, list[AuditFinding]] = defaultdict(list)
    for one in found.findings:
        if one.about is not None:
            about[here.same(one.about)].append(one)
        elif one.record:
            section = here.section(module, one.offset)
            if section is not None:
                inside[section].append(one)
        if one.mention is None and one.atom is not None:
            outside[here.same(one.atom)].append(one)
    lines = list(_lines(found, here, naming))
    return Audited(module.file, found, at, about, inside, outside, lines, _summary(found, order))


def _summary(found: Audit, order: tuple[str, ...]) -> str:
    from wasmscope.explain.auditing.auditable import is_renamed

    same = "the same bytes as this link" if found.identical else "other bytes than this link"
    if not found.identical and is_renamed(found.matching.link, found.matching.module):
        same = "the same bytes as this link, but for the name of the module"
    causes = {group.cause for group in found.groups}
    total = f"{count(len(found.findings), 'finding')} of {count(len(causes), 'cause')}"
    if not found.findings:
        total = "nothing found" if found.checked or not found.unmatched else "made from other objects: nothing checked"
    moved = f"; objects in the order {' '.join(order)}" if order else ""
    left = f"; {count(len(found.unmatched), 'thing')} without a counterpart" if found.unmatched else ""
    checked = f"{count(found.checked, 'relocation')} and {count(found.records.total(), 'record')}"
    return f"{same}; checked {checked}; {total}{left}{moved}"


class _Here:
    """Things of another link of the same objects as those of this one."""

    def __init__(self, link: Link, other: Link) -> None:
        self.link = link
        self.other = other

    def same(self, thing: object) -> Any:
        """The same thing in this link; itself where this link has none."""
        return same(self.other, self.link, thing) or thing

    def section(self, module: Module, offset: int) -> Byte | None:
        """The section of this link's output that is of the sort that byte `offset` of `module` is in; where a section
        ends, something is missing in it."""
        id = next((one.id for one in module.sections if one.start < offset <= one.end), None)
        output = self.link.emit.sections if self.link.emit is not None else []
        return next((Byte(None, one.start) for one in output if one.id == id), None)


def _lines(found: Audit, here: _Here, naming: Naming) -> Iterator[CardLine]:
    for group in found.groups:
        first = _target(found, here, group.findings[0])
        yield CardLine([(f"{group.cause}  ", "error"), (naming.words(group.sentence), "")], first, 2)
        for one in group.findings[:SHOWN]:
            spans = [(f"  {one.offset:#x}  ", "number"), (naming.words(one.message), "")]
            yield CardLine(spans, _target(found, here, one), 4)
        if len(group.findings) > SHOWN:
            yield CardLine([(f"  … and {len(group.findings) - SHOWN:,} more", "pending")])


def _target(found: Audit, here: _Here, one: AuditFinding) -> object:
    if one.mention is not None:
        return here.same(one.mention)
    if one.atom is None or one.object_offset is None:
        return here.same(one.about) if one.about is not None else here.section(found.matching.module, one.offset)
    atom = here.same(one.atom)
    return AtomByte(atom, max(0, one.object_offset - atom.start))


def finding_lines(audited: Audited, mention: Mention, naming: Naming) -> list[CardLine]:
    """What the audit says of a relocation; nothing if that is right, or was not checked."""
    one = audited.at.get(mention)
    if one is None:
        return []
    expected = f"nothing that is there: {one.why}" if one.expected is None else _number(one, one.expected)
    there = "cannot be read" if one.found is None else _number(one, one.found)
    formula, points_to = naming.words(one.formula), naming.words(one.points_to)
    return [
        CardLine([(f"! in {audited.path.rpartition('/')[2]} at {one.offset:#x}: {one.cause}", "error")]),
        CardLine([("  expected ", "dim"), (naming.words(expected), "ok"), (f"  {formula}", "dim")], None, 11),
        CardLine([("  found    ", "dim"), (there, "error"), (f"  {points_to}", "dim")], None, 11),
    ]


def record_lines(audited: Audited, symbol: Symbol, naming: Naming) -> list[CardLine]:
    """What the audit says of the records that are there for a symbol."""
    return [_record(audited, one, naming) for one in audited.about.get(symbol, ())]


def section_lines(audited: Audited, start: Byte, naming: Naming) -> list[CardLine]:
    """What the audit says of records of the section at `start` of the output that are there for no symbol."""
    return [_record(audited, one, naming) for one in audited.inside.get(start, ())]


def _record(audited: Audited, one: AuditFinding, naming: Naming) -> CardLine:
    name = audited.path.rpartition("/")[2]
    return CardLine([(f"! in {name} at {one.offset:#x}: {naming.words(one.message)}", "error")], None, 2)


def outside_lines(audited: Audited, atom: Atom, naming: Naming) -> list[CardLine]:
    """What the audit says of bytes of an atom that no relocation accounts for; each line leads there."""
    lines = []
    for one in audited.outside.get(atom, ()):
        inside = max(0, one.object_offset - atom.start) if one.object_offset is not None else 0
        lines.append(_record(audited, one, naming)._replace(target=AtomByte(atom, inside)))
    return lines


def _number(one: AuditFinding, value: int) -> str:
    """A value in decimal and hex: one just below 0 as the table of relocations has it, which knows it as signed."""
    low = value - (1 << one.type.bits) if one.type is not None else 0
    return f"{low if -SMALL < low < 0 else value} = {value:#x}"
