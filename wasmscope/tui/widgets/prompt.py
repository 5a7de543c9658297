"""The prompt at the bottom: `g` goto, `/` find, `:` command. It takes the place of the key bar while it is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class Prompt(Input):
    """One line of input with a history per kind."""

    DEFAULT_CSS = """
    Prompt, Prompt:focus { height: 1; border: none; padding: 0 1; display: none; background: $panel; }
    Prompt.open { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "recall(-1)", "earlier", show=False, id="prompt.earlier"),
        Binding("down", "recall(1)", "later", show=False, id="prompt.later"),
        Binding("escape", "leave", "close", show=False, id="prompt.close"),
        Binding("tab,shift+tab", "stay", "stay", show=False, id="prompt.stay"),  # not on to the next widget
    ]

    @dataclass
    class Entered(Message):
        """The reader entered `text` at the prompt of `kind` ("goto", "find" or "command")."""

        kind: str
        text: str

    @dataclass
    class Left(Message):
        """The prompt was closed."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.kind = ""
        self.cursor_blink = False
        self._history: dict[str, list[str]] = {}
        self._at = 0

    def ask(self, kind: str, hint: str) -> None:
        """Open for `kind`; `hint` says what can be entered."""
        self.kind = kind
        self.value = ""
        self.placeholder = hint
        self._at = len(self._history.get(kind, ()))
        self.add_class("open")
        self.screen.set_focus(self)  # at once: the next key may be here already

    def action_leave(self) -> None:
        self.remove_class("open")
        self.post_message(self.Left())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._enter(event.value.strip())

    def _enter(self, text: str) -> None:
        if text and self._history.setdefault(self.kind, [])[-1:] != [text]:
            self._history[self.kind].append(text)
        self.action_leave()
        if text:
            self.post_message(self.Entered(self.kind, text))

    def action_stay(self) -> None:
        """Tab moves nothing while the prompt is open."""

    def action_recall(self, by: int) -> None:
        history = self._history.get(self.kind, [])
        self._at = max(0, min(self._at + by, len(history)))
        self.value = history[self._at] if self._at < len(history) else ""
        self.cursor_position = len(self.value)
