"""The program on the screen: keys become moves of the one cursor, and the view in sight is drawn from where it is."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.events import Resize
from textual.widgets import ContentSwitcher

from wasmscope.debugger import walk
from wasmscope.debugger.cursor import LINK, Cursor, Place, at_step, at_thing
from wasmscope.debugger.goto import HINT, find_place
from wasmscope.debugger.opened import Opened, first_place, kept_place
from wasmscope.debugger.scene import Scene
from wasmscope.link.model import Link
from wasmscope.tui import terminal
from wasmscope.tui.background import Background
from wasmscope.tui.frame import help_lines, key_pairs, state_span, status_lines, time_line, title_text
from wasmscope.tui.keys import OWN, bindings
from wasmscope.tui.messages import AtBytes, Broke, Linked, Looked, Stepped
from wasmscope.tui.search import Search
from wasmscope.tui.views.bytes import BytesView
from wasmscope.tui.views.link import LinkView
from wasmscope.tui.views.relocs import RelocsView
from wasmscope.tui.views.symbols import SymbolsView
from wasmscope.tui.views.view import View
from wasmscope.tui.widgets.bars import KeyBar, TextBar, TitleBar
from wasmscope.tui.widgets.help_panel import HelpPanel
from wasmscope.tui.widgets.line_view import LineView
from wasmscope.tui.widgets.prompt import Prompt
from wasmscope.tui.widgets.roles import Roles

VIEWS: tuple[type[View], ...] = (LinkView, SymbolsView, RelocsView, BytesView)
ENDS = ("nothing has happened yet; s steps forward", "this is the end of the link; S steps back")
NAMES = ("Link", "Symbols", "Relocs", "Bytes")


class WasmscopeApp(App[int]):
    """A link on the screen. `linker` makes it (again, on reload); `link` is the first one if it is there already.

    `about` says what is linked while it is waited for.
    """

    TITLE = "wasmscope"
    CSS_PATH = "styles.tcss"
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (100, "-normal"), (160, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (15, "-low"), (30, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = bindings()

    def __init__(self, linker: Callable[[], Link], link: Link | None = None, about: str = "") -> None:
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)  # Textual then sends no colour at all
        self.background = Background(linker, self.post_message)
        self.failure = ""
        """What went wrong with the first link, if it could not be made."""
        self.about = about
        self.opened: Opened | None = Opened(link) if link is not None else None
        self.cursor_place = Cursor()
        self.search = Search()
        self.roles = Roles()
        self.notice = ""
        self._stale = False
        self._pane: LineView | None = None
        """The pane that a prompt or the help was opened from."""

    def compose(self) -> ComposeResult:
        yield self.roles
        yield TitleBar(NAMES, id="title")
        yield TextBar(id="time")
        with ContentSwitcher(initial="view-0", id="views"):
            for number, made in enumerate(VIEWS):
                yield made(id=f"view-{number}")
        yield TextBar(id="status")
        yield KeyBar(id="keys")
        yield Prompt(id="prompt")
        yield HelpPanel(id="help")

    def on_mount(self) -> None:
        if self.no_color:
            self.theme = "ansi-dark"  # the other themes keep their greys
        if not self.is_headless:
            self.set_interval(2, self._leave_if_alone)
        if self.opened is not None:
            self._open(self.opened.link)
        else:
            self.background.start()
            self._tell_waiting()
            self.set_interval(1, self._tell_waiting)

    def _leave_if_alone(self) -> None:
        """Textual reads a closed terminal for ever, and would keep a processor busy with it."""
        if terminal.gone():
            self.exit()

    # --- linking ------------------------------------------------------------------------------------------------

    @on(Linked)
    def _linked(self, event: Linked) -> None:
        if event.number == self.background.number:
            self._open(event.link)

    @on(Broke)
    def _broke(self, event: Broke) -> None:
        self.failure = event.text
        self._say(f"the link could not be made: {event.text}")
        if self.opened is None:
            self.query_one("#status", TextBar).show([[(f" internal error: {event.text}", "error")]])

    def _tell_waiting(self) -> None:
        """Say what is waited for, and for how long."""
        waited = self.background.waited
        if self.opened is None and not self.failure:
            self.query_one("#title", TitleBar).show(f"wasmscope  {self.about}", 0, ("linking…", "step"))
            text = f" linking {self.about}" + (f", {waited} s" if waited else "") + "; q leaves"
            self.query_one("#status", TextBar).show([[(text, "step")]])

    def _open(self, link: Link) -> None:
        """Show `link`: at its end (a failed one: at its first error), or, reloaded, at the same step and name."""
        again = (self.opened is not None and self.opened.link is not link) or self.place.step > 0
        self.opened = Opened(link)
        if again:
            self.notice = "linked again"
            self.go(kept_place(self.opened, self.place))
            return
        if not self.opened.steps.failures:
            self.notice = "The link is done: S steps back, C goes to its start, ? lists the keys."
        self.go(first_place(self.opened))

    # --- the cursor ---------------------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """Where the reader is."""
        return self.cursor_place.place

    def go(self, place: Place, jump: bool = False) -> None:
        """Move to `place`. It is drawn once the keys at hand are worked off; at once if the view changes, as the next
        keys are meant for that."""
        self.query_one(HelpPanel).remove_class("open")
        self.cursor_place.move(place, jump)
        if self._switch(place.view):
            self._draw()
        elif not self._stale:
            self._stale = True
            self.call_later(self._draw)

    def _draw(self) -> None:
        self._stale = False
        if self.opened is None:
            return
        scene = Scene(self.opened, self.place)
        width = self.size.width
        self.query_one("#title", TitleBar).show(title_text(self.opened), self.place.view, state_span(self.opened))
        self.query_one("#time", TextBar).show([time_line(scene, width)])
        self.query_one("#status", TextBar).show(status_lines(scene, self.notice))
        view = self.view
        self.query_one("#keys", KeyBar).show(key_pairs(view.keys))
        view.show(scene)
        self.notice = ""

    @property
    def view(self) -> View:
        """The view in sight."""
        return self.query_one(f"#{self.query_one(ContentSwitcher).current}", View)

    def _switch(self, number: int) -> bool:
        """Bring view `number` (from 0) in sight; whether it was not."""
        switcher = self.query_one(ContentSwitcher)
        name = f"view-{number}"
        changes = switcher.current != name
        if changes or self.focused is None:
            switcher.current = name
            if not self.query_one(Prompt).has_class("open"):
                view = self.query_one(f"#{name}", View)
                self.screen.set_focus(view.query_one(f"#{view.panes[0]}"), scroll_visible=False)
        return changes

    def on_resize(self, event: Resize) -> None:
        if self.opened is not None:
            self.go(self.place)

    def _say(self, text: str) -> None:
        """Answer a key that cannot do what it says: a line of text, and the bell."""
        self.notice = text
        self.bell()
        self.go(self.place)

    # --- moving in time -----------------------------------------------------------------------------------------

    def action_time(self, name: str, by: int) -> None:
        """Move as walk.MOVES[name] says, forwards (1) or backwards (-1)."""
        if self.opened is None:
            return
        steps, at = self.opened.steps, self.place.step
        number = walk.MOVES[name](steps, at, by > 0)
        if number != at:
            self.go(at_step(steps, self.place, number))
        else:
            self._say(ENDS[by > 0])

    @on(Stepped)
    def _stepped(self, event: Stepped) -> None:
        if self.opened is not None:
            self.go(at_step(self.opened.steps, self.place, event.number), event.jump)

    # --- moving in space ----------------------------------------------------------------------------------------

    @on(Looked)
    def _looked(self, event: Looked) -> None:
        if self.opened is None:
            return
        place = at_thing(self.opened.steps, self.place, event.thing, event.output)
        self.go(replace(place, view=self.place.view if event.view is None else event.view), event.jump)

    @on(AtBytes)
    def _at_bytes(self, event: AtBytes) -> None:
        view = self.place.view if event.view is None else event.view
        self.go(replace(self.place, file=event.file, start=event.start, end=event.end, view=view), event.jump)

    def action_relocation(self, by: int) -> None:
        if self.opened is None:
            return
        mention = self.opened.relocations.after(self.place.relocation, by)
        if mention is None:
            self._say("there is no further relocation")
        else:
            self.go(at_thing(self.opened.steps, self.place, mention, output=True))

    def action_retrace(self, by: int) -> None:
        if self.cursor_place.back() if by < 0 else self.cursor_place.forward():
            self.go(self.place)
        else:
            self._say(f"there is nothing to go {'back' if by < 0 else 'forward'} to")

    def action_said(self) -> None:
        if self.opened is not None:
            self.go(replace(self.place, thing=None, view=LINK), jump=True)

    def action_view(self, number: int) -> None:
        if self.opened is not None and number != self.place.view:
            self.go(replace(self.place, view=number), jump=True)

    @on(TitleBar.Chosen)
    def _chosen(self, event: TitleBar.Chosen) -> None:
        self.action_view(event.view)

    # --- prompts ------------------------------------------------------------------------------------------------

    def _ask(self, kind: str, hint: str) -> None:
        self._pane = self.focused if isinstance(self.focused, LineView) else None
        self.query_one(KeyBar).display = False
        self.query_one(Prompt).ask(kind, hint)

    def action_goto(self) -> None:
        self._ask("goto", f"goto: {HINT}")

    def action_search(self) -> None:
        self._ask("search", "find in this pane")

    @on(Prompt.Left)
    def _prompt_left(self) -> None:
        self.query_one(KeyBar).display = True
        self._refocus()

    def _refocus(self) -> None:
        pane = self._pane if self._pane is not None and self.view in self._pane.ancestors else None
        self.screen.set_focus(pane or self.view.query_one(f"#{self.view.panes[0]}"), scroll_visible=False)

    @on(Prompt.Entered)
    def _prompt_entered(self, event: Prompt.Entered) -> None:
        if self.opened is None:
            return
        if event.kind == "search":
            self.search.needle = event.text
            self.action_search_again(1)
            return
        found = find_place(self.opened.steps, self.place, event.text)
        if isinstance(found, str):
            self._say(found)
        else:
            self.go(found, jump=True)

    def action_search_again(self, by: int) -> None:
        pane = self.focused if isinstance(self.focused, LineView) else self._pane
        if not self.search.needle or pane is None:
            self._say("there is nothing to find: / asks for it")
            return
        self.run_worker(self._find(pane, by), exclusive=True, name="search")

    async def _find(self, pane: LineView, by: int) -> None:
        hit = await self.search.run(pane, by > 0)
        if hit is None:
            self._say(f"{self.search.needle} is not in this pane")
            return
        if hit.wrapped:
            self.notice = f"{self.search.needle}: began again at the other end"
        pane.go(hit.item)

    # --- screen -------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """While the prompt is open its keys are letters, and the help panel closes itself."""
        if action not in OWN:
            return True
        if self.query_one(Prompt).has_class("open"):
            return False
        return not (action in ("help", "leave") and self.query_one(HelpPanel).has_class("open"))

    def action_leave(self) -> None:
        self.exit()

    def action_pane(self, by: int) -> None:
        self.query_one(HelpPanel).remove_class("open")
        self.screen.minimize()
        self.screen.set_focus(self.view.next_pane(by), scroll_visible=False)

    def action_zoom(self) -> None:
        if self.screen.maximized is not None:
            self.screen.minimize()
        elif isinstance(self.focused, LineView):
            self.screen.maximize(self.focused, container=False)

    def action_help(self) -> None:
        pane = self.focused if isinstance(self.focused, LineView) else None
        self._pane = pane
        self.query_one(HelpPanel).show(help_lines(pane, self.view, NAMES[self.place.view]))

    @on(HelpPanel.Closed)
    def _help_closed(self) -> None:
        self._refocus()

    def action_reload(self) -> None:
        self.notice = "linking again…"
        self.go(self.place)
        self.background.start()
