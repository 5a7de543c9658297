"""A link on the screen: it is made behind the screen, and moves of the one cursor lead through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from textual import on
from textual.events import Event, Key, MouseDown, MouseScrollDown, MouseScrollUp
from textual.widget import Widget

from wasmscope.debugger import saved
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.cursor import VIEWS, Place, at_bytes, at_step, at_thing
from wasmscope.debugger.lines import Line
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.status import state_span, status_lines, title_text
from wasmscope.debugger.question import Question
from wasmscope.debugger.rehearsal import rehearse
from wasmscope.debugger.scene import Scene
from wasmscope.debugger.session import Debugger
from wasmscope.link.model import Link
from wasmscope.tui.background import LOOK, Background, Lookout
from wasmscope.tui.frame import time_line
from wasmscope.tui.kept_program import KeptProgram
from wasmscope.tui.keymap import Keymap, listed
from wasmscope.tui.messages import AtBytes, Broke, Changed, Checked, Known, Linked, Looked, Stepped
from wasmscope.tui.page import Page
from wasmscope.tui.settings import Settings
from wasmscope.tui.views.bytes import BytesView
from wasmscope.tui.views.diff import DiffView
from wasmscope.tui.views.link import LinkView
from wasmscope.tui.views.relocs import RelocsView
from wasmscope.tui.views.symbols import SymbolsView
from wasmscope.tui.views.why import WhyView
from wasmscope.tui.widgets.bars import TextBar, TimeBar, TitleBar, TourBar

WELCOME = "{time.step-back} steps back, {time.run-back} goes to its start, {view.help} lists the keys."
TOUR_WAYS = (("{app.tour} goes on", "tour"), ("{app.tour-back} back", "tour back"), (":tour leave", "tour leave"))
"""What the tour says to go along it, and the command line of each."""
TOUR_ROWS = 6
"""Rows that the views then have less, as a rule."""


class WasmscopeApp(KeptProgram):
    """A link on the screen. `linker` makes links; `link` is that of `question` if it is there already.

    `about` says what is linked while it is waited for. `ascii`: the terminal can show nothing else.
    """

    NAMES = VIEWS
    MADE = (LinkView, SymbolsView, RelocsView, BytesView, DiffView, WhyView)
    COMMAND_TABLE = COMMANDS

    def __init__(
        self,
        linker: Callable[[Question], Link],
        link: Link | None = None,
        about: str = "",
        question: Question | None = None,
        settings: Settings | None = None,
        ascii: bool = False,
    ) -> None:
        super().__init__(settings, ascii)
        self.background = Background(linker, self.post_message, self._rehearse)
        self.failure = ""
        """What went wrong with the first link, if it could not be made."""
        self.about = about
        self.question = question or Question()
        """What the first link was asked to do."""
        self.debugger: Debugger | None = None
        """The session, once the link is there."""
        self._first = link
        self.lookout = Lookout(self.post_message)
        self.so_far: Callable[[], str] = lambda: ""
        """How far the link is that is waited for."""
        self.tours = False
        """The link is the one that the tour walks through, and the tour begins at once."""

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Key | MouseDown | MouseScrollDown | MouseScrollUp):
            self.background.pressed()
        await super().on_event(event)

    def on_mount(self) -> None:
        self.set_interval(LOOK, self.lookout.look)
        if self._first is not None:
            opened = Opened(self._first)
            self._open(opened, self.question)
            self.background.check(opened)
        else:
            self.background.start(self.question)
            self._tell_waiting()
        self.set_interval(LOOK, self._tell_waiting)

    def facts(self, session: Debugger) -> saved.Facts:
        return saved.facts_of(session)

    # --- linking ------------------------------------------------------------------------------------------------

    @on(Linked)
    def _linked(self, event: Linked) -> None:
        if self.background.take(event.number, event.aside):
            self._open(event.opened, event.question, event.aside)

    @on(Checked)
    def _checked(self, event: Checked) -> None:
        if event.opened is self.opened:
            self._show(keep_text=True)

    @on(Broke)
    def _broke(self, event: Broke) -> None:
        if not self.background.take(event.number, event.aside):
            return
        text = f"the link could not be made: {event.text}"
        if self.debugger is not None:
            self._keep_link(text)
        else:
            self.failure = event.text
            self.query_one("#status", TextBar).show([[(f" internal error: {event.text}", "error")]])

    def _tell_waiting(self) -> None:
        """Say what is waited for, and for how long."""
        if not self.background.waiting or self.failure:
            return
        waited = self.background.waited
        more = f"{f': {self.so_far()}' if self.so_far() else ''}{f', {waited} s' if waited else ''}"
        if self.debugger is not None:
            if waited:
                self._report(f"linking again{more}; {self.keymap.shown('view.stop')} stops waiting")
            return
        self.query_one("#title", TitleBar).show(f"wasmscope  {self.about}", 0, ("linking…", "step"))
        leaves = self.keymap.worded("{view.stop} or {app.leave} leaves")
        self.query_one("#status", TextBar).show([[(f" linking {self.about}{more}; {leaves}", "step")]])

    def stop(self) -> None:
        """Wait no longer for a link: the one that is shown stays; without one, leave. Else what Esc does elsewhere."""
        if not self.background.waiting:
            super().stop()
            return
        self.background.forget()
        if self.debugger is None:
            self.exit()
        else:
            again = self.keymap.worded("{app.reload} links again")
            self._keep_link(f"not waited for: the link before stays; {again}", self.debugger.stale)

    def _open(self, opened: Opened, question: Question, aside: bool = False) -> None:
        """Show a link: at its end (a failed one: at its first error), or, linked again, at the same step and name."""
        if self.debugger is not None:
            problem = self.debugger.refuses(opened)
            if problem:
                self._watch(opened)
                same = question == self.debugger.question  # else it is the options that make no sense
                self._keep_link(f"the link before stays, as now: {problem}", problem if same else self.debugger.stale)
                return
            if aside:
                self.debugger.compare_with(opened, question)
                self._show()
                return
            self.debugger.answer(opened, question)
            self.notice = self.keymap.worded("linked again: {view.diff} shows the difference")
        else:
            self.debugger = Debugger(opened, question=question)
            self.debugger.relink = self.relink
            self.debugger.draw = self.picture
            kept = self._left()
            saved.restore(self.debugger, kept)
            self.debugger.stops.patient = False  # no key waits for the checks of a large link
            self.debugger.cursor.look = self._look
            if not self.debugger.steps.failures:
                assumed = f"assumed {' '.join(opened.link.assumed)} (--strict: not)" if opened.link.assumed else ""
                state = "As you left it" if kept else "The link is done"
                self.notice = f"{assumed or state}: {self.keymap.worded(WELCOME)}"
            if self.settings.problems:
                more = f" (and {len(self.settings.problems) - 1} more)" if self.settings.problems[1:] else ""
                self.notice = f"{self.settings.problems[0]}{more}; the command settings lists what is wrong"
        self._watch(opened)
        opened.lookups.told = lambda: self.post_message(Known())
        self._show()
        if self.tours and not self.debugger.tours:
            self.debugger.tours = True
            self.run_line("tour")

    def _rehearse(self, opened: Opened) -> None:
        """Have everything found out that the screen will show of a link: it is not there yet, so nobody waits."""
        rehearse(opened, self.debugger, self._left())

    def _left(self) -> saved.Facts:
        """What an earlier session left."""
        return self.session.facts if self.session is not None else {}

    def _keep_link(self, why: str, stale: str = "") -> None:
        """Stay with the link on the screen, and say why; `stale`: why it is not that of the inputs as they are."""
        if self.debugger is not None:
            self.debugger.asked_last = self.debugger.question
            self.debugger.stale = stale
            self._say(why)

    def _watch(self, opened: Opened) -> None:
        """Look out for changes of what `opened` was made of."""
        if opened.watched.paths:
            self.lookout.watched = opened.watched

    @on(Changed)
    def _changed(self, event: Changed) -> None:
        """Link again once inputs have other contents on disk; while some are gone, say that."""
        if self.debugger is None or self.background.waiting or event.watched is not self.lookout.watched:
            return
        names = ", ".join(map(self.debugger.opened.naming.words, (event.changed or event.gone)[:3]))
        if event.changed:
            event.watched.pass_over()
            self.relink(self.debugger.asked_last)
            self.notice = f"{names} changed: linking again…"
        elif self.debugger.stale != names:
            self._keep_link(f"the link before stays: {names} is gone, and waited for", names)

    def relink(self, question: Question, aside: bool = False) -> None:
        """Have the link of `question` made behind the screen; the one that is shown stays until it is there."""
        self.notice = "linking again…"
        self._show()
        self.background.start(question, aside, None if aside else self.opened)

    def reload(self) -> None:
        self.relink(self.debugger.asked_last if self.debugger is not None else self.question)

    # --- around the views ---------------------------------------------------------------------------------------

    def time_bar(self) -> Widget:
        return TimeBar(id="time")

    def frame(self, scene: Scene) -> None:
        stale = self.debugger.stale if self.debugger is not None else ""
        state = state_span(scene.opened, stale)
        self.query_one("#title", TitleBar).show(title_text(scene.opened), scene.place.view, state)
        self.query_one("#time", TimeBar).show([time_line(scene, self.size.width)])
        tour = self.debugger.tour if self.debugger is not None else None
        page = self.screen_stack[0]
        if isinstance(page, Page):
            page.spare(TOUR_ROWS if tour is not None else 0)
        self.query_one("#tour", TourBar).guide(
            tour, [(self.keymap.worded(text), line) for text, line in TOUR_WAYS], self.keymap.shown
        )

    def status(self, scene: Scene, notice: str) -> list[Line]:
        return status_lines(scene, notice)

    def names(self) -> Iterator[tuple[str, str]]:
        if self.opened is not None and self.opened.link.resolve is not None:
            naming = self.opened.naming
            for name, symbol in self.opened.link.resolve.by_name.items():
                yield name, naming.of(symbol)

    # --- where panes lead ---------------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """Where the reader is."""
        return self.debugger.place if self.debugger is not None else Place()

    @property
    def opened(self) -> Opened | None:
        """The link that is looked at, once there is one."""
        return self.debugger.opened if self.debugger is not None else None

    @on(Stepped)
    def _stepped(self, event: Stepped) -> None:
        if self.opened is not None:
            self.go(at_step(self.opened.steps, self.place, event.number), event.jump)

    @on(Looked)
    def _looked(self, event: Looked) -> None:
        if self.opened is None:
            return
        place = at_thing(self.opened.steps, self.place, event.thing, event.output)
        self.go(replace(place, view=self.place.view if event.view is None else event.view), event.jump)

    @on(AtBytes)
    def _at_bytes(self, event: AtBytes) -> None:
        view = self.place.view if event.view is None else event.view
        place = at_bytes(self.place, event.file, event.start, event.end, event.memory)
        self.go(replace(place, view=view), event.jump)

    @on(TimeBar.Chosen)
    def _phase_chosen(self, event: TimeBar.Chosen) -> None:
        self.action_run(f"goto @{event.phase}")


def key_table() -> list[str]:
    """Every binding of the program and its panes: id, keys, what it does."""
    return [f"  {id:<26} {keys:<22} {about}" for id, keys, about, _ in listed(Keymap())]
