"""How two archives differ: member by member, by name."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from wasmscope.errors import FormatError
from wasmscope.explain.diff import Difference, diff_modules
from wasmscope.format.archive import Archive, Member
from wasmscope.format.module import HEADER, Module, read


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
        waiting: dict[str, list[tuple[Member, bytes]]] = {}
        for one in reversed(self._before):
            waiting.setdefault(one[0].name, []).append(one)
        found: list[MemberChange] = []
        for member, data in self._after:
            group = waiting.get(member.name)
            if not group:
                found.append(MemberChange(member.name, "added", None, member, None))
                continue
            before, old = group.pop()
            if old != data:
                difference = self._modules(before, old, member, data)
                found.append(MemberChange(member.name, "changed", before, member, difference))
        left = {id(member) for group in waiting.values() for member, _ in group}
        gone = (member for member, _ in self._before if id(member) in left)
        return found + [MemberChange(member.name, "removed", member, None, None) for member in gone]

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
        names = [[member.name for member, _ in members] for members in (self._before, self._after)]
        both = set(names[0]) & set(names[1])
        kept = [[name for name in listed if name in both] for listed in names]
        return kept[0] != kept[1] and sorted(kept[0]) == sorted(kept[1])


def diff_archives(a: Archive, b: Archive) -> ArchiveDifference:
    """How archive `b` differs from `a`."""
    return ArchiveDifference(a, b)
