"""View 6 of a finished module: the shortest way to an item, what alone keeps it, who names it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wasmscope.debugger.cursor import Byte
from wasmscope.debugger.lines import BLANK, CardLine, Cell, Column, heading, note
from wasmscope.debugger.lone.session import LoneScene
from wasmscope.debugger.panes.why_rows import DominatorRow, DominatorRows
from wasmscope.explain.alone.lone_why import LoneWhy, why_there
from wasmscope.explain.alone.module_graph import ModuleDominators
from wasmscope.explain.alone.module_references import Item, Reference
from wasmscope.explain.naming import count

SHOWN = 200
"""References listed at most."""


def told_of(scene: LoneScene) -> LoneWhy | None:
    """What is known of the item looked at; None without one, or while it is being found out: all code is decoded."""
    item, opened = scene.place.item, scene.opened
    return None if item is None else opened.lookups.get(("why", item), lambda: why_there(opened.lone, item), None)


def path_lines(scene: LoneScene) -> list[CardLine]:
    """The shortest way from the module itself to the item."""
    told = told_of(scene)
    if told is None:
        return [note("· being found" if scene.place.item is not None else "· nothing is looked at", "pending")]
    if not told.path:
        return [note("nothing that the module exports or starts reaches it", "error")]
    lines = []
    for depth, one in enumerate(told.path):
        lead = f"{' ' * min(depth - 1, 12)}└ " if depth else ""
        lines.append(CardLine([(lead, "dim"), *_spans(scene, one, one.to)], one.to, len(lead) + 2))
    assert told.retains is not None
    return [*lines, BLANK, note(f"with it {count(told.retains.total, 'byte')} would go")]


def reference_lines(scene: LoneScene) -> list[CardLine]:
    """Who names the item, and what it names."""
    told = told_of(scene)
    if told is None:
        return []
    lines = [heading(f"named by {count(len(told.named_by), 'place')}")]
    lines += _listed(scene, ((one, one.by) for one in told.named_by))
    lines += [BLANK, heading(f"names {count(len(told.names), 'thing')}")]
    return lines + _listed(scene, ((one, one.to) for one in told.names))


def _listed(scene: LoneScene, references: Iterable[tuple[Reference, Item | None]]) -> list[CardLine]:
    lines: list[CardLine] = []
    for number, (one, item) in enumerate(references):
        if number == SHOWN:
            return [*lines, note("… and more: wasmscope why --json lists all", "pending")]
        lines.append(CardLine(list(_spans(scene, one, item)), Byte(None, one.offset) if one.offset >= 0 else item))
    return lines


def _spans(scene: LoneScene, one: Reference, item: Item | None) -> Iterator[tuple[str, str]]:
    yield (scene.naming.of(item), "name") if item is not None else ("the module", "strong")
    yield f"  {one.what}", ""
    if one.offset >= 0:
        yield f"  at {one.offset:#x}", "number"


DOMINATOR_COLUMNS = (
    Column("thing", 44, 16, grow=3, name=True), Column("own", 8, 7, right=True), Column("retains", 9, 8, right=True),
    Column("share", 6, right=True, drop=2),
)  # fmt: skip


def dominators(scene: LoneScene) -> ModuleDominators | None:
    """What alone keeps what; None while it is being counted."""
    opened = scene.opened
    return opened.lookups.get("dominators", lambda: opened.lone.dominators, None)


def dominator_rows(scene: LoneScene, found: ModuleDominators) -> DominatorRows:
    """The rows about the item looked at."""
    return DominatorRows(found, scene.place.item)


def dominator_cells(scene: LoneScene, found: ModuleDominators, row: DominatorRow) -> list[Cell]:
    """The table's row about one item."""
    own, retained, whole = found.share(row.thing), found.retains(row.thing), found.retains(None)
    lead = "  " * min(row.depth - 1, 8) + ("└ " if row.depth else "")
    name = "the whole module" if row.thing is None else scene.naming.of(row.thing)
    return [
        (f"{lead}{name}", {"above": "dim", "here": "strong"}.get(row.where, "")), (f"{own.total:,}", ""),
        (f"{retained.total:,}", "number"),
        (f"{100 * retained.total / whole.total:.1f}%" if whole.total else "", "dim"),
    ]  # fmt: skip
