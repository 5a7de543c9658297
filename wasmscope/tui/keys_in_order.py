"""Keys are taken in the order in which they were pressed, however fast they come.

A key that moves in a pane becomes a message that comes to the session by way of the pane's parents, and what is drawn
follows later still; letters in a prompt would go through its own queue. A person who types ahead of a slow drawing, or
a slow line that brings several keys at once, must not set a breakpoint on the row before.
"""

from __future__ import annotations

import asyncio
from collections import deque

from textual.app import App
from textual.events import Event, Key
from textual.widget import Widget

from wasmscope.tui.widgets.line_view import LineView
from wasmscope.tui.widgets.prompt import Prompt

TURNS = 100
"""Turns of the loop that messages of a pane get at most, to come to the program."""


class KeysInOrder(App[int]):
    """A program whose own keys wait until what the keys before them did in a pane has arrived."""

    def __init__(self, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._ahead: deque[Key] = deque()
        """Keys that were pressed, and wait."""
        self._waits = False
        self._told = True
        """What was done in a pane has come here, as far as is known."""

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Key) and not event.is_forwarded:
            self._ahead.append(event)
            if not self._waits:
                await self._take_keys()
        else:
            await super().on_event(event)

    async def _take_keys(self) -> None:
        self._waits = False
        while self._ahead:
            if not self._told and (self._is_own(self._ahead[0]) or self._is_leaving(self.focused)):
                await self._let_arrive()
                self._told, self._waits = True, True
                self.call_later(self._take_keys)  # behind the messages that have just come
                return
            await self._take_key(self._ahead.popleft())

    def _is_own(self, key: Key) -> bool:
        """Whether the program itself has a command for a key."""
        chain = self.screen._binding_chain
        return any(namespace is self and key.key in bindings.key_to_bindings for namespace, bindings in chain)

    def _is_leaving(self, where: Widget | None) -> bool:
        """Whether the pane in focus has been closed, and focus is about to go elsewhere."""
        return where is not None and not where.display

    async def _take_key(self, key: Key) -> None:
        where = self.focused
        if isinstance(where, Prompt) and key.is_printable and key.character is not None:
            where.take(key.character)
        elif isinstance(where, Prompt | LineView):
            if await self._check_bindings(key.key, priority=True):
                return
            self.drawn()
            if await self._check_bindings(key.key):
                self._told = False
            else:
                await super().on_event(key)
        else:
            await super().on_event(key)

    def drawn(self) -> None:
        """Draw now what is still to be drawn: a key in a pane means what is seen."""

    async def _let_arrive(self) -> None:
        """Let the messages of the pane in focus come to the program's queue."""
        where = self.focused
        pumps = [one for one in (where, *where.ancestors) if one is not self] if where is not None else []
        for _ in range(TURNS):
            if not any(one._message_queue.qsize() for one in pumps if one._message_queue is not None):
                return
            await asyncio.sleep(0)
