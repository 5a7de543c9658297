"""How two modules differ, by structure: what was added, removed and changed, and what only moved.

    diff_modules(read(old, "old.wasm"), read(new, "new.wasm")).groups

A `Difference` is a tree: groups ("functions", "data", …), in each the entries, and to an entry its hunks
(`diff_hunks.hunks`), which are made when they are asked for. Things that moved together are one entry, so that an
inserted function is two: it, and the run of those that come after it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from wasmscope.errors import FormatError
from wasmscope.explain.comparing.compared import Compared, Matching
from wasmscope.explain.comparing.diff_groups import GROUPS, Group
from wasmscope.explain.comparing.partners import stem
from wasmscope.explain.comparing.renumbering import MOVED, REWRITTEN
from wasmscope.explain.comparing.things import Side, Thing
from wasmscope.format.module import Module
from wasmscope.link.model import Link

CHANGES = ("added", "removed", "changed", "moved")
"""What an entry can say: there on one side only; different; or the same with another number, address or place, or with
other numbers in it because what they stand for moved."""


class Entry(NamedTuple):
    """One difference; of things that only moved and follow each other, one for all of them."""

    group: str
    change: str
    """One of `CHANGES`."""
    name: str
    before: Thing | None
    after: Thing | None
    """Of a run, the first one."""
    what: tuple[str, ...]
    """What is different, in words."""
    delta: int
    """Bytes more than before."""
    members: tuple[Entry, ...] = ()
    """Of a run of things that moved together, the entry of each; it is itself one of them."""

    @property
    def total(self) -> int:
        """How many things it is about."""
        return len(self.members) or 1


class SectionSize(NamedTuple):
    """A section's size in both files, in bytes with its header; 0 where it is not there."""

    name: str
    before: int
    after: int


class EntryGroup(NamedTuple):
    """The entries about one kind of thing, in the order of the second file, with what was removed in between."""

    name: str
    entries: list[Entry]

    @property
    def counts(self) -> dict[str, int]:
        """How many things were added, removed, changed and moved."""
        found: Counter[str] = Counter()
        for one in self.entries:
            found[one.change] += one.total
        return {change: found[change] for change in CHANGES if found[change]}

    @property
    def deltas(self) -> dict[str, int]:
        """Bytes more than before, by change."""
        found: Counter[str] = Counter()
        for one in self.entries:
            found[one.change] += one.delta
        return {change: found[change] for change in CHANGES if found[change]}


class Difference:
    """What is different between sides `a` and `b`; found when it is first asked for."""

    def __init__(self, a: Side, b: Side) -> None:
        self.a, self.b = a, b
        self.compared = Compared(a, b)

    @property
    def same(self) -> bool:
        """Whether the two files are the same, byte for byte."""
        return self.a.data == self.b.data

    @cached_property
    def groups(self) -> list[EntryGroup]:
        """Every kind of thing that differs, in the order of `GROUPS`."""
        if self.same:
            return []
        listed = [EntryGroup(group.name, list(_entries(self.compared, group))) for group in GROUPS]
        found = [one for one in listed if one.entries]
        return found or [EntryGroup("encoding", [_other_bytes(self.a, self.b)])]

    @property
    def entries(self) -> list[Entry]:
        """All entries, group by group."""
        return [entry for group in self.groups for entry in group.entries]

    @cached_property
    def sizes(self) -> list[SectionSize]:
        """The size of each section in both files, in the order of the second file, then what is only in the first."""
        before, after = _sizes(self.a.module), _sizes(self.b.module)
        names = dict.fromkeys((*after, *before))
        return [SectionSize(name, before.get(name, 0), after.get(name, 0)) for name in names]

    @property
    def errors(self) -> list[FormatError]:
        """What could not be read of either file: that was not compared."""
        return [*self.a.module.read_all(), *self.b.module.read_all()]


def diff_modules(a: Module, b: Module) -> Difference:
    """How module (or object) `b` differs from `a`. Damaged ones are compared as far as they can be read."""
    return Difference(Side(a), Side(b))


