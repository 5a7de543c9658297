"""The program on the screen: keys become moves of the one cursor, and the view in sight is drawn from where it is."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.widgets import ContentSwitcher
from textual.worker import Worker, WorkerState

from wasmscope.link.model import Link, Symbol
from wasmscope.tui import walk
from wasmscope.tui.cursor import LINK, Cursor, Place, at_step, at_thing
from wasmscope.tui.frame import help_lines, key_pairs, state_span, status_lines, time_line, title_text
from wasmscope.tui.goto import HINT, find_place
from wasmscope.tui.keys import bindings
from wasmscope.tui.messages import AtBytes, Linked, Looked, Stepped
from wasmscope.tui.opened import Opened
from wasmscope.tui.scene import Scene
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

VIEWS: tuple[type[View], ...] = (LinkView, SymbolsView, RelocsView, BytesView)
NAMES = ("Link", "Symbols", "Relocs", "Bytes")
SMALL = 512 * 1024
"""Bytes of input that are linked before the first frame; more is linked by a worker behind it."""


class WasmscopeApp(App[int]):
    """A link on the screen. `linker` makes it (again, on reload); `link` is the first one if it is there already."""

    TITLE = "wasmscope"
    CSS_PATH = "styles.tcss"
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (100, "-normal"), (160, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (15, "-low"), (30, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = bindings()

    def __init__(self, linker: Callable[[], Link], link: Link | None = None) -> None:
        super().__init__()
        self.linker = linker
        self.opened: Opened | None = Opened(link) if link is not None else None
        self.cursor_place = Cursor()
        self.search = Search()
        self.notice = ""
        self._stale = False
        self._pane: LineView | None = None
        """The pane that a prompt or the help was opened from."""

    def compose(self) -> ComposeResult:
        yield TitleBar(NAMES, id="title")
        yield TextBar(id="time")
        with ContentSwitcher(initial="view-0", id="views"):
            yield LinkView(id="view-0")
        yield TextBar(id="status")
        yield KeyBar(id="keys")
        yield Prompt(id="prompt")
        yield HelpPanel(id="help")

    def on_mount(self) -> None:
        if self.no_color:
            self.theme = "ansi-dark"  # the other themes keep their greys
        if self.opened is not None:
            self._open(self.opened.link)
        else:
            self.query_one("#status", TextBar).show([[(" linking…", "step")]])
            self.reload()

    # --- linking ------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Link in a thread; the link comes back as a message, what goes wrong as the worker's error."""
        self.run_worker(self._link, thread=True, exclusive=True, exit_on_error=False, name="link")

    def _link(self) -> None:
        link = self.linker()
        self.post_message(Linked(link))
        Opened(link).warm()
        gc.freeze()  # a link is millions of objects that stay: collections need not look at them again

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            self._say(f"the link could not be made: {event.worker.error}")
            self.query_one("#status", TextBar).show([[(f" {event.worker.error}", "error")]])

    @on(Linked)
    def _linked(self, event: Linked) -> None:
        self._open(event.link)

    def _open(self, link: Link) -> None:
        """Show `link`: at its end (a failed one: at its first error), or, reloaded, at the same step and name."""
        before = self.opened if self.opened is not None and self.opened.link is not link else None
        self.opened = Opened(link)
        steps = self.opened.steps
        old = self.cursor_place.place
        if before is not None:
            place = at_step(steps, Place(view=old.view), min(old.step, len(steps)))
            name = old.symbol.name if isinstance(old.symbol, Symbol) else ""
            same = link.resolve.by_name.get(name) if link.resolve is not None else None
            self.notice = "linked again"
            self.go(at_thing(steps, place, same) if same is not None else place)
            return
        if steps.failures:
            place = at_step(steps, Place(), len(steps) - len(steps.failures) + 1)
            refused = next(iter(self.opened.refused), None)
            if refused is not None:
                offset = refused.module.errors[0].offset if refused.module.errors else 0
                place = replace(place, file=refused, start=offset or 0, end=(offset or 0) + 1)
            self.go(place)
            return
        self.notice = "The link is done: S steps back, C goes to its start, ? lists the keys."
        first = link.index.code.first if link.index is not None else None
        place = at_step(steps, Place(), len(steps))
        self.go(at_thing(steps, place, first.item) if first is not None else place)

    # --- the cursor ---------------------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """Where the reader is."""
        return self.cursor_place.place

    def go(self, place: Place, jump: bool = False) -> None:
        """Move to `place`; everything is drawn once the keys at hand are worked off."""
        self.cursor_place.move(place, jump)
        if not self._stale:
            self._stale = True
            self.call_later(self._draw)

    async def _draw(self) -> None:
        self._stale = False
        if self.opened is None:
            return
        await self._switch(self.place.view)
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

    async def _switch(self, number: int) -> None:
        """Bring view `number` (from 0) in sight; it is made when it is first looked at."""
        switcher = self.query_one(ContentSwitcher)
        name = f"view-{number}"
        if not switcher.query(f"#{name}"):
            await switcher.add_content(VIEWS[number](id=name))
        if switcher.current != name or self.focused is None:
            switcher.current = name
            if not self.query_one(Prompt).has_class("open"):
                view = self.query_one(f"#{name}", View)
                view.query_one(f"#{view.panes[0]}").focus()

    def on_resize(self, event: Resize) -> None:
        if self.opened is not None:
            self.go(self.place)

    def _say(self, text: str) -> None:
        """Answer a key that cannot do what it says: a line of text, and the bell."""
        self.notice = text
        self.bell()
        self.go(self.place)

    def _time(self, to: Callable[[], int], ends: str) -> None:
        """Move in time to the step that `to` gives."""
        if self.opened is None:
            return
        number = to()
        if number == self.place.step:
            self._say(ends)
        else:
            self.go(at_step(self.opened.steps, self.place, number))

    # --- moving in time -----------------------------------------------------------------------------------------

    def _towards(self, by: int, move: Callable[..., int]) -> None:
        if self.opened is not None:
            steps, at = self.opened.steps, self.place.step
            ends = (
                "this is the end of the link; S steps back" if by > 0 else "nothing has happened yet; s steps forward"
            )
            self._time(lambda: move(steps, at, by > 0), ends)

    def action_step(self, by: int) -> None:
        self._towards(by, lambda steps, at, forward: max(0, min(at + by, len(steps))))

    def action_over(self, by: int) -> None:
        self._towards(by, walk.over)

    def action_finish(self, by: int) -> None:
        self._towards(by, lambda steps, at, forward: (walk.phase_end if forward else walk.phase_start)(steps, at))

    def action_run(self, by: int) -> None:
        self._towards(by, walk.run)

    def action_phase(self, by: int) -> None:
        self._towards(by, walk.first_of_phase)

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
        rows, mention = self.opened.relocations, self.place.relocation
        row = rows.row_of(mention) if mention is not None else None
        target = (row + by) if row is not None else 0
        if not 0 <= target < len(rows):
            self._say("there is no further relocation")
            return
        self.go(at_thing(self.opened.steps, self.place, rows[target], output=True))

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
        pane = self._pane if self._pane is not None and self._pane.is_on_screen else None
        (pane or self.view.query_one(f"#{self.view.panes[0]}")).focus()

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

    def action_pane(self, by: int) -> None:
        if self.query_one(Prompt).has_focus or self.query_one(HelpPanel).has_focus:
            return
        self.screen.minimize()
        self.view.next_pane(by).focus()

    def action_zoom(self) -> None:
        if self.screen.maximized is not None:
            self.screen.minimize()
        elif isinstance(self.focused, LineView):
            self.screen.maximize(self.focused, container=False)

    def action_help(self) -> None:
        pane = self.focused if isinstance(self.focused, LineView) else None
        self._pane = pane
        own = [one for one in (*self._own(pane), *self._own(self.view)) if isinstance(one, Binding)]
        title = str(pane.border_title) if pane is not None else NAMES[self.place.view]
        self.query_one(HelpPanel).show(help_lines(title, pane.HELP if pane is not None else "", own))

    def _own(self, widget: View | LineView | None) -> list[BindingType]:
        return [] if widget is None else [*type(widget).__dict__.get("BINDINGS", ())]

    @on(HelpPanel.Closed)
    def _help_closed(self) -> None:
        self._refocus()

    def action_reload(self) -> None:
        self.notice = "linking again…"
        self.go(self.place)
        self.reload()


def run(words: list[str], strict: bool = False) -> int:
    """Open the screen on the link that `words` (options and inputs) ask for; what is missing is assumed,
    unless `strict`.

    Returns the exit code. Raises OptionError for words that make no sense. Without a terminal that can show a screen,
    says so and prints the summary.
    """
    from wasmscope.errors import OptionError
    from wasmscope.link.driver import link
    from wasmscope.link.lenient import link_leniently
    from wasmscope.link.options import parse

    options = parse(words)
    wrong = [one.text for one in options.errors if one.subject == "command line"]
    if wrong or not options.inputs:
        raise OptionError("; ".join(wrong) or "no input files")

    def make() -> Link:
        return link(options) if strict else link_leniently(options, link)

    small = sum(os.path.getsize(one.name) for one in options.inputs if os.path.isfile(one.name)) <= SMALL
    app = WasmscopeApp(make, make() if small and not options.search_paths else None)
    gc.freeze()
    app.run()
    return app.return_code or 0
