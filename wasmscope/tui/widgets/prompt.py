"""The prompt at the bottom: `g` goto, `/` find, `:` command. It takes the place of the key bar while it is open.

Keys reach it one by one from the program (`take`), and what it is told is answered at once: so what is typed ahead, or
comes in one piece over a slow line, is taken in order, and the keys after Enter are for whom they are meant. Enter
typed before the screen is there arrives as a line feed, ctrl+j: the terminal is in its line mode until then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from os.path import commonprefix
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

Completer = Callable[[str, str], list[str]]
"""What the whole of a text may become at a kind of prompt."""


LETTERS = ("mark", "jump")
"""Prompts that one letter answers, without Enter."""
EMPTIES = ("filter", "note")
"""Prompts at which nothing is an answer, too: it takes away what there was."""


class Prompt(Input):
    """One line of input with a history per kind, and completion."""

    DEFAULT_CSS = """
    Prompt, Prompt:focus { height: 1; border: none; padding: 0 1; display: none; background: $panel; }
    Prompt.open { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "recall(-1)", "earlier", show=False, id="prompt.earlier"),
        Binding("down", "recall(1)", "later", show=False, id="prompt.later"),
        Binding("ctrl+j", "submit", "enter", show=False, id="prompt.enter"),
        Binding("escape", "leave", "close", show=False, id="prompt.close"),
        Binding("tab", "complete(1)", "complete; again: the next that fits", show=False, id="prompt.complete"),
        Binding("shift+tab", "complete(-1)", "the one before that fits", show=False, id="prompt.complete-back"),
    ]

    @dataclass
    class Typed(Message):
        """The prompt of `kind` holds `text` now; `fitting` is what Tab found for it."""

        kind: str
        text: str
        fitting: list[str]

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id, select_on_focus=False)
        self.kind = ""
        self.cursor_blink = False
        self.completer: Completer = lambda kind, text: []
        self.entered: Callable[[str, str], None] = lambda kind, text: None
        """Told what was entered at the prompt of a kind ("goto", "find" or "command")."""
        self.left: Callable[[], None] = lambda: None
        """Told that the prompt was closed."""
        self._history: dict[str, list[str]] = {}
        self._at = 0
        self._fitting: list[str] = []
        """What Tab goes through."""

    def ask(self, kind: str, hint: str, text: str = "") -> None:
        """Open for `kind` with `text` in it; `hint` says what can be entered."""
        self.kind = kind
        self.value = text
        self.cursor_position = len(text)
        self.placeholder = hint
        self._at = len(self._history.get(kind, ()))
        self._fitting = []
        self.add_class("open")
        self.screen.set_focus(self)  # at once: the next key may be here already

    def action_leave(self) -> None:
        self.remove_class("open")
        self.left()

    def give_way(self) -> None:
        """Close if it is open: a pane has the focus now, and the keys are meant for that."""
        if self.has_class("open"):
            self.action_leave()

    async def action_submit(self) -> None:
        self._enter(self.value.strip())

    def take(self, character: str) -> None:
        """Take a character that was typed."""
        if self.kind in LETTERS:
            self._enter(character)
        else:
            self.replace(character, *self.selection)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()  # keys have gone on since: what counts is what is there now
        if self.value not in self._fitting:
            self._fitting = []
        if self.has_class("open"):
            self.post_message(self.Typed(self.kind, self.value, self._fitting))

    def _enter(self, text: str) -> None:
        if text and self._history.setdefault(self.kind, [])[-1:] != [text]:
            self._history[self.kind].append(text)
        self.action_leave()
        if text or self.kind in EMPTIES:
            self.entered(self.kind, text)

    def action_complete(self, by: int) -> None:
        """As far as all that fits agrees; again: to the next of what fits."""
        if self._fitting:
            at = self._fitting.index(self.value) if self.value in self._fitting else -1 if by > 0 else 0
            self._put(self._fitting[(at + by) % len(self._fitting)])
            return
        fitting = self.completer(self.kind, self.value)
        common = commonprefix(fitting)  # noqa: RUF071  (of characters, as meant)
        if len(fitting) == 1:
            self._put(common if common == self.value else f"{common} ")
            return
        self._fitting = fitting
        if len(common) > len(self.value):
            self._put(common)
        self.post_message(self.Typed(self.kind, self.value, fitting))

    def _put(self, text: str) -> None:
        self.value = text
        self.cursor_position = len(text)

    def action_recall(self, by: int) -> None:
        history = self._history.get(self.kind, [])
        self._at = max(0, min(self._at + by, len(history)))
        self._put(history[self._at] if self._at < len(history) else "")
