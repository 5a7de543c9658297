"""Answers that a test asserts on: what a check or an audit found, and how two links or files differ."""

from __future__ import annotations

from collections.abc import Sequence

from wasmscope.api.answer import Answer, Facts
from wasmscope.api.told import AuditedStory
from wasmscope.errors import NotFoundError
from wasmscope.explain.alone.lone import LoneModule
from wasmscope.explain.auditing.audit import Audit, AuditFinding, AuditGroup
from wasmscope.explain.auditing.foreign import foreign_byte
from wasmscope.explain.checking.findings import Finding
from wasmscope.explain.comparing.decision import Decision
from wasmscope.explain.comparing.diff import Difference, Entry
from wasmscope.explain.comparing.diff_archives import ArchiveDifference, MemberChange
from wasmscope.explain.comparing.diff_links import LinkDifference
from wasmscope.link.model import Link
from wasmscope.report import audit as audit_report
from wasmscope.report import checks as checks_report
from wasmscope.report.diff import file_facts
from wasmscope.report.diff import lines as file_lines
from wasmscope.report.diff_links import link_facts, link_lines
from wasmscope.report.foreign import foreign_facts, foreign_lines


class Checked(Answer):
    """What wasm-ld accepts without a word, and should not; `report/checks.py` says what its facts are."""

    def __init__(self, found: Sequence[Finding], link: Link | None = None) -> None:
        super().__init__(checks_report.check_facts(found, link), checks_report.lines)
        self.findings = tuple(found)
        """Each with `rule`, `place` (file, section, offset in that file, function), `found` and `consequence`."""

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def rules(self) -> frozenset[str]:
        """The rules that were broken."""
        return frozenset(one.rule for one in self.findings)


class Audited(Answer):
    """Whether a module has every relocation of its objects applied rightly; `report/audit.py` says what its facts
    are."""

    def __init__(self, link: Link, found: Audit, order: tuple[str, ...]) -> None:
        super().__init__(audit_report.audit_facts(link, found, order), audit_report.lines)
        self._link = link
        self._found = found

    @property
    def ok(self) -> bool:
        """Whether something was checked, and nothing found."""
        return not self.findings and audit_report.checked_any(self.facts)

    @property
    def identical(self) -> bool:
        """Whether our own link of the same objects and options has the same bytes."""
        return self._found.identical

    @property
    def findings(self) -> tuple[AuditFinding, ...]:
        """What is wrong, worst first: `message`, `cause`, `offset` (in the module's file), `object_offset`, `expected`,
        `found`, `formula`, `points_to`; `record` ("export", …) and `about` where it is no relocation."""
        return tuple(self._found.findings)

    @property
    def groups(self) -> tuple[AuditGroup, ...]:
        """The same by cause, worst first: `cause`, `sentence`, `findings`."""
        return tuple(self._found.groups)

    @property
    def checked(self) -> int:
        """How many relocations were compared."""
        return self._found.checked

    @property
    def unmatched(self) -> tuple[str, ...]:
        """What has no counterpart, and why: functions and data that could not be checked."""
        return tuple(one.why for one in self._found.unmatched)

    def at(self, place: int | str) -> AuditedStory:
        """The story of a byte of the module (0x40, "mem:0x1010", "code+0x10") or of an object ("main.o:0x40"), with the
        other side of it and the relocation there. Raises NotFoundError when there is no such byte."""
        lone = LoneModule(self._found.matching.module)
        try:
            told = foreign_byte(self._found, lone, place if isinstance(place, str) else hex(place))
        except LookupError as error:
            raise NotFoundError(str(error.args[0])) from None
        return AuditedStory(foreign_facts(self._link, lone, told), foreign_lines)


class FilesCompared(Answer):
    """How two modules, objects or archives differ; `report/diff.py` says what its facts are."""

    def __init__(self, found: Difference | ArchiveDifference, hunks: bool) -> None:
        super().__init__(file_facts(found, hunks), file_lines)
        self._found = found

    @property
    def same(self) -> bool:
        """Whether the two are the same, byte for byte."""
        return self._found.same

    @property
    def changes(self) -> tuple[Entry, ...]:
        """Of modules and objects, what differs: `group`, `change`, `name`, `what` (in words), `delta` (bytes more)."""
        return tuple(self._found.entries) if isinstance(self._found, Difference) else ()

    @property
    def members(self) -> tuple[MemberChange, ...]:
        """Of archives, the members that differ."""
        return tuple(self._found.members) if isinstance(self._found, ArchiveDifference) else ()


class LinksCompared(Answer):
    """How two links differ, decision by decision; `report/diff_links.py` says what its facts are."""

    def __init__(self, found: LinkDifference, names: tuple[str, str], hunks: bool) -> None:
        super().__init__(link_facts(found, names, hunks), _link_lines)
        self._found = found

    @property
    def same(self) -> bool:
        """Whether nothing was decided in another way, and the outputs are the same bytes."""
        return self._found.same

    @property
    def first(self) -> Decision | None:
        """The decision that differs first and explains the rest: `phase`, `kind`, `change`, `name`, `was`, `now`."""
        return self._found.first

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """All decisions that differ, options first, then phase by phase."""
        return tuple(self._found.decisions)


def _link_lines(facts: Facts) -> list[str]:
    return list(link_lines(facts))
