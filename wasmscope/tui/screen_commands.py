"""Commands of the screen itself: panes, prompts, search in a pane, leaving. The session's own are in `debugger/`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wasmscope.debugger.commands.command import DONE, Answer, Command, Commands, Refused
from wasmscope.debugger.goto import HINT

if TYPE_CHECKING:
    from wasmscope.tui.program import WasmscopeApp

HINTS = {"goto": f"goto: {HINT}", "find": "find in this pane", "command": "command: any name of the palette"}


def _calling(act: Callable[[WasmscopeApp], None]) -> Callable[[WasmscopeApp, str], Answer]:
    def run(app: WasmscopeApp, rest: str) -> Answer:
        act(app)
        return DONE

    return run


def _ask(app: WasmscopeApp, rest: str) -> Answer:
    if rest not in HINTS:
        raise Refused(f"ask for what? {', '.join(HINTS)}")
    app.ask(rest, HINTS[rest])
    return DONE


def _find(app: WasmscopeApp, rest: str) -> Answer:
    app.search.needle = rest
    app.find(1)
    return DONE


def _reload(app: WasmscopeApp, rest: str) -> Answer:
    app.relink(app.debugger.question if app.debugger is not None else app.question)
    return DONE


SCREEN_COMMANDS: Commands[WasmscopeApp] = Commands(
    (
        Command("ask", "open a prompt", _ask, "goto, find or command"),
        Command("find", "find in this pane", _find, "TEXT"),
        Command("find-next", "next match", _calling(lambda app: app.find(1)), "", (".",)),
        Command("find-back", "previous match", _calling(lambda app: app.find(-1)), "", (",",)),
        Command("zoom", "this pane alone, and back", _calling(lambda app: app.zoom())),
        Command("pane", "next pane", _calling(lambda app: app.next_pane(1))),
        Command("pane-back", "previous pane", _calling(lambda app: app.next_pane(-1))),
        Command("keys", "every key that does something here", _calling(lambda app: app.show_keys()), "", ("help", "?")),
        Command("reload", "read the inputs again and link", _reload),
        Command("quit", "leave", _calling(lambda app: app.exit()), "", ("q", "exit")),
    )
)
