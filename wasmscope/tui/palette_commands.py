"""The palette: every command of the screen and of the session, with its key and what it does, found by its letters."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from rich.text import Text
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider

from wasmscope.debugger.commands.command import Commands
from wasmscope.tui.keys import GROUPS, shown
from wasmscope.tui.screen_commands import SCREEN_COMMANDS
from wasmscope.tui.text import cut

if TYPE_CHECKING:
    from wasmscope.tui.base import Program

NAMES = 50
"""Symbols offered at most."""
PIECE = 1000
"""Symbols looked at before keys get their turn."""
ABOUT = "go to this symbol"
ROOM = 16
"""Cells of a line beside a symbol and what is said about it."""
LEAST = 0.05
"""The score of a symbol that has all words of the query, but in another order."""


class Choice(NamedTuple):
    """A line of the palette."""

    line: str
    """The command line that it runs."""
    title: str
    about: str
    key: str = ""
    open: bool = False
    """The rest of the line is asked for."""

    @property
    def shown(self) -> Text:
        """The line as it is shown: never read as markup."""
        return Text.assemble(f"{self.title:<26} ", (f"{self.key:<6}", "bold"), f" {self.about}")


def choices(app: Program) -> Iterator[Choice]:
    """Every command with its keys."""
    keys: dict[str, str] = {}
    for _, group in GROUPS:
        for _, line, _, id in group:
            keys.setdefault(line, shown(app.keymap.keys(id)))
    yield from _of(app.COMMAND_TABLE, keys)
    yield from _of(SCREEN_COMMANDS, keys)


def _of(commands: Commands[Any], keys: dict[str, str]) -> Iterator[Choice]:
    for one in commands.all:
        if one.name in ("ask", "palette"):
            continue
        key = keys.get(one.name) or keys.get(f"ask {one.name}", "")
        needs = bool(one.usage) and not one.usage.startswith("[")
        yield Choice(one.name, f"{one.name} {one.usage}".rstrip(), one.about, key, needs)


class AllCommands(Provider):
    """Commands, and symbols to go to."""

    @property
    def program(self) -> Program:
        """The app."""
        return cast("Program", self.app)

    async def discover(self) -> Hits:
        for one in choices(self.program):
            yield DiscoveryHit(one.shown, partial(self._run, one), one.title)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for one in choices(self.program):
            score = max(matcher.match(one.title), matcher.match(one.about) * 0.8)
            if score > 0:
                yield Hit(score, one.shown, partial(self._run, one), one.title)
        left, room = NAMES, self.program.size.width - len(ABOUT) - ROOM
        parts = query.lower().split()
        for number, (name, title) in enumerate(self.program.names()):
            if number % PIECE == 0:
                await asyncio.sleep(0)  # keys have their turn
            if all(part in name.lower() or part in title.lower() for part in parts):
                one = Choice(f"goto {name}", cut(title, room, name=True), ABOUT)
                yield Hit(max(LEAST, matcher.match(title) * 0.5), one.shown, partial(self._run, one), one.title)
                left -= 1
            if not left:
                return

    def _run(self, choice: Choice) -> None:
        if choice.open:
            self.program.ask("command", choice.about, f"{choice.line} ")
        else:
            self.program.action_run(choice.line)


def palette() -> CommandPalette:
    """The screen of the palette."""
    return CommandPalette(providers=[AllCommands], placeholder="a command, or a symbol to go to")
