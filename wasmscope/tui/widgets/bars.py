"""The lines that frame the views: title with tabs, time, the step in words, keys. No key is ever clipped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from wasmscope.debugger.lines import Line, Span
from wasmscope.debugger.tour import Tour
from wasmscope.link.model import PHASES
from wasmscope.tui.text import clip, fit, plain, wrap
from wasmscope.tui.widgets.phase_list import phase_at
from wasmscope.tui.widgets.roles import Looks


class Bar(Widget):
    """A few lines of text made from spans, cut at the width."""

    DEFAULT_CSS = "Bar { height: 1; width: 100%; }"

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._looks = Looks(self)

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """What stands in the lines."""
        return ()

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        lines = self.lines(width, height)
        line = lines[y] if y < len(lines) else ()
        segments = [Segment(plain(text), self._looks[role]) for text, role in line if text]
        return Strip(segments).adjust_cell_length(width, self._looks[""])

    def notify_style_update(self) -> None:
        self._looks.clear()
        super().notify_style_update()


class TitleBar(Bar):
    """What is being linked, and the views."""

    DEFAULT_CSS = "TitleBar { background: $panel; }"

    class Chosen(Message):
        """The reader clicked on a view's name."""

        def __init__(self, view: int) -> None:
            super().__init__()
            self.view = view

    def __init__(self, views: Sequence[str], id: str | None = None) -> None:
        super().__init__(id=id)
        self._views = views
        self._current = 0
        self._text = ""
        self._state: Span = ("", "")

    def show(self, text: str, current: int, state: Span) -> None:
        """`text` says what is linked, `current` is the view (from 0), `state` stands at the right."""
        if (text, current, state) != (self._text, self._current, self._state):
            self._text, self._current, self._state = text, current, state
            self.refresh()

    def tabs(self, width: int) -> list[str]:
        """The views' names as they stand, short when there is little room."""
        names = [f"{i + 1} {name}" if width >= 100 else f"{i + 1}{name[0]}" for i, name in enumerate(self._views)]
        return [f"[{name}]" if i == self._current else f" {name} " for i, name in enumerate(names)]

    def lines(self, width: int, height: int) -> Sequence[Line]:
        tabs = self.tabs(width)
        room = width - sum(map(len, tabs)) - len(self._state[0]) - 3
        return [[
            (fit(f" {self._text}", room), "strong"), (" ", ""),
            *((tab, "strong" if tab[0] == "[" else "dim") for tab in tabs), (" ", ""), self._state, (" ", ""),
        ]]  # fmt: skip

    def on_click(self, event: events.Click) -> None:
        tabs = self.tabs(self.size.width)
        at = self.size.width - sum(map(len, tabs)) - len(self._state[0]) - 2
        for position, tab in enumerate(tabs):
            if at <= event.x < at + len(tab):
                self.post_message(self.Chosen(position))
            at += len(tab)


class TextBar(Bar):
    """Lines that somebody else makes; long ones wrap into the height that there is."""

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: Sequence[Line] = ()

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines."""
        if list(lines) != list(self._lines):
            self._lines = lines
            self.refresh()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        wrapped: list[Line] = [row for line in self._lines for row in wrap(line, width)]
        if len(wrapped) > height and height:
            last = clip([*wrapped[height - 1], (" …", "")], width)
            return [*wrapped[: height - 1], last]
        return wrapped


class TimeBar(TextBar):
    """The step, and the phases on one line."""

    LEAD = 2
    """Spans before the phases."""

    @dataclass
    class Chosen(Message):
        """The reader clicked on a phase."""

        phase: str

    def on_click(self, event: events.Click) -> None:
        line = self._lines[0] if self._lines else ()
        phase = phase_at(line[self.LEAD :], event.x - sum(len(text) for text, _ in line[: self.LEAD]))
        if phase is not None:
            self.post_message(self.Chosen(PHASES[phase]))


class KeyEntry(NamedTuple):
    """A key, or two, of the key bar."""

    shown: str
    what: str
    keys: Sequence[str]
    """Textual's names, one for each word of `shown`; "" for what is no key."""


class KeyBar(Bar):
    """The keys that matter most here: as many as fit whole, at most eight; the last one is always the help."""

    @dataclass
    class Pressed(Message):
        """The reader clicked on a key."""

        key: str

    DEFAULT_CSS = "KeyBar { background: $panel; }"
    MOST = 8

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._keys: Sequence[KeyEntry] = ()
        self._help = KeyEntry("?", "keys", ["question_mark"])

    def show(self, keys: Sequence[KeyEntry], help: KeyEntry) -> None:
        """Show keys, the most useful first, and that of the help."""
        if (keys, help) != (self._keys, self._help):
            self._keys, self._help = keys, help
            self.refresh()

    def fitting(self, width: int) -> list[KeyEntry]:
        """The entries that stand in `width` cells."""
        shown: list[KeyEntry] = []
        used = 1 + _room(self._help)
        for one in self._keys:
            if len(shown) == self.MOST - 1 or used + _room(one) > width:
                break
            shown.append(one)
            used += _room(one)
        return [*shown, self._help]

    def lines(self, width: int, height: int) -> Sequence[Line]:
        line: list[Span] = [(" ", "")]
        for one in self.fitting(width):
            line += [(one.shown, "strong"), (f" {one.what}  ", "dim")]
        return [line]

    def on_click(self, event: events.Click) -> None:
        at = 1
        for one in self.fitting(self.size.width):
            if at <= event.x < at + _room(one):
                word = one.shown[: max(0, event.x - at)].count(" ")  # of "s S" the one under the mouse
                key = one.keys[word if event.x < at + len(one.shown) else 0]
                if key:
                    self.post_message(self.Pressed(key))
            at += _room(one)


def _room(one: KeyEntry) -> int:
    return len(one.shown) + len(one.what) + 3


class TourBar(TextBar):
    """What the tour says at its stop: as high as its text, and not there when nobody is on the tour."""

    _ways: Sequence[tuple[str, str]] = ()

    @dataclass
    class Chosen(Message):
        """The reader clicked on a way to go along the tour."""

        line: str
        """Its command line."""

    def guide(self, tour: Tour | None, ways: Sequence[tuple[str, str]], key: Callable[[str], str]) -> None:
        """Show the stop of `tour`; `ways` say how to go along, each with its command line, `key` which key a binding
        has."""
        self.set_class(tour is not None, "open")
        if tour is not None:
            self._ways = ways
            head: Line = [(f" {tour.title} ", "note"), *((f"  {text}", "dim") for text, _ in ways)]
            self.show([head, [(f"  {tour.stop.text(key)}", "")]])
            self.refresh(layout=True)

    def on_click(self, event: events.Click) -> None:
        row = "".join(text for text, _ in self.lines(*self.size)[event.y])
        for text, line in self._ways:
            at = row.find(f"  {text}")
            if at >= 0 and at + 2 <= event.x < at + 2 + len(text):
                self.post_message(self.Chosen(line))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return sum(len(wrap(line, max(1, width))) for line in self._lines)
