"""A look at a link before the reader has it: indexes that its view needs are made by whoever can wait, not by a key."""

from __future__ import annotations

from wasmscope.debugger.export import VIEW_PANES
from wasmscope.debugger.kept import kept_place
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.listed import PANES
from wasmscope.debugger.panes.status import status_lines, title_text
from wasmscope.debugger.saved import Facts, restore
from wasmscope.debugger.scene import Scene
from wasmscope.debugger.session import Debugger
from wasmscope.explain.symbol_counts import symbol_counts

ROWS = 60
"""Rows of a pane that are asked for: about what a screen holds."""


def rehearse(opened: Opened, before: Debugger | None, kept: Facts) -> None:
    """Ask of `opened` what will be shown first: where the reader of `before` is in it, or, of a first link, where the
    session was left that `kept` tells of. Its inputs are looked up on disk, too."""
    _ = opened.watched
    if before is not None:
        look_at(Debugger(opened, kept_place(before.steps, opened.steps, before.place)).scene())
        return
    debugger = Debugger(opened)
    restore(debugger, kept)
    look_at(debugger.scene())


def look_at(scene: Scene) -> None:
    """Make what the view of `scene` shows, and throw it away."""
    title_text(scene.opened)
    status_lines(scene, "")
    symbol_counts(scene.steps)  # the heads of views tell them
    for name in VIEW_PANES[scene.place.view]:
        pane = PANES[name].rows(scene)
        start = max(0, pane.at - ROWS // 2)
        pane.lines(start, min(start + ROWS, pane.total))
