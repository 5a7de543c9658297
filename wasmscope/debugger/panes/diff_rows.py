"""View 5, the difference: its table, and the panel about one row: was and now with reasons, instructions, bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from wasmscope.debugger.comparing import Comparison, DiffRow, LinksCompared, ModuleCompared, StepsCompared
from wasmscope.debugger.lines import BLANK, CardLine, Cell, Column, Line, entry, heading, note
from wasmscope.debugger.naming import Naming
from wasmscope.debugger.panes.thing_card import Moment
from wasmscope.debugger.scene import Scene
from wasmscope.explain.comparing.decision import Decision
from wasmscope.explain.comparing.diff import Difference, Entry
from wasmscope.explain.comparing.diff_groups import ONE
from wasmscope.explain.comparing.diff_hunks import Row, hunks
from wasmscope.explain.comparing.diff_steps import SymbolChange
from wasmscope.explain.steps import Step

COLUMNS = (
    Column("what", 14, 10, drop=1),
    Column("name", 36, 16, grow=3, name=True),
    Column("before", 22, 10, grow=2),
    Column("now", 22, 10, grow=2),
    Column("bytes", 9, 6, right=True, drop=2),
)
STEP_COLUMNS = (
    Column("what", 14, 9, drop=1),
    Column("name", 60, 30, grow=3),
    Column("before", 12, 9, drop=3),
    Column("now", 12, 9, drop=2),
)
"""Of moments, whose rows are sentences."""
ROLES = {"+": "ok", "-": "error", "~": "changed", ">": "dim", " ": ""}
LINES = 400
"""Lines of instructions or bytes shown of one thing."""


class Named(Protocol):
    """A scene, as far as it has names: a link's, or a finished module's."""

    @property
    def naming(self) -> Naming:
        """How things are named."""


def diff_columns(comparison: Comparison) -> Sequence[Column]:
    """The table's columns."""
    return STEP_COLUMNS if isinstance(comparison, StepsCompared) else COLUMNS


def diff_cells(scene: Named, row: DiffRow) -> Sequence[Cell]:
    """The table's row."""
    words = scene.naming.words
    if not row.mark:
        sizes = (row.was, "dim"), (row.now, "dim"), (row.delta, "number")
        return ((row.kind, "head"), (words(row.name), "head"), *sizes)
    role = ROLES[row.mark]
    return (
        (f"  {row.kind}", "dim"), (words(row.name), role), (words(row.was), "dim"), (words(row.now), ""),
        (row.delta, "number"),
    )  # fmt: skip


def diff_mark(row: DiffRow) -> Cell:
    """The sign in the margin: `+ - ~ >`."""
    return row.mark or " ", ROLES.get(row.mark, "")


def detail_lines(scene: Scene, comparison: Comparison, row: DiffRow | None) -> list[CardLine]:
    """Everything about one row of the comparison."""
    if row is None:
        return [note("no difference", "ok")]
    source = row.source
    if isinstance(source, Decision) and isinstance(comparison, LinksCompared):
        return _decision(scene, comparison, source)
    if isinstance(source, Entry):
        return _entry(scene, output_of(comparison), source)
    if isinstance(source, Step):
        words = scene.naming.words
        return [CardLine([(words(source.text), "name")], Moment(source.number)), note(words(source.why), "dim")]
    if isinstance(source, SymbolChange):
        return _symbol(scene, source)
    lines = [CardLine([(row.kind, "name"), (f"  {scene.naming.words(row.name)}", "")])]
    if row.mark:  # a section
        lines += [entry(word, f"{size} bytes" if size != "0" else "not there")
                  for word, size in (("before", row.was), ("now", row.now))]  # fmt: skip
    return lines


def output_of(comparison: Comparison) -> Difference | None:
    """The difference of the two modules."""
    if isinstance(comparison, ModuleCompared):
        return comparison.found
    return comparison.found.output if isinstance(comparison, LinksCompared) else None


def _decision(scene: Scene, comparison: LinksCompared, one: Decision) -> list[CardLine]:
    words = scene.naming.words
    was, now = comparison.found.why(one)
    lines = [CardLine([(words(one.name), "name"), (f"  {one.kind}, decided in {one.phase}", "dim")], one.after)]
    lines.append(entry("before", words(was) or "not there", "" if now else "error"))
    lines.append(entry("now", words(now) or "not there", "ok" if now else "error"))
    if comparison.found.first is one:
        first = "the first decision that differs: the rest follows from it, or from others like it"
        lines += [BLANK, note(first, "note")]
    return lines


def _symbol(scene: Scene, one: SymbolChange) -> list[CardLine]:
    lines = [CardLine([(scene.naming.of(one.symbol), "name")], one.symbol)]
    for word, state in (("before", one.before), ("after", one.after)):
        held = f" by {scene.naming.file(state.file)}" if state.state else ""
        lines.append(entry(word, f"{state.state or '·'}{held}"))
    return lines


def _entry(scene: Scene, found: Difference | None, one: Entry) -> list[CardLine]:
    words = scene.naming.words
    what = f"  {ONE.get(one.group, one.group)}, {one.change}"
    lines = [CardLine([(words(one.name), "name"), (what, "dim")], one.after and one.after.of)]
    lines += [note(words(text)) for text in one.what]
    for member in one.members[:40]:
        lines.append(note(words(f"{member.name}: {'; '.join(member.what)}"), "dim"))
    if found is None or one.total > 1:
        return lines
    shown = 0
    for hunk in hunks(found, one):
        lines += [BLANK, heading(f"at {_at(hunk[0])}")]
        for row in hunk:
            lines += (CardLine(line, None, -1) for line in _hunk_row(row))
            shown += 1
        if shown > LINES:
            return [*lines, note(f"· the first {LINES} lines only", "pending")]
    return lines


def _at(row: Row) -> str:
    return " → ".join(f"{line.start:#x}" for line in (row.before, row.after) if line is not None)


def _hunk_row(row: Row) -> Iterator[Line]:
    """A row on one line; of other numbers in the same instruction, before and after."""
    role = ROLES[row.mark]
    if row.mark == "~":
        for mark, line in (("-", row.before), ("+", row.after)):
            if line is not None:
                yield [(f"{mark}{line.start:06x}  {'  ' * min(line.depth, 12)}{line.text}", ROLES[mark])]
        return
    line = row.after or row.before
    if line is not None:
        yield [(f"{row.mark}{line.start:06x}  ", role or "dim"), ("  " * min(line.depth, 12) + line.text, role)]
