"""Something that cannot be cut in pieces, done in a thread, as the work of an answer: keys get their turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from typing import TypeVar

Found = TypeVar("Found")
PIECE = 0.004
"""Seconds waited in each piece of work."""
AT_ONCE = 20_000
"""Steps of a link of which everything is found in less time than a key may take."""


def aside(words: str, find: Callable[[], Found], size: int = AT_ONCE) -> Generator[str, None, Found]:
    """What `find` returns, which says `words` while it is waited for; raises what it raises. `size`: the steps that it
    looks through; of few it is found at once."""
    if size < AT_ONCE:
        return find()
    made: list[Found] = []
    wrong: list[BaseException] = []

    def run() -> None:
        try:
            made.append(find())
        except BaseException as error:
            wrong.append(error)

    thread, since = threading.Thread(target=run, daemon=True), time.monotonic()
    thread.start()
    while thread.is_alive():
        thread.join(PIECE)
        waited = int(time.monotonic() - since)
        yield f"{words}, {waited} s" if waited else words
    if wrong:
        raise wrong[0]
    return made[0]
