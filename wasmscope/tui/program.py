"""The program on the screen: keys become moves of the one cursor, and the view in sight is drawn from where it is."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar, NamedTuple

from textual import on, work
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.events import Resize
from textual.filter import ANSIToTruecolor
from textual.widgets import ContentSwitcher

from wasmscope.debugger import saved
from wasmscope.debugger.commands.command import Answer, Refused, Work
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.cursor import VIEWS, Place, at_bytes, at_step, at_thing
from wasmscope.debugger.lines import CommandLine, Line
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.status import state_span, status_lines, title_text
from wasmscope.debugger.question import Question
from wasmscope.debugger.reload import Watched
from wasmscope.debugger.session import Debugger
from wasmscope.link.model import Link
from wasmscope.tui import clipboard, terminal
from wasmscope.tui.ascii import AsciiFilter
from wasmscope.tui.background import Background
from wasmscope.tui.frame import help_lines, key_pairs, time_line
from wasmscope.tui.keymap import Keymap, listed
from wasmscope.tui.keys import bindings
from wasmscope.tui.messages import Asked, AtBytes, Broke, Checked, Follow, Linked, Looked, Stepped
from wasmscope.tui.page import Page
from wasmscope.tui.screen_commands import SCREEN_COMMANDS
from wasmscope.tui.settings import Settings
from wasmscope.tui.text import only_ascii
from wasmscope.tui.themes import THEMES, theme, variables
from wasmscope.tui.views.bytes import BytesView
from wasmscope.tui.views.diff import DiffView
from wasmscope.tui.views.link import LinkView
from wasmscope.tui.views.relocs import RelocsView
from wasmscope.tui.views.symbols import SymbolsView
from wasmscope.tui.views.view import View
from wasmscope.tui.views.why import WhyView
from wasmscope.tui.widgets.bars import KeyBar, TextBar, TimeBar, TitleBar, TourBar
from wasmscope.tui.widgets.line_view import LineView
from wasmscope.tui.widgets.pick_panel import PickPanel
from wasmscope.tui.widgets.prompt import Prompt
from wasmscope.tui.widgets.roles import Roles
from wasmscope.tui.widgets.text_panel import TextPanel

MADE: tuple[type[View], ...] = (LinkView, SymbolsView, RelocsView, BytesView, DiffView, WhyView)
LOOK = 0.5
"""Seconds between looks at the inputs on disk."""
WELCOME = "{time.step-back} steps back, {time.run-back} goes to its start, {view.help} lists the keys."
TOUR_KEYS = "{app.tour} goes on, {app.tour-back} back, :tour leave"
HELP = (("view.help", "keys"),)
CLOSES = ("keys", "quit", "stop")
"""Commands whose keys close an open panel instead."""
SLICE = 0.01
"""Seconds of work before keys get their turn."""
TOLD = 0.1
"""Seconds between two words on how far work is."""


class Look(NamedTuple):
    """What a view showed of a place: the pane in focus, and each pane's cursor and first line."""

    focus: str | None
    panes: dict[str, tuple[int, int]]