def diff_outputs(a: Link, b: Link) -> Difference:
    """How the output of link `b` differs from that of `a`. Raises LookupError when a link failed."""
    return Difference(Side.of_link(a), Side.of_link(b))


def _sizes(module: Module) -> dict[str, int]:
    found: Counter[str] = Counter()
    for one in module.sections:
        found[one.name] += one.end - one.start
    return found


def _other_bytes(a: Side, b: Side) -> Entry:
    """What is left to say of two files in which everything is the same."""
    position = next((at for at, pair in enumerate(zip(a.data, b.data, strict=False)) if pair[0] != pair[1]), -1)
    position = min(len(a.data), len(b.data)) if position < 0 else position
    what = f"the same things in other bytes, the first at {position:#x}"
    before, after = Thing(0, a.module.file, 0, len(a.data)), Thing(0, b.module.file, 0, len(b.data))
    return Entry("encoding", "changed", "the file", before, after, (what,), len(b.data) - len(a.data))


# --- entries ----------------------------------------------------------------------------------------------------


class _Ordered(NamedTuple):
    """An entry and its place: at the partner's position in b, after it for what is gone."""

    place: tuple[int, int, int]
    entry: Entry


def _entries(compared: Compared, group: Group) -> Iterator[Entry]:
    """The entries of one group."""
    matching = group.match(compared)
    found = [*_paired(group.name, matching), *_added(group.name, matching)]
    found.sort(key=lambda one: one.place)
    return _joined(one.entry for one in found)


def _paired(name: str, matching: Matching) -> Iterator[_Ordered]:
    """What was removed, changed or moved."""
    a, b, to, compare, settle, renames = matching
    seen: list[tuple[int, int, tuple[str, tuple[str, ...]]]] = []
    for position, other in enumerate(to):
        seen.append((position, other, compare(a[position], b[other]) if other >= 0 else ("removed", ())))
    last = -1
    for position, other, (verdict, what) in seen:
        one = a[position]
        if other < 0:
            yield _Ordered((last, 1, position), Entry(name, "removed", one.title, one, None, (), -one.size))
            continue
        last, there = other, b[other]
        if verdict == "guess":
            verdict, what = settle(one)
        if verdict != "changed":
            renamed = (f"renamed {one.title} → {there.title}",) if renames and _is_renamed(one, there) else ()
            what = (*renamed, *what)
            if one.number != there.number or one.address != there.address or renamed:
                verdict = "moved"
        if verdict:
            entry = Entry(name, verdict, there.title, one, there, what, there.size - one.size)
            yield _Ordered((other, 0, position), entry)


def _is_renamed(one: Thing, other: Thing) -> bool:
    if not one.name or not other.name or one.name == other.name:
        return False
    return stem(one.name) != stem(other.name) and one.title != other.title


def _added(name: str, matching: Matching) -> Iterator[_Ordered]:
    taken = set(matching.to)
    for position, one in enumerate(matching.b):
        if position not in taken:
            yield _Ordered((position, 0, 0), Entry(name, "added", one.title, None, one, (), one.size))


def _joined(entries: Iterator[Entry]) -> Iterator[Entry]:
    """Make one of the entries that moved alike, one after the other."""
    for _, run in groupby(entries, key=_Shift()):
        members = tuple(run)
        first = members[0]
        if first.change != "moved" or len(members) == 1:
            yield from members
            continue
        what = first.what if all(one.what == first.what for one in members) else ()
        yield first._replace(what=what, delta=sum(one.delta for one in members), members=members)


UNREMARKABLE = ((), MOVED[1], REWRITTEN[1])
"""What is said of things that may be in one entry."""


class _Shift:
    """A key that is the same for entries that moved by the same number, and another one for every other entry."""

    def __init__(self) -> None:
        self.others = 0

    def __call__(self, one: Entry) -> object:
        if one.change != "moved" or one.before is None or one.after is None or one.what not in UNREMARKABLE:
            self.others += 1
            return self.others
        return one.after.number - one.before.number, one.after.address - one.before.address
