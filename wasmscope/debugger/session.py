"""A session: a link that is looked at, where in it the reader is, and what the reader left there.

A front end (the screen, the `--plain` prompt, a script) holds one `Debugger`, runs commands on it (`commands/`), and
shows what it says. Moving changes the cursor and nothing else: the link is a value.
"""

from __future__ import annotations

from wasmscope.debugger.cursor import Cursor, Place
from wasmscope.debugger.opened import Opened, first_place, kept_place
from wasmscope.debugger.scene import Scene
from wasmscope.explain.steps import Steps
from wasmscope.link.model import Link


class Debugger:
    """A session over `opened`, which begins at `place` (None: where a reader wants to begin)."""

    def __init__(self, opened: Opened, place: Place | None = None) -> None:
        self.opened = opened
        self.cursor = Cursor(place or first_place(opened))

    @property
    def link(self) -> Link:
        return self.opened.link

    @property
    def steps(self) -> Steps:
        return self.opened.steps

    @property
    def place(self) -> Place:
        """Where the reader is."""
        return self.cursor.place

    def go(self, place: Place, jump: bool = False) -> None:
        """Move to `place`; a `jump` can be undone."""
        self.cursor.move(place, jump)

    def scene(self) -> Scene:
        """What panes are drawn from."""
        return Scene(self.opened, self.place)

    def reopen(self, opened: Opened) -> None:
        """Look at another link of the same inputs: at the same step, and at what has the same name."""
        self.opened = opened
        self.cursor.renew(lambda place: kept_place(opened, place))
