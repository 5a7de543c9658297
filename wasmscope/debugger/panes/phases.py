"""The phase list's rows: how far each phase is at a step, and what the current one is busy with."""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.debugger.panes.chains import chains
from wasmscope.debugger.panes.stop_rows import phase_marks
from wasmscope.debugger.scene import Scene
from wasmscope.explain.naming import count

NOUNS = ("files", "events", "kept", "placed", "numbered", "patched", "sections")


class PhaseRow(NamedTuple):
    """A phase, or something inside one when `number` is 0."""

    number: int
    name: str
    done: int
    total: int
    tally: str
    """What it made, in words: "3 files"."""
    failed: bool = False
    reached: bool = True
    step: int = 0
    """The step that Enter goes to."""
    marks: str = ""
    """`●` a breakpoint is in it, `!` a check failed there."""
    changed: bool = False
    """The last step was in it."""


def phase_rows(scene: Scene) -> list[PhaseRow]:
    """One row for each phase, as far as it is."""
    link = scene.link
    rows = []
    for position, (before, one) in enumerate(zip(scene.before.counts(), scene.now.counts(), strict=True)):
        made = f"{one.total:,} {NOUNS[position]}"
        if one.phase == "load" and link.load is not None:
            made = count(len(link.load.files), "file")
        result, moved = getattr(link, one.phase), before.done != one.done
        step = scene.steps.ends[position + 1]
        failed = link.failed == one.phase
        reached = result is not None
        marks = phase_marks(scene, scene.steps.ends[position] + 1, step + 1)
        rows.append(
            PhaseRow(position + 1, one.phase, one.done, one.total, made * reached, failed, reached, step, marks, moved)
        )
    return rows


def inner_rows(scene: Scene, row: PhaseRow) -> list[PhaseRow]:
    """What the current phase is busy with: the homes in layout, the undefined symbols in resolve."""
    if row.name == "resolve":
        was, is_now, step = scene.before, scene.now, scene.place.step
        return [
            PhaseRow(0, "symbols met", 0, 0, tally(was.symbols, is_now.symbols), step=step),
            PhaseRow(0, "undefined left", 0, 0, tally(was.undefined, is_now.undefined), step=step),
        ]
    if row.name == "layout":
        states = [(chain.name, scene.now.chain(chain)) for chain in chains(scene)[1:]]
        return [
            PhaseRow(0, name, one.placed, one.total, count(one.total, "atom"), step=row.step) for name, one in states
        ]
    if row.name == "relocate" and scene.place.atom is not None:
        now = scene.now.atom(scene.place.atom)
        name = scene.naming.of(scene.place.atom)
        return [PhaseRow(0, name, now.patched, now.relocations, f"{now.relocations} sites", step=scene.place.step)]
    return []


def tally(before: int, now: int) -> str:
    """A count, or `old→new *` if the last step changed it."""
    return f"{now:,}" if before == now else f"{before:,} → {now:,} *"
