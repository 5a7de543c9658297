"""Work in the background goes second: while the reader moves, it waits."""

from __future__ import annotations

import pytest

from wasmscope.tui import background
from wasmscope.tui.background import PATIENCE, REST, Background


class Clock:
    """A clock that goes on only when somebody sleeps; `keys` are pressed meanwhile, a third of REST apart."""

    def __init__(self, keys: int) -> None:
        self.now = 100.0
        self.keys = keys
        self.pressed = lambda: None

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert 0 < seconds <= REST
        self.now += min(seconds, REST / 3) if self.keys else seconds
        if self.keys:
            self.keys -= 1
            self.pressed()


@pytest.mark.parametrize(
    ("keys", "waits", "again"),
    [(0, REST, 0), (3, REST * 2, 0), (10**6, PATIENCE, PATIENCE)],
    ids=["one key", "four", "without end"],
)
def test_an_index_waits_until_keys_rest_and_no_longer_than_patience(
    keys: int, waits: float, again: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(keys)
    monkeypatch.setattr(background, "time", clock)
    working = Background(lambda question: pytest.fail("no link is wanted"), lambda message: None, lambda opened: None)
    clock.pressed = working.pressed
    working._give_way()
    assert clock.now == 100
    working.pressed()
    working._give_way()
    assert clock.now == pytest.approx(100 + waits, abs=REST / 3)
    before = clock.now
    working._give_way()
    assert clock.now == pytest.approx(before + again, abs=REST / 3)
