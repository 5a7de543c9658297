"""How two archives differ: member by member, by name."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from wasmscope.errors import FormatError
from wasmscope.explain.comparing.alignment import same_keys
from wasmscope.explain.comparing.diff import Difference, diff_modules
from wasmscope.format.archive import Archive, Member
from wasmscope.format.module import Module, read
from wasmscope.format.module_value import HEADER


class MemberChange(NamedTuple):
    """A member that is in one of the archives only, or not the same in both."""

    name: str
    change: str
    """ "added", "removed" or "changed"."""
    before: Member | None
    after: Member | None
    difference: Difference | None
    """Of a changed member that is WebAssembly on both sides: how."""


class ArchiveDifference:
    """What is different in archive `b` when compared with `a`."""

    def __init__(self, a: Archive, b: Archive) -> None:
        self.a, self.b = a, b
        self.errors: list[FormatError] = []
        """Where an archive, or a file that a thin one names, cannot be read: what comes before was compared."""
        self._before, self._after = self._members(a), self._members(b)

    def _members(self, archive: Archive) -> list[tuple[Member, bytes]]:
        found: list[tuple[Member, bytes]] = []
        try:
            for member in archive.members():
                try:
                    found.append((member, member.data))
                except FormatError as error:
                    self.errors.append(error)
        except FormatError as error:
            self.errors.append(error)
        return found

    @property
    def same(self) -> bool:
        """Whether the two archives are the same, byte for byte, with the files that thin ones name."""
        contents = [[data for _, data in members] for members in (self._before, self._after)]
        return bytes(self.a.data) == bytes(self.b.data) and contents[0] == contents[1]

    @cached_property
    def members(self) -> list[MemberChange]:
        """The members that differ, in the order of the second archive, then those that are gone."""
        back = {other: one for one, other in enumerate(self._to) if other >= 0}
        found: list[MemberChange] = []
        for position, (member, data) in enumerate(self._after):
            if position not in back:
                found.append(MemberChange(member.name, "added", None, member, None))
                continue
            before, old = self._before[back[position]]
            if old != data:
                difference = self._modules(before, old, member, data)
                found.append(MemberChange(member.name, "changed", before, member, difference))
        gone = (self._before[one][0] for one, other in enumerate(self._to) if other < 0)
        return found + [MemberChange(member.name, "removed", member, None, None) for member in gone]

    @cached_property
    def _to(self) -> list[int]:
        """For each member of the first archive its partner in the second: by name, else by the last part of it."""
        names, others = ([member.name for member, _ in members] for members in (self._before, self._after))
        to = same_keys(names, others)
        taken = set(to)
        left = [one for one, other in enumerate(to) if other < 0], [at for at in range(len(others)) if at not in taken]
        keys = (_last(names[one]) for one in left[0]), (_last(others[one]) for one in left[1])
        for position, other in enumerate(same_keys(*keys)):
            to[left[0][position]] = left[1][other] if other >= 0 else -1
        return to

    def _modules(self, before: Member, old: bytes, after: Member, new: bytes) -> Difference | None:
        if old[: len(HEADER)] != HEADER or new[: len(HEADER)] != HEADER:
            return None
        return diff_modules(self._module(before, old), self._module(after, new))

    @staticmethod
    def _module(member: Member, data: bytes) -> Module:
        return read(data, f"{member.archive.path}({member.name})")

    @property
    def reordered(self) -> bool:
        """Whether members that both archives have come in another order."""
        both = [other for other in self._to if other >= 0]
        return both != sorted(both)


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def diff_archives(a: Archive, b: Archive) -> ArchiveDifference:
    """How archive `b` differs from `a`."""
    return ArchiveDifference(a, b)
