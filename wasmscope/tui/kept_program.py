"""A program whose session comes back when the same inputs are opened again."""

from __future__ import annotations

import sys
from typing import Any

from wasmscope.debugger import saved
from wasmscope.link.collector import settle
from wasmscope.tui.base import Program
from wasmscope.tui.settings import Settings
from wasmscope.tui.terminal import draw_on_stdout

KEEP = 2
"""Seconds between looks at whether the session is another than the one kept."""


class KeptProgram(Program):
    """What is left in the session is written to its file, now and then and at the end."""

    def __init__(self, settings: Settings | None = None, ascii: bool = False) -> None:
        super().__init__(settings, ascii)
        self.session: saved.SessionFile | None = None
        """Where the session is kept, with what an earlier one over the same inputs left there; None: it is not."""
        self._unkept = ""
        """Why the session cannot be kept, once that was said."""

    def on_mount(self) -> None:
        self.set_interval(KEEP, self._keep_or_say)

    def facts(self, session: Any) -> saved.Facts:
        """What is kept of a session."""
        raise NotImplementedError

    def run_to_end(self) -> int:
        """Open the screen until the reader leaves, and keep the session; returns the exit code."""
        settle()
        draw_on_stdout()
        self.run()
        problem = self.keep()
        if problem:
            print(f"wasmscope: {problem}", file=sys.stderr)
        return self.return_code or 0

    def keep(self) -> str:
        """Keep the session, if it is another than the one kept; why that failed, or ""."""
        if self.session is None or self.debugger is None:
            return ""
        chosen = {"theme": self.chosen_look} if self.chosen_look else {}
        return self.session.try_to_keep({**self.facts(self.debugger), **chosen})

    def _keep_or_say(self) -> None:
        problem = self.keep()
        if problem and not self._unkept:
            self._unkept = problem
            self._tell(problem)
