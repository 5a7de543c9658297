"""The lines around the views: what is linked, where in time we are, what the last step did and why, the keys."""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import Binding
from textual.widget import Widget

from wasmscope.debugger.lines import Line, Span
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.facts import changes
from wasmscope.debugger.panes.phases import phase_rows
from wasmscope.debugger.scene import Scene
from wasmscope.tui.keys import GROUPS, shown
from wasmscope.tui.widgets.hex_view import LEGEND
from wasmscope.tui.widgets.phase_list import timeline

NAMED = 4
"""Inputs that the title names."""


def title_text(opened: Opened) -> str:
    """What is linked, and what was assumed."""
    link = opened.link
    files = [opened.naming.file(file) for file in (link.load.files if link.load else []) if not file.lazy]
    files = files or [one.name.rpartition("/")[2] for one in link.options.inputs]
    shown_files = " ".join(files[:NAMED]) + (f" +{len(files) - NAMED}" if len(files) > NAMED else "")
    assumed = f"  (assumed {' '.join(link.assumed)})" if link.assumed else ""
    return f"wasmscope  {shown_files} → {link.options.output or 'a.out'}{assumed}"


def state_span(opened: Opened) -> Span:
    """The link's fate, for the right end of the title."""
    link = opened.link
    errors = sum(one.severity == "error" for one in link.diagnostics)
    if link.failed:
        return f"! {errors} error{'s' * (errors != 1)} in {link.failed}", "error"
    said = len(link.diagnostics)
    return (f"! {said} said", "note") if said else ("~ lenient", "note") if link.assumed else ("✓ linked", "ok")


def time_line(scene: Scene, width: int) -> Line:
    """Step, and the phases with how far each is."""
    lead: list[Span] = [(f" @{scene.place.step:,}", "step"), (f"/{len(scene.steps):,}  ", "dim")]
    return [*lead, *timeline(phase_rows(scene), width - sum(len(text) for text, _ in lead))]


def status_lines(scene: Scene, notice: str) -> list[Line]:
    """What the last step did, and why; `notice` (the answer to a key that did nothing) comes first."""
    step = scene.step
    words = scene.naming.words
    role = {"error": "error", "warning": "note", "note": "note"}.get(step.kind, "strong")
    what: list[Span] = [(f" @{step.number} ", "step"), (words(step.text), role)]
    why: list[Span] = [("  ", "")]
    if scene.place.step:
        different = [one for one in changes(scene.before, scene.now, step.subject) if len(one.old) + len(one.new) < 40]
        why += [(f"* {one.key} {words(one.old)} → {words(one.new)}  ", "changed") for one in different[:2]]
    why.append((words(step.why), "dim"))
    if scene.place.step == 0 and scene.link.assumed:
        why = [(f"  assumed {' '.join(scene.link.assumed)}; --strict turns that off", "note")]
    if notice:
        return [what, [("  ", ""), (notice, "note")]]
    return [what, why]


def key_pairs(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The view's keys, then those that are good everywhere."""
    return [*pairs, ("Tab", "pane"), ("1-4", "view"), ("q", "quit")]


def help_lines(pane: Widget | None, view: Widget, name: str) -> list[Line]:
    """Everything that a key does here: in the pane and the view (called `name`) first, then in the program."""
    about = (pane.HELP if pane is not None else "") or ""
    lines: list[Line] = [[(f" {name}: {(pane.id if pane is not None else None) or ''}", "strong")]]
    lines += [[(f" {about}", "")], []]
    own = [one for part in (pane, view) if part is not None for one in vars(type(part)).get("BINDINGS", ())]
    lines += [_key_line(one.key, one.description) for one in own if isinstance(one, Binding)]
    for title, group in GROUPS:
        lines += [[], [(f" {title}", "strong")], *(_key_line(key, text) for key, _, text, _ in group)]
    return [
        *lines,
        [],
        [(" Bytes", "strong")],
        [(" ", ""), *LEGEND],
        [(" · not set yet   * changed by the last step", "dim")],
    ]


def _key_line(keys: str, text: str) -> Line:
    return [(f"   {shown(keys):<22}", "op"), (text, "")]