class WasmscopeApp(App[int]):
    """A link on the screen. `linker` makes links; `link` is that of `question` if it is there already.

    `about` says what is linked while it is waited for. `ascii`: the terminal can show nothing else.
    """

    TITLE = "wasmscope"
    CSS_PATH = "styles.tcss"
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (100, "-normal"), (120, "-full"), (160, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (15, "-low"), (30, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = bindings()

    def __init__(
        self,
        linker: Callable[[Question], Link],
        link: Link | None = None,
        about: str = "",
        question: Question | None = None,
        settings: Settings | None = None,
        ascii: bool = False,
    ) -> None:
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)  # Textual then sends no colour at all
        self.settings = settings or Settings()
        self.keymap = Keymap(self.settings.keys)
        self.set_keymap(self.settings.keys)
        only_ascii(ascii)
        if ascii:
            self._filters.append(AsciiFilter())
        for name in THEMES:
            self.register_theme(theme(name))
        few = self.console.color_system in ("standard", "windows")  # 16: our palette would fall together
        usual = "ansi" if few else THEMES[0]
        self.set_reactive(App.theme, "ansi" if self.no_color else self.settings.theme or usual)
        self.stylesheet.set_variables(self.get_css_variables())
        for one in self._filters:
            if isinstance(one, ANSIToTruecolor):
                one.enabled = not self.native_ansi_color
        self.background = Background(linker, self.post_message)
        self.failure = ""
        """What went wrong with the first link, if it could not be made."""
        self.about = about
        self.question = question or Question()
        """What the first link was asked to do."""
        self.debugger: Debugger | None = None
        """The session, once the link is there."""
        self._first = link
        self.watched = Watched(())
        self.live = True
        """An input that changes on disk is linked again by itself."""
        self.roles = Roles()
        self.kept: saved.Facts = {}
        """What was kept of an earlier session over the same inputs."""
        self.chosen_look = ""
        """The theme that the reader asked for while it ran: the session keeps it."""
        self.tours = False
        """The link is the one that the tour walks through, and the tour begins at once."""
        self._notice = ""
        self._noticed: Place | None = None
        self._stale = False
        self._progress = ""
        """How far the work is that was done last."""
        self._pane: LineView | None = None
        """The pane that a prompt or the help was opened from."""

    def get_default_screen(self) -> Page:
        return Page(id="_default")

    def compose(self) -> ComposeResult:
        yield self.roles
        yield TitleBar(VIEWS, id="title")
        yield TimeBar(id="time")
        with ContentSwitcher(initial="view-0", id="views"):
            for number, made in enumerate(MADE):
                yield made(id=f"view-{number}")
        yield TourBar(id="tour")
        yield TextBar(id="status")
        yield KeyBar(id="keys")
        yield Prompt(id="prompt")
        yield TextPanel(id="text")
        yield PickPanel(id="picks")

    def on_mount(self) -> None:
        self.query_one(Prompt).completer = self._completions
        if not self.is_headless:
            self.set_interval(2, self._leave_if_alone)
        self.set_interval(LOOK, self._look_at_inputs)
        if self._first is not None:
            opened = Opened(self._first)
            self._open(opened, self.question)
            self.background.check(opened)
        else:
            self.background.start(self.question)
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
            self._open(event.opened, event.question, event.aside)

    @on(Checked)
    def _checked(self, event: Checked) -> None:
        if event.opened is self.opened:
            self._show(keep_text=True)

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

    def _open(self, opened: Opened, question: Question, aside: bool = False) -> None:
        """Show a link: at its end (a failed one: at its first error), or, linked again, at the same step and name."""
        if self.debugger is not None:
            problem = self.debugger.refuses(opened)
            if problem:
                self.watched = Watched(opened.link.load.reads if opened.link.load is not None else ())
                self._say(f"the link before stays, as now: {problem}")
                return
            if aside:
                self.debugger.compare_with(opened, question)
                self._show()
                return
            self.debugger.answer(opened, question)
            self.notice = "linked again: 5 shows the difference"
        else:
            self.debugger = Debugger(opened, question=question)
            self.debugger.relink = self.relink
            self.debugger.draw = self.export_screenshot
            if self.kept:
                saved.restore(self.debugger, self.kept)
            self.debugger.stops.patient = False  # no key waits for the checks of a large link
            self.debugger.cursor.look = self._look
            if not self.debugger.steps.failures:
                assumed = f"assumed {' '.join(opened.link.assumed)} (--strict: not)" if opened.link.assumed else ""
                state = "As you left it" if self.kept else "The link is done"
                self.notice = f"{assumed or state}: {self.keymap.worded(WELCOME)}"
            if self.settings.problems:
                more = f" (and {len(self.settings.problems) - 1} more)" if self.settings.problems[1:] else ""
                self.notice = f"{self.settings.problems[0]}{more}; the command settings lists what is wrong"
        self.watched = Watched(opened.link.load.reads if opened.link.load is not None else ())
        self._show()
        if self.tours and not self.debugger.tours:
            self.debugger.tours = True
            self.run_line("tour")

    def _look_at_inputs(self) -> None:
        """Link again once an input has other contents on disk."""
        if self.debugger is None or not self.live:
            return
        changed = self.watched.changed()
        if changed:
            self.watched = Watched(())
            self.relink(self.debugger.question)
            self.notice = f"{', '.join(map(self.debugger.opened.naming.words, changed[:3]))} changed: linking again…"

    def relink(self, question: Question, aside: bool = False) -> None:
        """Have the link of `question` made behind the screen; the one that is shown stays until it is there."""
        self.notice = "linking again…"
        self._show()
        self.background.start(question, aside, None if aside else self.opened)

    # --- the cursor ---------------------------------------------------------------------------------------------

    @property
    def opened(self) -> Opened | None:
        """The link that is looked at, once there is one."""
        return self.debugger.opened if self.debugger is not None else None

    @property
    def place(self) -> Place:
        """Where the reader is."""
        return self.debugger.place if self.debugger is not None else Place()

    def go(self, place: Place, jump: bool = False) -> None:
        """Move to `place`."""
        if self.debugger is not None:
            self.debugger.go(place, jump)
            self._show()

    def _show(self, keep_text: bool = False) -> None:
        """Draw the place once the keys at hand are worked off; at once if the view changes, as the next keys are meant
        for that."""
        if self.debugger is None:
            return
        if not keep_text:
            self._close_panels()
        if self._switch(self.place.view):
            self._draw()
        elif not self._stale:
            self._stale = True
            self.call_later(self._draw)

    def _close_panels(self) -> None:
        for panel in (self.query_one(TextPanel), self.query_one(PickPanel)):
            panel.remove_class("open")

    @property
    def notice(self) -> str:
        """What is said in the status line until the next command, or until the reader is elsewhere."""
        return self._notice

    @notice.setter
    def notice(self, text: str) -> None:
        self._notice, self._noticed = text, None

    def _draw(self) -> None:
        self._stale = False
        if self.debugger is None or self.opened is None:
            return
        if self._noticed not in (None, self.place):
            self.notice = ""
        self._noticed = self.place
        scene = self.debugger.scene()
        width = self.size.width
        self.query_one("#title", TitleBar).show(title_text(self.opened), self.place.view, state_span(self.opened))
        self.query_one("#time", TimeBar).show([time_line(scene, width)])
        self.query_one("#status", TextBar).show(status_lines(scene, self.notice))
        self.query_one("#tour", TourBar).guide(self.debugger.tour, self.keymap.worded(TOUR_KEYS))
        view = self.view
        self.query_one("#keys", KeyBar).show(key_pairs(view.keys, self.keymap), *key_pairs(HELP, self.keymap)[:1])
        view.show(scene)
        recalled, self.debugger.cursor.recalled = self.debugger.cursor.recalled, None
        if isinstance(recalled, Look):
            self._recall(recalled)
        table = self.debugger.table() if self.debugger.tables else None
        if table is not None and table.stale(scene):
            self.run_line("rearrange")

    def _look(self) -> Look:
        """What the panes of the view in sight show beside the place."""
        panes = {one: self.view.query_one(f"#{one}", LineView) for one in self.view.panes}
        focused = self.focused.id if self.focused is not None and self.focused.id in panes else None
        return Look(focused, {name: (pane.cursor, pane.scroll_offset.y) for name, pane in panes.items()})

    def _recall(self, look: Look) -> None:
        """Put the cursors of the panes back where they were, and scroll them as they were."""
        for name, (item, top) in look.panes.items():
            found = self.view.query(f"#{name}").results(LineView)
            for pane in found:
                if name != self.view.panes[0]:
                    pane.point(item)
                pane.scroll_to(y=top, animate=False, immediate=True, force=True)
        if look.focus is not None and not self.query_one(Prompt).has_class("open"):
            for pane in self.view.query(f"#{look.focus}").results(LineView):
                self.screen.set_focus(pane, scroll_visible=False)

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
        self._show()

    def _say(self, text: str) -> None:
        """Answer a key that cannot do what it says: a line of text, and the bell."""
        self.notice = text
        self.bell()
        self._show()

    # --- commands -----------------------------------------------------------------------------------------------

    def action_run(self, line: str) -> None:
        """Run what a key's command line means in the pane in focus."""
        pane = self.focused if isinstance(self.focused, LineView) else None
        self.run_line(self.view.meant(pane, line))

    def run_line(self, line: str) -> None:
        """Run a command line, of the screen or of the session, and show what it answers."""
        self.notice = ""
        name = line.split(" ", 1)[0]
        if name in SCREEN_COMMANDS.by_name:
            self._answer(line, SCREEN_COMMANDS.run(self, line), drawn=True)
        elif self.debugger is not None:
            self.debugger.pane = self._side_pane()
            self._answer(line, COMMANDS.begin(self.debugger, line))

    def _side_pane(self) -> LineView | None:
        """The pane in focus, unless it is the view's main one, which shows what the cursor is on."""
        pane = self.focused if isinstance(self.focused, LineView) else self._pane
        return pane if pane is not None and pane.id != self.view.panes[0] else None

    def _answer(self, line: str, answer: Answer, drawn: bool = False) -> None:
        """Show an answer; `drawn`: the command saw to the views itself."""
        if answer.refused:
            self._say(answer.notice)
            return
        if answer.work is not None:
            if not self._slice(line, answer.work):
                self.run_worker(self._work(line, answer.work), exclusive=True, group=line.split(" ")[0], name="work")
            return
        self.notice = answer.notice or self.notice
        if answer.copied:
            self.copy_to_clipboard(answer.copied)  # by OSC 52; nobody knows whether the terminal takes it
            self._hand_over(answer.copied, answer.notice)
        if self.notice or not drawn:
            self._show()
        if answer.lines and not answer.copied and not line.startswith("tour"):
            self.open_text(answer.title or line, answer.lines)
        if answer.picks:
            self._pane = self.focused if isinstance(self.focused, LineView) else self._pane
            self.query_one(PickPanel).pick(answer.title or line, answer.picks)

    async def _work(self, line: str, work: Work) -> None:
        """Do the work a slice at a time between keys, saying how far it is."""
        told = time.monotonic()
        while not self._slice(line, work):
            if time.monotonic() - told > TOLD:
                told = time.monotonic()
                self._report(f"{self._progress}…  Esc stops")
            await asyncio.sleep(0)

    def _slice(self, line: str, work: Work) -> bool:
        """Do a slice of the work, and show its answer when it is done; whether it is."""
        end, before = time.monotonic() + SLICE, self.place
        try:
            while time.monotonic() < end:
                self._progress = next(work)
        except StopIteration as done:
            self._answer(line, done.value)
        except Refused as error:
            self._say(str(error))
        else:
            if self.place is not before:
                self._show()  # the rest is counting
            return False
        return True

    def _report(self, text: str) -> None:
        """Say `text` in the status line until the next drawing."""
        if self.debugger is not None:
            self.query_one("#status", TextBar).show(status_lines(self.debugger.scene(), text))

    def stop(self) -> None:
        """Stop what is under way; if nothing is, leave the zoom."""
        under_way = [one for one in self.workers if one.name == "work" and not one.is_finished]
        for one in under_way:
            one.cancel()
        if under_way:
            self.notice = "stopped"
            self._show()
        elif self.screen.maximized is not None:
            self.screen.minimize()
        elif self.debugger is not None and self.debugger.search.pattern is not None:
            self.run_line("find-clear")

    @work(thread=True, group="clipboard", exit_on_error=False)
    def _hand_over(self, text: str, notice: str) -> None:
        """Give a copy to the desktop's clipboard, too, and say who has it now."""
        program = clipboard.hand_over(text)
        sent = "sent to the terminal" + ("" if len(text) <= clipboard.OSC_52_MOST else ", which may find it too long")
        also = f" and to {program}" if program else ""
        self.call_from_thread(self._tell, f"{notice}, {sent}{also}; :save writes a file")

    def _tell(self, text: str) -> None:
        """Say `text` in the status line."""
        self.notice = text
        self._show(keep_text=True)

    def open_text(self, title: str, lines: Sequence[Line]) -> None:
        """Open a panel over the views that says `lines`."""
        self._pane = self.focused if isinstance(self.focused, LineView) else self._pane
        self.query_one(TextPanel).show(title, lines)

    @on(Asked)
    def _asked(self, event: Asked) -> None:
        self._take(event.line)

    @on(PickPanel.Closed)
    @on(TextPanel.Closed)
    def _text_closed(self) -> None:
        if not self.query_one(Prompt).has_class("open"):  # what was chosen may have opened it
            self._refocus()

    # --- where panes lead ---------------------------------------------------------------------------------------

    @on(LineView.Followed, "#picks")
    def _picked(self) -> None:
        panel = self.query_one(PickPanel)
        target = panel.target
        panel.action_close()
        self._follow(Follow(target))

    @on(Follow)
    def _follow(self, event: Follow) -> None:
        if self.debugger is None:
            return
        target = event.target
        if isinstance(target, CommandLine):
            self._take(target.text)
            return
        why = self.debugger.enter() if target is None else self.debugger.follow(target)
        self._say(why) if why else self._show()

    def _take(self, line: str) -> None:
        """Run a command that was chosen; one that wants a value is completed at the prompt first."""
        if line.endswith("="):
            self.run_line(f"ask command {line}")
        else:
            self.run_line(line)

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

    @on(TitleBar.Chosen)
    def _chosen(self, event: TitleBar.Chosen) -> None:
        self.action_run(f"view {event.view + 1}")

    @on(TimeBar.Chosen)
    def _phase_chosen(self, event: TimeBar.Chosen) -> None:
        self.action_run(f"goto @{event.phase}")

    @on(KeyBar.Pressed)
    def _key_pressed(self, event: KeyBar.Pressed) -> None:
        self.simulate_key(event.key)

    # --- prompts ------------------------------------------------------------------------------------------------

    def ask(self, kind: str, hint: str, text: str = "") -> None:
        """Open the prompt for `kind` with `text` in it."""
        self._pane = self.focused if isinstance(self.focused, LineView) else None
        self.query_one(KeyBar).display = False
        self.query_one(Prompt).ask(kind, hint, text)

    def _completions(self, kind: str, text: str) -> list[str]:
        """What a text at the prompt may become."""
        line = {"command": text, "goto": f"goto {text}", "filter": f"filter {text}"}.get(kind)
        if line is None or self.debugger is None:
            return []
        found = {*COMMANDS.completions(self.debugger, line), *SCREEN_COMMANDS.completions(self, line)}
        return sorted(one if kind == "command" else one.removeprefix(f"{kind} ") for one in found)

    @on(Prompt.Typed)
    def _prompt_typed(self, event: Prompt.Typed) -> None:
        """Say how the command that is typed goes on, and what fits."""
        if not self.query_one(Prompt).has_class("open"):
            return
        name = event.text.split(" ", 1)[0]
        command = SCREEN_COMMANDS.find(name) or COMMANDS.find(name) if event.kind == "command" else None
        lines: list[Line] = []
        if command is not None:
            lines = [[(f" {command.name} {command.usage}", "op"), (f"  {command.about}", "")]]
        fitting = event.fitting or (self._completions("command", name) if name and event.kind == "command" else [])
        if fitting and (command is None or event.fitting):
            lines.append([(" " + "  ".join(fitting), "dim")])
        if lines:
            self.query_one("#status", TextBar).show(lines)

    @on(Prompt.Left)
    def _prompt_left(self) -> None:
        self.query_one(KeyBar).display = True
        self._refocus()
        self._show()

    def _refocus(self) -> None:
        pane = self._pane if self._pane is not None and self.view in self._pane.ancestors else None
        self.screen.set_focus(pane or self.view.query_one(f"#{self.view.panes[0]}"), scroll_visible=False)

    @on(Prompt.Entered)
    def _prompt_entered(self, event: Prompt.Entered) -> None:
        self.run_line(event.text if event.kind == "command" else f"{event.kind} {event.text}")

    # --- screen -------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """While the prompt is open its keys are letters, and the panel of text closes itself."""
        if action != "run":
            return True
        if len(self.screen_stack) > 1 or self.query_one(Prompt).has_class("open"):
            return False
        panels = (self.query_one(TextPanel), self.query_one(PickPanel))
        return not (parameters[0] in CLOSES and any(panel.has_class("open") for panel in panels))

    def next_pane(self, by: int) -> None:
        """Focus on the pane after (or before) the one in focus."""
        self._close_panels()
        self.screen.minimize()
        self.screen.set_focus(self.view.next_pane(by), scroll_visible=False)

    def zoom(self) -> None:
        """The pane in focus alone on the screen, and back."""
        if self.screen.maximized is not None:
            self.screen.minimize()
        elif isinstance(self.focused, LineView):
            self.screen.maximize(self.focused, container=False)

    def show_keys(self) -> None:
        """Every key that does something here."""
        pane = self.focused if isinstance(self.focused, LineView) else None
        self.open_text("Keys", help_lines(pane, self.view, VIEWS[self.place.view], self.keymap))

    def show_palette(self) -> None:
        """All commands, to search."""
        from wasmscope.tui.palette_commands import palette

        self.push_screen(palette())

    @property
    def look(self) -> str:
        """The name of the theme."""
        return self.theme

    @look.setter
    def look(self, name: str) -> None:
        self.chosen_look = name
        if not self.no_color:
            self.theme = name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variables(THEMES[0])


def key_table() -> list[str]:
    """Every binding of the program and its panes: id, keys, what it does."""
    return [f"  {id:<26} {keys:<22} {about}" for id, keys, about, _ in listed(Keymap())]
