"""Links made behind the screen, in a thread that nobody waits for: leaving does not wait for a large link."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

from textual.message import Message

from wasmscope.debugger.opened import Opened
from wasmscope.debugger.question import Question
from wasmscope.explain.checking.check_steps import failed_checks
from wasmscope.explain.comparing.renewed import renewed
from wasmscope.link.collector import at_rest, settle
from wasmscope.link.model import Link
from wasmscope.tui.messages import Broke, Checked, Linked


class Background:
    """Makes links with `linker` and posts each, or what went wrong, to the program."""

    def __init__(self, linker: Callable[[Question], Link], post: Callable[[Message], object]) -> None:
        self._linker = linker
        self._post = post
        self.number = 0
        """How many links were asked for; only the last one is shown."""
        self.waiting = False
        """A link was asked for, and is neither there nor given up."""
        self._since = 0.0

    def start(self, question: Question, aside: bool = False, before: Opened | None = None) -> None:
        """Ask for the link of `question`; `aside`: to compare with; `before`: the link that it takes the place of."""
        self.number += 1
        self.waiting = True
        self._since = time.monotonic()
        sys.setswitchinterval(0.001)  # keys get their turn between the linker's loops
        threading.Thread(target=self._make, args=(self.number, question, aside, before), daemon=True).start()

    def forget(self) -> None:
        """Wait no longer for the link that was asked for: when it is there it is not shown."""
        self.number += 1
        self.waiting = False

    @property
    def waited(self) -> int:
        """Seconds since a link was asked for."""
        return int(time.monotonic() - self._since)

    @at_rest()
    def _make(self, number: int, question: Question, aside: bool, before: Opened | None) -> None:
        try:
            opened = Opened(self._linker(question))
            opened.renewed = renewed(before.link, opened.link) if before is not None else frozenset()
        except Exception as error:  # a mistake of ours: the screen stays, and says so
            self._post(Broke(f"{type(error).__name__}: {error}", number))
            return
        self._post(Linked(opened, number, question, aside))
        opened.warm()
        self._check(opened)
        settle()

    def check(self, opened: Opened) -> None:
        """Have the checks of a link made that was not made here."""
        if opened.steps.failed_checks is None:
            threading.Thread(target=self._check, args=(opened,), daemon=True).start()

    def _check(self, opened: Opened) -> None:
        if failed_checks(opened.steps):
            self._post(Checked(opened))
