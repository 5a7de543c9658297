"""What commands answer, on the screen: a line, the bell, a panel, a list to choose from, work that takes a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from textual import work

from wasmscope.debugger.commands.command import Answer, Refused, Work
from wasmscope.debugger.lines import Line, Title
from wasmscope.explain.naming import count
from wasmscope.tui import clipboard
from wasmscope.tui.drawing import Drawing
from wasmscope.tui.keymap import Keymap
from wasmscope.tui.widgets.bars import TextBar
from wasmscope.tui.widgets.line_view import LineView
from wasmscope.tui.widgets.pick_panel import PickPanel
from wasmscope.tui.widgets.text_panel import TextPanel

SLICE = 0.01
"""Seconds of work before keys get their turn."""
TOLD = 0.1
"""Seconds between two words on how far work is."""


class Answering(Drawing):
    """A program that shows what its commands answer."""

    def __init__(self, keymap: Keymap, ansi_color: bool | None = None) -> None:
        super().__init__(keymap, ansi_color)
        self._progress = ""
        """How far the work is that was done last."""
        self._pane: LineView | None = None
        """The pane that a prompt, a list or the help was opened from."""

    def run_line(self, line: str) -> None:
        """Run a command line, of the screen or of the session, and show what it answers."""
        raise NotImplementedError

    def answer(self, line: str, answer: Answer, drawn: bool = False) -> None:
        """Show what `line` was answered: its notice, its lines or list in a panel, or its work as it goes on.

        drawn: the line has drawn what it changed itself.
        """
        if answer.refused:
            self._say(answer.notice)
            return
        if answer.work is not None:
            if not self._slice(line, answer.work):
                self.run_worker(self._work(line, answer.work), exclusive=True, group=line.split(" ")[0], name="work")
            return
        self.notice = answer.notice or self.notice
        if answer.copied:
            self.take_along(answer.copied, answer.notice)
        if self.notice or not drawn:
            self._show()
        if answer.lines and not answer.copied and not line.startswith("tour"):
            self.open_text(answer.title or line, answer.lines)
        if answer.picks:
            self._pane = self.focused if isinstance(self.focused, LineView) else self._pane
            self.query_one(PickPanel).pick(answer.title or line, answer.picks)

    async def _work(self, line: str, work: Work) -> None:
        """Do the work a slice at a time between keys, saying how far it is."""
        told = time.monotonic()
        while not self._slice(line, work):
            if time.monotonic() - told > TOLD:
                told = time.monotonic()
                self._report(f"{self._progress}…  {self.keymap.shown('view.stop')} stops")
            await asyncio.sleep(0)

    def _slice(self, line: str, work: Work) -> bool:
        """Do a slice of the work, and show its answer when it is done; whether it is."""
        end, before = time.monotonic() + SLICE, self.debugger.place if self.debugger is not None else None
        try:
            while time.monotonic() < end:
                self._progress = next(work)
        except StopIteration as done:
            self.answer(line, done.value)
        except Refused as error:
            self._say(str(error))
        else:
            if self.debugger is not None and self.debugger.place is not before:
                self._show()  # the rest is counting
            return False
        return True

    def _report(self, text: str) -> None:
        """Say `text` in the status line until the next drawing."""
        if self.debugger is not None:
            self.query_one("#status", TextBar).show(self.status(self.debugger.scene(), text))

    def stop(self) -> None:
        """Stop what is under way; if nothing is, leave the zoom."""
        under_way = [one for one in self.workers if one.name == "work" and not one.is_finished]
        for one in under_way:
            one.cancel()
        if under_way:
            self.notice = "stopped"
            self._show()
        elif self.view.zoomed is not None:
            self.view.zoom(None)
        elif self.debugger is not None and self.debugger.search.pattern is not None:
            self.run_line("find-clear")
        elif self.debugger is not None and self.debugger.filters_time:
            self.run_line("filter")

    def take_along(self, text: str, notice: str) -> None:
        """Copy `text`; `notice` says what it is."""
        self.copy_to_clipboard(text)  # by OSC 52; nobody knows whether the terminal takes it
        self._hand_over(text, notice)

    def on_text_selected(self) -> None:
        """Text was selected with the mouse: say how to have it."""
        text = self.screen.get_selected_text()
        if text:
            self._tell(f"selected: {count(len(text), 'character')}; ctrl+c copies them")

    @work(thread=True, group="clipboard", exit_on_error=False)
    def _hand_over(self, text: str, notice: str) -> None:
        """Give a copy to the desktop's clipboard, too, and say who has it now."""
        program = clipboard.hand_over(text)
        sent = "sent to the terminal" + ("" if len(text) <= clipboard.OSC_52_MOST else ", which may find it too long")
        also = f" and to {program}" if program else ""
        self.call_from_thread(self._tell, f"{notice}, {sent}{also}; :save writes a file")

    def _tell(self, text: str) -> None:
        """Say `text` in the status line."""
        self.notice = text
        self._show(keep_text=True)

    def open_text(self, title: Title, lines: Sequence[Line]) -> None:
        """Open a panel over the views that says `lines`."""
        self._pane = self.focused if isinstance(self.focused, LineView) else self._pane
        self.query_one(TextPanel).show(title, lines)
