"""A link that takes long: how far it is is said, keys are answered meanwhile, and Esc waits no longer."""

from __future__ import annotations

import threading

import pytest
from textual.message import Message

from tests.tui.stage import HELLO, Stage, linked, play
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.question import Linker, Question
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link
from wasmscope.link.model import PHASES, Link
from wasmscope.tui.background import Background
from wasmscope.tui.messages import Linked
from wasmscope.tui.program import WasmscopeApp


class Slow:
    """A linker that waits until it may go on."""

    def __init__(self) -> None:
        self.may = threading.Event()

    def link(self, question: Question) -> Link:
        self.may.wait(20)
        return linked(*HELLO)


def test_the_first_link_is_waited_for_with_its_phase_and_escape_leaves() -> None:
    slow = Slow()
    app = WasmscopeApp(slow.link, None, "two objects")
    app.so_far = lambda: "mark, phase 3 of 7"

    async def scenario(stage: Stage) -> None:
        await stage.until(lambda: "linking two objects: mark, phase 3 of 7" in stage.text())
        await stage.keys("s", "2", "escape")
        assert app._exit

    play(app, scenario)
    slow.may.set()


def test_a_relink_leaves_the_keys_and_escape_leaves_the_link_before() -> None:
    slow, made = Slow(), linked(*HELLO)
    app = WasmscopeApp(slow.link, made)

    async def scenario(stage: Stage) -> None:
        await stage.keys("R", "S")
        assert app.place.step == len(app.opened.steps) - 1
        await stage.keys("escape")
        assert "the link before stays" in stage.text()
        before = app.opened
        slow.may.set()
        await stage.until(lambda: not any(one.name.startswith("Thread") and one.is_alive() for one in threads()))
        assert app.opened is before
        await stage.keys("R")
        await stage.until(lambda: app.opened is not before)

    play(app, scenario)


def threads() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if "_make" in one.name]


def test_how_far_a_link_is_is_told_by_what_it_has() -> None:
    linker = Linker()
    assert linker.so_far == ""
    options = parse(["-o", "out.wasm", *map(str, HELLO)])
    linker._making = made = Link(options)
    assert linker.so_far == f"load, phase 1 of {len(PHASES)}"
    assert link(options, into=made) is made
    assert linker.so_far == ""
    made.emit = None
    assert linker.so_far == "emit, phase 7 of 7"


def found_out(opened: Opened) -> set[str]:
    """Names of what was found out about a link and is kept."""
    steps = opened.steps
    rooms = (opened, steps, steps.symbols, steps.places, steps.relocations, steps.runs)
    known = {f"{type(room).__name__}.{name}" for room in rooms for name in vars(room) if hasattr(type(room), name)}
    return known | {name for name in ("graph", "symbol_counts") if getattr(steps, name) is not None}


@pytest.mark.parametrize("view", "123456")
def test_a_link_made_again_comes_with_all_that_the_screen_asks_first(view: str, monkeypatch) -> None:
    """No key waits for an index of a large link, that of its first look neither."""
    monkeypatch.setattr(Opened, "warm", lambda self: iter(()))
    monkeypatch.setattr(Background, "_check", lambda self, opened: None)
    app = WasmscopeApp(lambda question: linked(*HELLO), linked(*HELLO))
    came: dict[Opened, set[str]] = {}

    def post(message: Message) -> None:
        if isinstance(message, Linked):
            came[message.opened] = found_out(message.opened)
        app.post_message(message)

    app.background._post = post

    async def scenario(stage: Stage) -> None:
        await stage.keys(view, "S", "S")
        before = app.opened
        await stage.keys("R")
        await stage.until(lambda: app.opened is not before)
        assert "linked again" in stage.text()
        assert found_out(app.opened) == came[app.opened] != set()

    play(app, scenario)
