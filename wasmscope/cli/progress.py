"""A line on stderr while something takes long, if a person is watching."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType


class Progress:
    """`with Progress("linking"): …` shows nothing for the first second, then the text and the seconds so far."""

    def __init__(self, text: str, delay: float = 1.0) -> None:
        self.text = text
        self.delay = delay
        """Seconds before the line appears, and between its changes."""
        self.done = threading.Event()
        self.thread: threading.Thread | None = None

    def __enter__(self) -> Progress:
        if sys.stderr.isatty():
            self.thread = threading.Thread(target=self._tick, daemon=True)
            self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.done.set()
        if self.thread is not None:
            self.thread.join()

    def _tick(self) -> None:
        start = time.monotonic()
        shown = False
        while not self.done.wait(self.delay):
            shown = True
            sys.stderr.write(f"\r{self.text}: {time.monotonic() - start:.0f} s")
            sys.stderr.flush()
        if shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
