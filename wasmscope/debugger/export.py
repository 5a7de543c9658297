"""A view as text or JSON, whole: all rows of its tables, not only those on a screen."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from wasmscope.debugger.comparing import first_row
from wasmscope.debugger.cursor import DIFF, VIEWS
from wasmscope.debugger.panes.diff_rows import detail_lines
from wasmscope.debugger.panes.facts import heading_of
from wasmscope.debugger.panes.listed import PANES
from wasmscope.debugger.panes.pane import Rows, whole
from wasmscope.debugger.render import card_lines, text_of
from wasmscope.debugger.scene import Scene
from wasmscope.explain.steps import Step

VIEW_PANES = (
    ("phases", "chain", "thing", "steps", "breakpoints", "watches"),
    ("symbols", "resolution", "references"),
    ("relocations", "formula", "code"),
    ("structure", "bytes", "inspector"),
    ("difference",),
    ("paths", "reasons", "dominators"),
)
"""The panes of each of VIEWS."""
AROUND = {"bytes": 1024, "steps": 400, "chain": 2000}
"""Panes that may be very long, and how many of their rows are exported, around what is looked at."""

Facts = dict[str, Any]


def view_text(scene: Scene, row: int | None = None) -> str:
    """The view in sight, as text; `row` is that of a difference which the cursor is on."""
    return panes_text(_title(scene), _panes(scene, row))


def panes_text(title: str, panes: Mapping[str, Rows]) -> str:
    """Panes by name, as text under a title."""
    parts = [f"{title}\n"]
    for name, rows in panes.items():
        start, end = _range(name, rows)
        head = f"-- {name}" + (f", rows {start:,} to {end - 1:,} of {rows.total:,}" if end - start < rows.total else "")
        parts.append("\n".join([head, *(text_of(line) for line in rows.lines(start, end)), ""]))
    return "\n".join(parts)


def view_json(scene: Scene, row: int | None = None) -> str:
    """The view in sight, as JSON: `view`, `step` (number, phase, text, why), `thing`, and `panes` by name: of a table
    `columns` and `rows` (cells by column), of others `lines`; `from` and `total` where not all rows are in it. Of a
    difference also `compared`, what with what; `row` is the one which the cursor is on."""
    facts = {"view": VIEWS[scene.place.view], "step": _step(scene.step), "thing": heading_of(scene.place.thing)}
    return panes_json({**facts, **compared(scene)}, _panes(scene, row))


def panes_json(facts: Facts, panes: Mapping[str, Rows]) -> str:
    """`facts`, and `panes` by name, as JSON."""
    made = {name: _pane(name, rows) for name, rows in panes.items()}
    return json.dumps({**facts, "panes": made}, indent=1, ensure_ascii=False) + "\n"


def compared(scene: Any) -> Facts:
    """What is compared with what, in view 5 of a link or of a finished module."""
    shown = scene.place.view == DIFF and scene.comparison is not None
    return {"compared": scene.comparison.title} if shown else {}


def detail(scene: Any, row: int | None) -> dict[str, Rows]:
    """Before and now of row `row` of the difference in view 5, if that is in sight; None: of the first that differs."""
    if scene.place.view != DIFF or scene.comparison is None:
        return {}
    rows = scene.comparison.rows
    row = first_row(rows) if row is None else row
    card = detail_lines(scene, scene.comparison, rows[row] if row < len(rows) else None)
    return {"detail": whole(card_lines(card))}


def _panes(scene: Scene, row: int | None) -> dict[str, Rows]:
    return {name: PANES[name].rows(scene) for name in VIEW_PANES[scene.place.view]} | detail(scene, row)


def _title(scene: Scene) -> str:
    step = scene.step
    return f"wasmscope {VIEWS[scene.place.view]} @{step.number} {step.phase}: {scene.naming.words(step.text)}"


def _step(step: Step) -> Facts:
    return {"number": step.number, "phase": step.phase, "text": step.text, "why": step.why}


def _range(name: str, rows: Rows) -> tuple[int, int]:
    most = AROUND.get(name, rows.total)
    start = max(0, min(rows.at - most // 2, rows.total - most))
    return start, min(rows.total, start + most)


def _pane(name: str, rows: Rows) -> Facts:
    start, end = _range(name, rows)
    part: Facts = {} if end - start == rows.total else {"from": start, "total": rows.total}
    if rows.table is None:
        return {**part, "lines": [text_of(line) for line in rows.lines(start, end)]}
    columns = [one.title for one in rows.table.columns]
    cells = rows.table.cells(start, end)
    made = [{title: text for title, (text, _) in zip(columns, row, strict=False)} for row in cells]
    return {**part, "columns": columns, "rows": made}


def unused(path: str) -> str:
    """`path`, or with a number behind it if there is such a file: nothing is overwritten."""
    stem, suffix = os.path.splitext(path)
    number, found = 1, path
    while os.path.lexists(found):
        number += 1
        found = f"{stem}-{number}{suffix}"
    return found


def write_new(path: str, text: str) -> None:
    """Write `text` to a file that is not there yet. Raises FileExistsError if it is, OSError if it cannot be."""
    with open(path, "x", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
