"""The place of a session on the screen: which view is in sight, what its panes show, when they are drawn."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar, NamedTuple

from textual.events import Resize
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from wasmscope.debugger.commands.command import Answer, Commands
from wasmscope.debugger.lines import Line
from wasmscope.debugger.reader import Session
from wasmscope.tui.frame import key_pairs
from wasmscope.tui.keymap import Keymap
from wasmscope.tui.keys_in_order import KeysInOrder
from wasmscope.tui.views.view import View
from wasmscope.tui.widgets.bars import KeyBar, TextBar
from wasmscope.tui.widgets.line_view import LineView
from wasmscope.tui.widgets.pick_panel import PickPanel
from wasmscope.tui.widgets.prompt import Prompt
from wasmscope.tui.widgets.text_panel import TextPanel

HELP = (("view.help", "keys"),)
HELD = 0.03
"""Seconds that a frame is held for what a move leads to."""


class Look(NamedTuple):
    """What a view showed of a place: the pane in focus, and each pane's cursor, first line, size and lines in all."""

    focus: str | None
    panes: dict[str, tuple[int, int, Size, int]]


class Drawing(KeysInOrder):
    """A program that shows where its session is."""

    COMMAND_TABLE: ClassVar[Commands[Any]]
    """The commands of the session."""

    def __init__(self, keymap: Keymap, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color)
        self.keymap = keymap
        self.debugger: Session[Any] | None = None
        """The session, once there is something to look at."""
        self._holding: asyncio.TimerHandle | None = None
        """Lets the next frame be painted, if it is held."""
        self._moved: Widget | None = None
        """The pane in which the reader is moving further than a page."""
        self._notice = ""
        self._noticed: object = None
        self._stale = False
        self._typed: list[Line] = []
        """How the command goes on that is typed at the prompt: in place of the status."""

    def frame(self, scene: Any) -> None:
        """Draw the lines above the views, and what else stands around them."""
        raise NotImplementedError

    def status(self, scene: Any, notice: str) -> list[Line]:
        """The lines under the views; `notice` is what is to be said now."""
        raise NotImplementedError

    def answer(self, line: str, answer: Answer, drawn: bool = False) -> None:
        """Show what a command line answers; `drawn`: the command saw to the views itself."""
        raise NotImplementedError

    # --- the cursor ---------------------------------------------------------------------------------------------

    def go(self, place: object, jump: bool = False) -> None:
        """Move to `place`; a `jump` to where the reader went in the pane in focus, or to what was followed there."""
        if self.debugger is not None:
            self._moved = self.focused
            self.debugger.go(place, jump)
            self._moved = None
            self._show()

    def _show(self, keep_text: bool = False) -> None:
        """Draw the place once the keys at hand are worked off; at once if the view changes, as the next keys are meant
        for that."""
        if self.debugger is None:
            return
        if not keep_text:
            self._close_panels()
        if self._switch(self.debugger.place.view):
            self._draw()
        elif not self._stale:
            self._stale = True
            self.call_later(self.drawn)

    def drawn(self) -> None:
        """Draw what was put off, if anything was: after keys that came at once it is drawn once."""
        if self._stale:
            self._draw()

    def _close_panels(self) -> None:
        panels = (self.query_one(TextPanel), self.query_one(PickPanel))
        for panel in panels:
            panel.remove_class("open")
        if self.focused in panels:
            self._refocus()

    def _refocus(self) -> None:
        """Back to the pane that had the focus last."""
        self.screen.set_focus(self.view.last, scroll_visible=False)

    @property
    def notice(self) -> str:
        """What is said in the status line until the next command, or until the reader is elsewhere."""
        return self._notice

    @notice.setter
    def notice(self, text: str) -> None:
        self._notice, self._noticed = text, None

    def _draw(self) -> None:
        self._stale = False
        if self.debugger is None:
            return
        if self._noticed not in (None, self.debugger.place):
            self.notice = ""
        self._noticed = self.debugger.place
        scene = self.debugger.scene()
        self.frame(scene)
        self.query_one("#status", TextBar).show(self._typed or self.status(scene, self.notice))
        view = self.view
        self.query_one("#keys", KeyBar).show(key_pairs(view.keys, self.keymap), *key_pairs(HELP, self.keymap)[:1])
        view.show(scene)
        recalled, self.debugger.cursor.recalled = self.debugger.cursor.recalled, None
        if isinstance(recalled, Look):
            self._recall(recalled)
        table = self.debugger.arranged() if self.debugger.tables else None
        if table is not None and table.stale(scene):
            self.answer("rearrange", self.COMMAND_TABLE.begin(self.debugger, "rearrange"))  # what was said stays
        self._release_frame()

    def picture(self) -> str:
        """The screen as SVG, as it is once the prompt has closed from which that was asked for."""
        self.drawn()
        self.screen._refresh_layout()
        return self.export_screenshot()

    def hold_frame(self, pane: LineView) -> None:
        """Show a move in `pane` and what it leads to in one frame: nothing is painted until the panes are drawn, or
        for HELD seconds."""
        if self._holding is None and pane.id in self.view.leads:
            self._begin_batch()
            self._holding = asyncio.get_running_loop().call_later(HELD, self._release_frame)

    def _release_frame(self) -> None:
        if self._holding is not None:
            self._holding.cancel()
            self._holding = None
            self._end_batch()
            if self.screen_stack:  # there is none any more when the program is left within HELD
                self.screen.check_idle()

    def _look(self) -> Look:
        """What the panes of the view in sight show beside the place."""
        panes = {one: self.view.query_one(f"#{one}", LineView) for one in self.view.panes}
        focused = self.focused.id if self.focused is not None and self.focused.id in panes else None
        left = {name: pane.left for name, pane in panes.items() if pane is self._moved}
        shown = {name: left.get(name) or (pane.cursor, pane.scroll_offset.y) for name, pane in panes.items()}
        return Look(focused, {name: (*shown[name], one.size, one.line_count) for name, one in panes.items()})

    def _recall(self, look: Look) -> None:
        """Put the cursors of the panes back where they were, and scroll them as they were."""
        for name, (item, top, *measures) in look.panes.items():
            found = self.view.query(f"#{name}").results(LineView)
            for pane in found:
                if name not in self.view.leads:  # where those are is the place
                    pane.point(item)
                pane.scroll_to(y=top, animate=False, immediate=True, force=True)
                if [pane.size, pane.line_count] != measures:
                    pane.keep_in_sight(centre=True)
        if look.focus is not None and not self.query_one(Prompt).has_class("open"):
            for pane in self.view.query(f"#{look.focus}").results(LineView):
                self.screen.set_focus(pane, scroll_visible=False)

    @property
    def view(self) -> View:
        """The view in sight."""
        return self.query_one(f"#{self.query_one(ContentSwitcher).current}", View)

    def _switch(self, number: int) -> bool:
        """Bring view `number` (from 0) in sight; whether it was not."""
        switcher = self.query_one(ContentSwitcher)
        name = f"view-{number}"
        changes = switcher.current != name
        if changes or self.focused is None:
            switcher.current = name
            if not self.query_one(Prompt).has_class("open"):
                self.screen.set_focus(self.view.first, scroll_visible=False)
        return changes

    def on_resize(self, event: Resize) -> None:
        self._show(keep_text=True)

    def _say(self, text: str) -> None:
        """Answer a key that cannot do what it says: a line of text, and the bell."""
        self.notice = text
        self.bell()
        self._show()
