"""What view 5 compares: two moments of the link, this link and another one, or the output and a module on disk.

A comparison is a title and rows; finding the rows of links may take seconds, so they are found when asked for, by
whoever can wait. Rows of moments are ranges of steps and cost nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple, Protocol

from wasmscope.debugger.opened import Opened
from wasmscope.debugger.question import Question
from wasmscope.explain.comparing.decision import Decision
from wasmscope.explain.comparing.diff import Difference, Entry, EntryGroup, diff_modules
from wasmscope.explain.comparing.diff_groups import ONE
from wasmscope.explain.comparing.diff_links import LinkDifference, diff_links
from wasmscope.explain.comparing.diff_steps import Rows, StepsDifference, SymbolChange, diff_steps
from wasmscope.explain.comparing.things import Thing
from wasmscope.explain.naming import title
from wasmscope.explain.steps import Step, Steps
from wasmscope.format.module import Module, read
from wasmscope.link.driver import output_called
from wasmscope.link.lenient import OUTPUT

MARKS = {"added": "+", "removed": "-", "changed": "~", "moved": ">"}


class DiffRow(NamedTuple):
    """One line of a comparison: a heading, or something that differs."""

    mark: str
    """"+" only there now, "-" only before, "~" different, ">" moved or renumbered; "" of a heading."""
    kind: str
    name: str
    was: str = ""
    now: str = ""
    delta: str = ""
    source: object = None
    """The `Decision`, `Entry`, `Step` or `SymbolChange` that it is about; None of a heading."""

    @property
    def thing(self) -> object:
        """What Enter looks at: the thing in the link that is open."""
        if isinstance(self.source, Decision):
            return self.source.after
        if isinstance(self.source, Entry):
            return self.source.after.of if self.source.after is not None else None
        return self.source.symbol if isinstance(self.source, SymbolChange) else None


class Comparison(Protocol):
    """Something that view 5 can show."""

    @property
    def title(self) -> str:
        """What is compared with what, as the border of view 5 says it."""

    @property
    def quick(self) -> bool:
        """Whether the rows are there at once."""
        ...

    @property
    def rows(self) -> Sequence[DiffRow]:
        """What differs, under headings, in the order shown; made when they are first asked for."""


def first_row(rows: Sequence[DiffRow]) -> int:
    """The first row about something that differs: what stands above it is a heading."""
    return 1 if len(rows) > 1 else 0


# --- links --------------------------------------------------------------------------------------------------------


class LinksCompared:
    """Two links: their decisions by phase, then their outputs by structure."""

    def __init__(self, before: Opened, after: Opened, asked: tuple[Question, Question]) -> None:
        self.before, self.after = before, after
        self.asked = asked
        """What each was asked to do."""
        self.found: LinkDifference = diff_links(before.link, after.link)
        self.title = _links_title(*asked, self._files_changed())

    @property
    def quick(self) -> bool:
        return "rows" in vars(self)

    @cached_property
    def rows(self) -> Sequence[DiffRow]:
        return list(self._rows())

    def _files_changed(self) -> bool:
        """Whether an input has other contents; a title is wanted at once, and does not wait for the decisions."""
        return any(one.module.data != other.module.data for one, other in self.found.pairs.files.items())

    def _rows(self) -> Iterator[DiffRow]:
        for phase in self.found.phases:
            yield DiffRow("", phase.phase, _counted([(one.change, one.total) for one in phase.decisions]))
            yield from map(_decision_row, phase.decisions)
        output = self.found.output
        if output is not None:
            yield from output_rows(output)


def _links_title(before: Question, after: Question, files_changed: bool) -> str:
    """What is different about two links: what they were asked, or that the inputs were read again, or both."""
    if before == after:
        return "".join(f"{one}, " for one in after.changes()) + "before the reload → now"
    asked = " → ".join(", ".join(one.changes()) or "as given" for one in (before, after))
    return f"{asked}, files changed" if files_changed else asked


def _decision_row(one: Decision) -> DiffRow:
    more = f" and {one.total - 1:,} more" if one.total > 1 else ""
    return DiffRow(MARKS[one.change], one.kind, one.name + more, one.was, one.now, "", one)


def _counted(changes: list[tuple[str, int]]) -> str:
    found: dict[str, int] = {}
    for change, total in changes:
        found[change] = found.get(change, 0) + total
    return ", ".join(f"{number:,} {change}" for change, number in found.items())


# --- modules ------------------------------------------------------------------------------------------------------


class ModuleCompared:
    """A module on disk and another one. Raises OSError or FormatError when it cannot be read at all."""

    def __init__(self, path: str, module: Module, title: str) -> None:
        self.title = f"{path} → {title}"
        self.found = diff_modules(read(Path(path).read_bytes(), path), module)

    @classmethod
    def of_link(cls, opened: Opened, path: str) -> ModuleCompared:
        """The output of a link; one that has no name yet is called as the file is, so that the name is no difference.
        Raises LookupError as well, when it has none."""
        link = opened.link
        if link.emit is None:
            raise LookupError("the link failed, so there is no output to compare")
        called = link.options.output
        data = output_called(link, path) if called == OUTPUT else link.emit.data
        return cls(path, read(data, called), "the output")

    @property
    def quick(self) -> bool:
        return "rows" in vars(self)

    @cached_property
    def rows(self) -> Sequence[DiffRow]:
        return list(output_rows(self.found))


def output_rows(found: Difference) -> Iterator[DiffRow]:
    """The difference of two modules: the sizes of sections, then groups and their entries."""
    changed = [one for one in found.sizes if one.before != one.after]
    before, after = len(found.a.data), len(found.b.data)
    if found.same:
        yield DiffRow("", "output", "the same bytes")
        return
    yield DiffRow("", "output", "", f"{before:,}", f"{after:,}", f"{after - before:+,}")
    for one in changed:
        mark = "+" if not one.before else "-" if not one.after else "~"
        row = DiffRow(mark, "section", one.name, f"{one.before:,}", f"{one.after:,}", f"{one.after - one.before:+,}")
        yield row
    for group in found.groups:
        yield from _group_rows(group)


def _group_rows(group: EntryGroup) -> Iterator[DiffRow]:
    words = ", ".join(f"{number:,} {change}" for change, number in group.counts.items())
    delta = sum(group.deltas.values())
    yield DiffRow("", group.name, words, "", "", f"{delta:+,}" if delta else "")
    for one in group.entries:
        name = one.name + (f" and {one.total - 1:,} more" if one.total > 1 else "")
        grown = f"{one.delta:+,}" if one.delta else ""
        kind = ONE.get(group.name, group.name)
        yield DiffRow(MARKS[one.change], kind, name, _place(one.before), _place(one.after), grown, one)


def _place(thing: Thing | None) -> str:
    """Its number and address; of what has neither, what it is."""
    if thing is None:
        return ""
    where = f"#{thing.number}" if thing.number >= 0 else ""
    at = f"{thing.address:#x}" if thing.address >= 0 else ""
    return " ".join(filter(None, (where, at))) or thing.what


# --- moments ------------------------------------------------------------------------------------------------------


class StepsCompared:
    """What happened between two steps of the link, and what that made of the symbols."""

    quick = True

    def __init__(self, steps: Steps, first: int, last: int) -> None:
        self.found: StepsDifference = diff_steps(steps, first, last)
        self.moments = (first, last)
        self.title = f"@{self.found.first:,} → @{self.found.last:,}"

    @cached_property
    def rows(self) -> Sequence[DiffRow]:
        parts: list[tuple[int, Callable[[int], DiffRow]]] = []
        for phase in self.found.phases:
            counts = ", ".join(f"{number:,} {kind}" for kind, number in phase.counts.items())
            head = DiffRow("", phase.phase, counts)
            parts.append((1, lambda row, head=head: head))  # type: ignore[misc]
            steps = phase.rows
            parts.append((len(steps), lambda row, steps=steps: _step_row(steps[row])))  # type: ignore[misc]
        symbols = self.found.symbols
        if len(symbols):
            head = DiffRow("", "symbols", f"{len(symbols):,} changed")
            parts.append((1, lambda row, head=head: head))  # type: ignore[misc]
            parts.append((len(symbols), lambda row: _symbol_row(symbols[row])))
        written = self.found.bytes
        if written:
            head = DiffRow("", "bytes", ", ".join(f"{low:#x}..{high:#x}" for low, high in written[:20]))
            parts.append((1, lambda row, head=head: head))  # type: ignore[misc]
        return _joined(parts)


def _joined(parts: list[tuple[int, Callable[[int], DiffRow]]]) -> Sequence[DiffRow]:
    """The rows of all parts, one after the other, each made when it is looked at."""
    starts = list(accumulate((size for size, _ in parts), initial=0))

    def row(position: int) -> DiffRow:
        part = bisect_right(starts, position) - 1
        return parts[part][1](position - starts[part])

    return Rows(starts[-1], row)


def _step_row(step: Step) -> DiffRow:
    return DiffRow("+", step.kind, f"@{step.number} {step.text}", "", "", "", step)


def _symbol_row(one: SymbolChange) -> DiffRow:
    was = one.before.state or "·"
    return DiffRow("~", "symbol", title(one.symbol), was, one.after.state, "", one)
