"""What takes long to find (source lines, dominators, the stops of a large link), found aside: no key waits for it.

`get` gives what is known and has the rest found; the front end draws again when it is. Without a front end that says so
everything is found at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar, cast

MOST = 4096
"""Answers kept."""
Found = TypeVar("Found")


class LookUps:
    """Answers by their keys. Only what was asked for last is looked for: where the reader was before is no matter."""

    def __init__(self) -> None:
        self.told: Callable[[], object] | None = None
        """The front end's: called in another thread when something has become known."""
        self._known: dict[object, object] = {}
        self._wanted: tuple[object, Callable[[], object]] | None = None
        self._busy = False
        self._lock = threading.Lock()

    def get(self, key: object, find: Callable[[], Found], meanwhile: Found) -> Found:
        """The answer of `find`, which is always the same for `key`; `meanwhile` while it is being found."""
        if key in self._known:
            return cast(Found, self._known[key])
        if self.told is None:
            return cast(Found, self._keep(key, find()))
        with self._lock:
            self._wanted = key, find
            start, self._busy = not self._busy, True
        if start:
            threading.Thread(target=self._work, daemon=True).start()
        return meanwhile

    def _keep(self, key: object, found: object) -> object:
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[key] = found
        return found

    def _work(self) -> None:
        while True:
            with self._lock:
                wanted, self._wanted = self._wanted, None
                if wanted is None:
                    self._busy = False
                    return
            self._keep(wanted[0], wanted[1]())
            if self.told is not None:
                self.told()
