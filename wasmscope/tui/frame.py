"""The lines around the views: where in time we are, the keys, the help."""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import Binding
from textual.widget import Widget

from wasmscope.debugger.lines import Line, Span
from wasmscope.debugger.panes.hex_rows import LEGEND
from wasmscope.debugger.panes.phases import phase_rows
from wasmscope.debugger.scene import Scene
from wasmscope.tui.keys import GROUPS, shown
from wasmscope.tui.widgets.phase_list import timeline


def time_line(scene: Scene, width: int) -> Line:
    """Step, and the phases with how far each is."""
    lead: list[Span] = [(f" @{scene.place.step:,}", "step"), (f"/{len(scene.steps):,}  ", "dim")]
    return [*lead, *timeline(phase_rows(scene), width - sum(len(text) for text, _ in lead))]


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
