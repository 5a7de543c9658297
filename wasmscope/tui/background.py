"""Links made, and inputs looked at, in threads that nobody waits for: leaving does not wait for a large link."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

from textual.message import Message

from wasmscope.debugger.opened import Opened
from wasmscope.debugger.question import Question
from wasmscope.debugger.reload import Watched
from wasmscope.explain.checking.check_steps import failed_checks
from wasmscope.explain.comparing.renewed import renewed
from wasmscope.explain.steps import make_room
from wasmscope.link.collector import at_rest, settle
from wasmscope.link.model import Link
from wasmscope.tui.messages import Broke, Changed, Checked, Linked

LOOK = 0.5
"""Seconds between looks at the inputs on disk."""
REST = 1.0
"""Seconds without a key after which indexes are made again."""
PATIENCE = 5.0
"""Seconds that the next index waits at most."""


class Background:
    """Makes links with `linker`, has a first look at each with `rehearse`, and posts it, or what went wrong, to the
    program."""

    def __init__(
        self,
        linker: Callable[[Question], Link],
        post: Callable[[Message], object],
        rehearse: Callable[[Opened], object],
    ) -> None:
        self._linker = linker
        self._post = post
        self._rehearse = rehearse
        self._number = 0
        """How many links were asked for."""
        self._pending: dict[bool, int] = {}
        """The last link asked for to look at (False) and to compare with (True), while it is neither there nor given
        up."""
        self._since = 0.0
        self._pressed = -REST

    def start(self, question: Question, aside: bool = False, before: Opened | None = None) -> None:
        """Ask for the link of `question`; `aside`: to compare with; `before`: the link that it takes the place of."""
        self._number += 1
        self._pending[aside] = self._number
        self._since = time.monotonic()
        sys.setswitchinterval(0.001)  # keys get their turn between the linker's loops
        threading.Thread(target=self._make, args=(self._number, question, aside, before), daemon=True).start()

    @property
    def waiting(self) -> bool:
        """Whether a link is waited for."""
        return bool(self._pending)

    def take(self, number: int, aside: bool) -> bool:
        """Whether the link asked for as `number` is waited for; it is not any more."""
        if self._pending.get(aside) != number:
            return False
        del self._pending[aside]
        return True

    def forget(self) -> None:
        """Wait no longer for what was asked for: when it is there it is not shown."""
        self._pending.clear()

    @property
    def waited(self) -> int:
        """Seconds since a link was asked for."""
        return int(time.monotonic() - self._since)

    @at_rest()
    def _make(self, number: int, question: Question, aside: bool, before: Opened | None) -> None:
        try:
            link = self._linker(question)
            make_room()
            opened = Opened(link)
            opened.renewed = renewed(before.link, opened.link) if before is not None else frozenset()
            if not aside:
                self._rehearse(opened)
        except Exception as error:  # a mistake of ours: the screen stays, and says so
            self._post(Broke(f"{type(error).__name__}: {error}", number, aside))
            return
        self._post(Linked(opened, number, question, aside))
        for _ in opened.warm():
            self._give_way()
        self._check(opened)
        settle()

    def pressed(self) -> None:
        """The reader has done something: who moves goes first."""
        self._pressed = time.monotonic()

    def _give_way(self) -> None:
        """Wait while the reader moves: two threads in one interpreter make each other slow."""
        since = time.monotonic()
        while (now := time.monotonic()) < min(self._pressed + REST, since + PATIENCE):
            time.sleep(min(self._pressed + REST - now, REST))

    def check(self, opened: Opened) -> None:
        """Have the checks of a link made that was not made here."""
        if opened.steps.failed_checks is None:
            threading.Thread(target=self._check, args=(opened,), daemon=True).start()

    def _check(self, opened: Opened) -> None:
        if failed_checks(opened.steps):
            self._post(Checked(opened))


class Lookout:
    """Looks at the inputs on disk in a thread, as to read a large file takes time, and posts what is new to the
    program."""

    def __init__(self, post: Callable[[Message], object]) -> None:
        self._post = post
        self.watched = Watched(())
        self._looking = False

    def look(self) -> None:
        """Have a look, unless one is under way."""
        if not self._looking:
            self._looking = True
            threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        watched = self.watched
        try:
            changed = watched.changed()
        finally:
            self._looking = False
        if changed or watched.gone:
            self._post(Changed(watched, changed, watched.gone))
