"""What the Watch / Break pane says: watches with their values, breakpoints, checks that failed, checkpoints."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

from wasmscope.debugger.lines import CardLine, Line, Span, note
from wasmscope.debugger.panes.facts import UNSET
from wasmscope.debugger.scene import Scene
from wasmscope.debugger.stops import NOTHING, Breakpoint, Watch, told, within
from wasmscope.explain.checking.check_steps import FailedCheck
from wasmscope.explain.symbols import Mention

ON, OFF, FAILED, RENEWED = "●", "○", "!", "∆"
NOWHERE = "nothing in this link"
WIDE = 18
"""Cells for what a watch or a breakpoint is on."""


class StopTarget(NamedTuple):
    """A line about something the reader set: its label, and the step that Enter leads to (0: none)."""

    label: str
    step: int


def stop_lines(scene: Scene) -> list[CardLine]:
    """All of the pane."""
    stops = scene.stops
    if stops is None:
        return []
    lines = [CardLine(watch_line(scene, one), StopTarget(one.label, writer(scene, one)), -1) for one in stops.watches]
    lines += [
        CardLine(break_line(scene, one), StopTarget(one.label, next_hit(scene, one)), -1) for one in stops.breakpoints
    ]
    lines += [
        CardLine(check_line(scene, one), StopTarget(FAILED, one.step), -1)
        for one in (stops.failed(scene.steps) if scene.steps.failed_checks is not None else ())
    ]
    return lines or [note("nothing yet: watch and break take what the cursor is on", "pending")]


def _lead(scene: Scene, one: Breakpoint | Watch) -> list[Span]:
    """Its label and what it is on."""
    text = f"{scene.naming.words(one.spec):<{WIDE}} "
    return [(f"{one.label} ", "note" if one.enabled else "dim"), (text, "")]


# --- watches ----------------------------------------------------------------------------------------------------


def watch_line(scene: Scene, one: Watch) -> Line:
    """A watch: its value, or old → new in the step that changed it, and who changed it last."""
    assert scene.stops is not None
    value = scene.stops.watched(scene.opened, one, wait=False)
    words = scene.naming.words
    lead = _lead(scene, one)
    if value is NOTHING:
        return [*lead, (NOWHERE, "pending")]
    changes = value.changes(scene.place.step)
    if changes:
        text = ", ".join(words(told(*change)) for change in changes)
        return [*lead, ("* ", "changed"), (text, "changed")]
    last = value.last_change(scene.place.step)
    tail: list[Span] = [(f"  @{last}", "number")] if last is not None else []
    return [*lead, (words(value_text(value.read, scene.place.step)), ""), *tail]


def value_text(read: Callable[[int], dict[str, str]], step: int) -> str:
    """A value in a line; of several, those that have been set by then or will not stay as they were."""
    now = read(step)
    if not now:
        return UNSET
    start = read(0)
    shown = [f"{key} {value}".strip() for key, value in now.items() if key == "" or value != start.get(key, UNSET)]
    return ", ".join(shown) or UNSET


def writer(scene: Scene, one: Watch) -> int:
    """The step that last changed what a watch follows; 0: none so far."""
    assert scene.stops is not None
    return scene.stops.watched(scene.opened, one, wait=False).last_change(scene.place.step + 1) or 0


# --- breakpoints ------------------------------------------------------------------------------------------------


def break_line(scene: Scene, one: Breakpoint) -> Line:
    """A breakpoint: what it is on, and how far the link is past it."""
    assert scene.stops is not None
    steps = scene.stops.covered(scene.opened, one, wait=False).steps
    passed = bisect_right(steps, scene.place.step)
    lead = _lead(scene, one)
    if not steps:
        state: Span = (NOWHERE, "pending")
    elif passed and steps[passed - 1] == scene.place.step:
        state = (f"<here> {passed:,} of {len(steps):,}", "step")
    elif not passed:
        state = ("pending" if len(steps) == 1 else f"pending, {len(steps):,} steps", "pending")
    else:
        state = ("passed" if passed == len(steps) else f"{passed:,} of {len(steps):,} passed", "patched")
    tail = " once" if one.once else ""
    return [*lead, ("" if one.enabled else f"{OFF} ", "dim"), state, (tail, "dim")]


def next_hit(scene: Scene, one: Breakpoint) -> int:
    """The next step that a breakpoint is on; behind the last, the last."""
    assert scene.stops is not None
    steps = scene.stops.covered(scene.opened, one, wait=False).steps
    ahead = bisect_right(steps, scene.place.step)
    return steps[min(ahead, len(steps) - 1)] if steps else 0


def check_line(scene: Scene, one: FailedCheck) -> Line:
    """A check that failed."""
    where = one.finding.place
    place = ":".join(text for text in (where.file, where.section, where.function) if text)
    text = scene.naming.words(f"{one.finding.rule}: {one.finding.found} ({place})")
    role = "error" if scene.done(one.step) else "pending"
    return [(f"{FAILED}  ", "error"), (f"@{one.step} ", "number"), (text, role)]


# --- lists ------------------------------------------------------------------------------------------------------


def break_lines(scene: Scene) -> list[Line]:
    """All breakpoints, and how far the link is past each."""
    found = [break_line(scene, one) for one in (scene.stops.breakpoints if scene.stops else ())]
    return found or [[("no breakpoint is set: break SYMBOL, or b on a row", "pending")]]


def watch_lines(scene: Scene) -> list[Line]:
    """All watches with their values."""
    found = [watch_line(scene, one) for one in (scene.stops.watches if scene.stops else ())]
    return found or [[("nothing is watched: watch SYMBOL, or w on a row", "pending")]]


def check_lines(scene: Scene) -> list[Line]:
    """The checks that failed, each with its step."""
    found = [check_line(scene, one) for one in (scene.stops.failed(scene.steps) if scene.stops else ())]
    return found or [[("no check failed", "ok")]]


def checkpoint_lines(scene: Scene) -> list[Line]:
    """All checkpoints with their steps."""
    lines: list[Line] = []
    for one in scene.stops.checkpoints.all if scene.stops else ():
        number = one.step(scene.steps)
        here = "*" if number == scene.place.step else " "
        label = f"{one.label} " if one.label != str(one.number) else ""
        what = (scene.naming.words(scene.steps[number].text), "")
        lines.append([(here, "step"), (f"{one.number} ", "dim"), (label, "name"), (f"@{number} ", "number"), what])
    return lines or [[("no checkpoint is set: checkpoint NAME", "pending")]]


# --- marks in other panes ---------------------------------------------------------------------------------------


def step_mark(scene: Scene, step: int) -> Span:
    """The mark of a step in a margin: `!` a check failed, `●` a breakpoint is on it (`○`: a disabled one)."""
    stops = scene.stops
    if stops is None:
        return scene.note_mark(step, (" ", ""))
    if scene.steps.failed_checks and any(one.step == step for one in stops.failed(scene.steps)):
        return FAILED, "error"
    return scene.note_mark(step, _glyph([one.enabled for one in stops.breaks_at(scene.opened, step, wait=False)]))


def phase_marks(scene: Scene, first: int, end: int) -> str:
    """The marks of the steps from `first` to `end` together."""
    stops = scene.stops
    if stops is None:
        return ""
    lists = [stops.covered(scene.opened, one, wait=False).steps for one in stops.breakpoints if one.enabled]
    failed = [one.step for one in stops.failed(scene.steps)] if scene.steps.failed_checks else []
    marks = ON if any(within(numbers, first, end) for numbers in lists) else ""
    return marks + FAILED if within(failed, first, end) else marks


def thing_mark(scene: Scene, thing: object) -> Span:
    """The mark of a symbol, atom or file that a breakpoint is on; else of one that the last relink renewed."""
    mark = _glyph([one.enabled for one in scene.stops.breaks_on(scene.opened, thing)] if scene.stops else [])
    return (RENEWED, "note") if mark == (" ", "") and thing in scene.opened.renewed else mark


def relocation_mark(scene: Scene, mention: Mention) -> Span:
    """The mark of a relocation: that of the step which applies it."""
    row = scene.steps.places.relocation_row(*mention)
    return step_mark(scene, scene.steps.number("relocate", row)) if row is not None else (" ", "")


def _glyph(enabled: list[bool]) -> Span:
    if not enabled:
        return " ", ""
    return (ON, "note") if any(enabled) else (OFF, "dim")
