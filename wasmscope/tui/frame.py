"""The lines around the views: where in time we are, the keys, the help."""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import Binding
from textual.widget import Widget

from wasmscope.debugger.lines import Line, Span
from wasmscope.debugger.panes.hex_rows import LEGEND
from wasmscope.debugger.panes.phases import phase_rows
from wasmscope.debugger.scene import Scene
from wasmscope.tui.keymap import PROGRAM, Keymap, listed, own_bindings
from wasmscope.tui.keys import GROUPS, shown
from wasmscope.tui.widgets.bars import KeyEntry
from wasmscope.tui.widgets.phase_list import timeline


def time_line(scene: Scene, width: int) -> Line:
    """Step, and the phases with how far each is."""
    lead: list[Span] = [(f" @{scene.place.step:,}", "step"), (f"/{len(scene.steps):,}  ", "dim")]
    return [*lead, *timeline(phase_rows(scene), width - sum(len(text) for text, _ in lead))]


def key_pairs(pairs: Sequence[tuple[str, str]], keymap: Keymap) -> list[KeyEntry]:
    """The view's keys (by the ids of their bindings), then those that are good everywhere, as the keymap has them."""
    views = f"{keymap.shown('view.link')}-{keymap.shown('view.why')}"
    everywhere = (("view.next-pane", "pane"), (views, "view"), ("app.leave", "quit"))
    return [KeyEntry(keymap.shown(words), what, keymap.names(words)) for words, what in (*pairs, *everywhere)]


def help_lines(pane: Widget | None, view: Widget, name: str, keymap: Keymap, timed: bool = True) -> list[Line]:
    """Everything that a key does here: in the pane first, in the view (called `name`), then in the program; `timed`:
    what is looked at has steps."""
    about = keymap.worded((pane.HELP if pane is not None else "") or "")
    lines: list[Line] = [[(f" {name}: {(pane.id if pane is not None else None) or ''}", "strong")], [(f" {about}", "")]]
    for part in (pane, view):
        lines += [[], *(_key_line(keymap, one.id or "", one.description) for one in _bindings_of(part))]
    for title, group in GROUPS if timed else GROUPS[1:]:
        lines += [[], [(f" {title}", "strong")], *(_key_line(keymap, id, text) for _, _, text, id in group)]
    return [
        *lines,
        [],
        [(" Bytes", "strong")],
        [(" ", ""), *LEGEND],
        [(" · not set yet   * changed by the last step", "dim")],
        [],
        [(" explain says what the phase, and the relocation, is for", "dim")],
        [(f" keys all (after {keymap.shown('app.command')}) lists the ids for keys of your own", "dim")],
    ]


def _bindings_of(part: Widget | None) -> list[Binding]:
    """What a pane binds itself, and what every pane like it does."""
    found = {one.id: one for kind in type(part).__mro__ if issubclass(kind, Widget) for one in own_bindings(kind)}
    return [one for id, one in found.items() if id]


def key_list(keymap: Keymap) -> list[Line]:
    """Every binding with its id, for a file of keys."""
    return [
        [(f"{id:<26}", "op"), (f" {keys:<20} ", "name"), (about, ""), (f"  ({where})" * (where != PROGRAM), "dim")]
        for id, keys, about, where in listed(keymap)
    ]


def _key_line(keymap: Keymap, id: str, text: str) -> Line:
    return [(f"   {shown(keymap.keys(id)):<22}", "op"), (text, "")]
