"""A session: a link that is looked at, where in it the reader is, and what the reader left there.

A front end (the screen, the `--plain` prompt, a script) holds one `Debugger`, runs commands on it (`commands/`), and
shows what it says. Moving changes the cursor and nothing else: the link is a value.
"""

from __future__ import annotations

from collections.abc import Callable

from wasmscope.debugger.checkpoints import Checkpoints
from wasmscope.debugger.cursor import Cursor, Place
from wasmscope.debugger.kept import kept_place
from wasmscope.debugger.opened import Opened, first_place
from wasmscope.debugger.question import Linker, Question
from wasmscope.debugger.scene import Scene
from wasmscope.debugger.stops import Stops
from wasmscope.explain.steps import Steps
from wasmscope.link.model import Link


class Debugger:
    """A session over `opened`, which begins at `place` (None: where a reader wants to begin)."""

    def __init__(self, opened: Opened, place: Place | None = None, question: Question | None = None) -> None:
        self.opened = opened
        self.question = question or Question()
        """What the link was asked to do."""
        self.before: Opened | None = None
        """The link that was looked at before this one: with other options, or with other contents of the inputs."""
        self.relink: Callable[[Question], object] | None = None
        """Makes the link of a question, soon or at once, and hands it to `answer`: the front end's."""
        self.cursor = Cursor(place or first_place(opened))
        self.stops = Stops()

    @property
    def checkpoints(self) -> Checkpoints:
        """The moments with a name."""
        return self.stops.checkpoints

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
        return Scene(self.opened, self.place, self.stops)

    def refuses(self, opened: Opened) -> str:
        """Why `opened` is not worth looking at in place of the link that is: an input that cannot be read, or options
        that make no sense. "" when it is."""
        if opened.link.failed != "load":
            return ""
        return next(one.text for one in opened.link.diagnostics if one.severity == "error")

    def answer(self, opened: Opened, question: Question | None = None) -> None:
        """Look at another link, which answers `question`: at the same step, and at what has the same name."""
        old, self.before = self.opened.steps, self.opened
        self.opened = opened
        self.question = question or self.question
        self.cursor.renew(lambda place: kept_place(old, opened.steps, place))


def opened_on(question: Question, linker: Linker) -> Debugger:
    """A session over the link of `question`; a link asked for in it is made by `linker` at once."""
    debugger = Debugger(Opened(linker.link(question)), question=question)
    debugger.relink = lambda asked: debugger.answer(Opened(linker.link(asked)), asked)
    return debugger
