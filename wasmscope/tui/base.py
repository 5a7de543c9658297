"""What every program on the screen does: keys become command lines, and the view in sight is drawn from the session.

A program over a link (`program`) or over a finished module (`module_program`) says which views, which commands, and
what stands in the lines around the views.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

from rich.text import Text
from textual import on, work
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.events import Resize
from textual.filter import ANSIToTruecolor
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from wasmscope.debugger.commands.command import Answer, Commands, Refused, Work
from wasmscope.debugger.cursor import VIEWS
from wasmscope.debugger.lines import CommandLine, Line
from wasmscope.debugger.reader import Session
from wasmscope.tui import clipboard, terminal
from wasmscope.tui.ascii import AsciiFilter
from wasmscope.tui.frame import help_lines, key_pairs
from wasmscope.tui.keymap import Keymap
from wasmscope.tui.keys import bindings
from wasmscope.tui.keys_in_order import KeysInOrder
from wasmscope.tui.messages import Asked, Follow, Known
from wasmscope.tui.page import Page
from wasmscope.tui.screen_commands import SCREEN_COMMANDS
from wasmscope.tui.settings import Settings
from wasmscope.tui.text import only_ascii
from wasmscope.tui.themes import THEMES, theme, variables
from wasmscope.tui.views.view import View
from wasmscope.tui.widgets.bars import KeyBar, TextBar, TitleBar, TourBar
from wasmscope.tui.widgets.line_view import LineView
from wasmscope.tui.widgets.pick_panel import PickPanel
from wasmscope.tui.widgets.prompt import Prompt
from wasmscope.tui.widgets.roles import Roles
from wasmscope.tui.widgets.text_panel import TextPanel

HELP = (("view.help", "keys"),)
CLOSES = ("keys", "quit", "stop")
"""Commands whose keys close an open panel instead."""
SLICE = 0.01
"""Seconds of work before keys get their turn."""
TOLD = 0.1
"""Seconds between two words on how far work is."""
HELD = 0.03
"""Seconds that a frame is held for what a move leads to."""
INTERNAL = 70
"""Exit status after a mistake of ours, as on the command line."""


class Look(NamedTuple):
    """What a view showed of a place: the pane in focus, and each pane's cursor and first line."""

    focus: str | None
    panes: dict[str, tuple[int, int]]


class Program(KeysInOrder):
    """A session on the screen. `ascii`: the terminal can show nothing else."""

    TITLE = "wasmscope"
    CSS_PATH = "styles.tcss"
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (100, "-normal"), (120, "-full"), (160, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (15, "-low"), (30, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = bindings()
    NAMES: ClassVar[Sequence[str]] = VIEWS
    """The views' names, and what each is."""
    TIMED: ClassVar[bool] = True
    """What is looked at has steps."""
    MADE: ClassVar[Sequence[type[View]]] = ()
    COMMAND_TABLE: ClassVar[Commands[Any]]
    """The commands of the session."""

    def __init__(self, settings: Settings | None = None, ascii: bool = False) -> None:
        super().__init__(True if "NO_COLOR" in os.environ else None)  # Textual then sends no colour at all
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
        self.debugger: Session[Any] | None = None
        """The session, once there is something to look at."""
        self.roles = Roles()
        self.chosen_look = ""
        """The theme that the reader asked for while it ran: the session keeps it."""
        self._holding: Timer | None = None
        """Lets the next frame be painted, if it is held."""
        self._notice = ""
        self._noticed: object = None
        self._stale = False
        self._progress = ""
        """How far the work is that was done last."""
        self._pane: LineView | None = None
        """The pane that a prompt or the help was opened from."""

    # --- what a program says ------------------------------------------------------------------------------------

    def time_bar(self) -> Widget:
        """The line under the title."""
        raise NotImplementedError

    def frame(self, scene: Any) -> None:
        """Draw the lines above the views, and what else stands around them."""
        raise NotImplementedError

    def status(self, scene: Any, notice: str) -> list[Line]:
        """The lines under the views; `notice` is what is to be said now."""
        raise NotImplementedError

    def reload(self) -> None:
        """Read the inputs again."""
        raise NotImplementedError

    def names(self, part: str) -> Iterator[str]:
        """Names to go to that have `part`, in small letters, in them."""
        raise NotImplementedError

    def get_default_screen(self) -> Page:
        return Page(id="_default")

    def compose(self) -> ComposeResult:
        yield self.roles
        yield TitleBar(self.NAMES, id="title")
        yield self.time_bar()
        with ContentSwitcher(initial="view-0", id="views"):
            for number, made in enumerate(self.MADE):
                yield made(id=f"view-{number}")
        yield TourBar(id="tour")
        yield TextBar(id="status")
        yield KeyBar(id="keys")
        yield Prompt(id="prompt")
        yield TextPanel(id="text")
        yield PickPanel(id="picks")

    def on_mount(self) -> None:
        prompt = self.query_one(Prompt)
        prompt.completer, prompt.entered, prompt.left = self._completions, self._prompt_entered, self._prompt_left
        self.app_resume_signal.subscribe(self, lambda _: self.refresh(layout=True))  # the shell drew over the screen
        if not self.is_headless:
            self.set_interval(2, self._leave_if_alone)
            for number in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(number, self._leave_as_told, number)

    def _leave_as_told(self, number: int) -> None:
        """Leave as `q` does on signal `number`, which else leaves the terminal as it is and the session unkept."""
        self.exit(return_code=128 + number)

    def _leave_if_alone(self) -> None:
        """Textual reads a closed terminal for ever, and would keep a processor busy with it."""
        if terminal.gone():
            self.exit()

    # --- the cursor ---------------------------------------------------------------------------------------------

    def go(self, place: object, jump: bool = False) -> None:
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
        if self._switch(self.debugger.place.view):
            self._draw()
        elif not self._stale:
            self._stale = True
            self.call_later(self.drawn)

    def drawn(self) -> None:
        if self._stale:
            self._draw()

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
        if self.debugger is None:
            return
        if self._noticed not in (None, self.debugger.place):
            self.notice = ""
        self._noticed = self.debugger.place
        scene = self.debugger.scene()
        self.frame(scene)
        self.query_one("#status", TextBar).show(self.status(scene, self.notice))
        view = self.view
        self.query_one("#keys", KeyBar).show(key_pairs(view.keys, self.keymap), *key_pairs(HELP, self.keymap)[:1])
        view.show(scene)
        recalled, self.debugger.cursor.recalled = self.debugger.cursor.recalled, None
        if isinstance(recalled, Look):
            self._recall(recalled)
        table = self.debugger.arranged() if self.debugger.tables else None
        if table is not None and table.stale(scene):
            self._answer("rearrange", self.COMMAND_TABLE.begin(self.debugger, "rearrange"))  # what was said stays
        self._release_frame()

    def hold_frame(self) -> None:
        """Show a move and what it leads to in one frame: nothing is painted until the panes are drawn, or for HELD
        seconds."""
        if self._holding is None:
            self._begin_batch()
            self._holding = self.set_timer(HELD, self._release_frame)

    def _release_frame(self) -> None:
        if self._holding is not None:
            self._holding.stop()
            self._holding = None
            self._end_batch()
            if self.screen_stack:  # there is none any more when the program is left within HELD
                self.screen.check_idle()

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

    def _handle_exception(self, error: Exception) -> None:
        """A mistake of ours ends the program with one line and the terminal as it was, not with a traceback; under
        WASMSCOPE_DEBUG, and where nobody sees the screen, as Textual does."""
        if self.is_headless or os.environ.get("WASMSCOPE_DEBUG"):
            super()._handle_exception(error)
            return
        text = " ".join(str(error).split())[:200]
        said = f"wasmscope: internal error: {type(error).__name__}{': ' + text if text else ''}"
        hint = "  this is a mistake in wasmscope, not in your files; WASMSCOPE_DEBUG=1 shows where"
        self.exit(return_code=INTERNAL, message=Text(f"{said}\n{hint}"))

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
            self.debugger.pane, self.debugger.shown = self._side_pane(), self._main_pane()
            self._answer(line, self.COMMAND_TABLE.begin(self.debugger, line))

    def _side_pane(self) -> LineView | None:
        """The pane in focus, unless it is the view's main one, which shows what the cursor is on."""
        pane = self.focused if isinstance(self.focused, LineView) else self._pane
        return pane if pane is not None and pane.id != self.view.panes[0] else None

    def _main_pane(self) -> LineView | None:
        """The main pane of the view in sight."""
        pane = self.view.query_one(f"#{self.view.panes[0]}")
        return pane if isinstance(pane, LineView) else None

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
        end, before = time.monotonic() + SLICE, self.debugger.place if self.debugger is not None else None
        try:
            while time.monotonic() < end:
                self._progress = next(work)
        except StopIteration as done:
            self._answer(line, done.value)
        except Refused as error:
            self._say(str(error))
        else:
            if self.debugger is not None and self.debugger.place is not before:
                self._show()  # the rest is counting
            return False
        return True

    def _report(self, text: str) -> None:
        """Say `text` in the status line until the next drawing."""
        if self.debugger is not None:
            self.query_one("#status", TextBar).show(self.status(self.debugger.scene(), text))

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
        elif self.debugger is not None and self.debugger.filters_time:
            self.run_line("filter")

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
        if line.endswith(("=", " ")):
            self.run_line(f"ask command {line}")
        else:
            self.run_line(line)

    @on(Known)
    def _known(self) -> None:
        if self.debugger is not None:
            self.debugger.look += 1
            self._show(keep_text=True)

    @on(TitleBar.Chosen)
    def _chosen(self, event: TitleBar.Chosen) -> None:
        self.action_run(f"view {event.view + 1}")

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
        found = {*self.COMMAND_TABLE.completions(self.debugger, line), *SCREEN_COMMANDS.completions(self, line)}
        return sorted(one if kind == "command" else one.removeprefix(f"{kind} ") for one in found)

    @on(Prompt.Typed)
    def _prompt_typed(self, event: Prompt.Typed) -> None:
        """Say how the command that is typed goes on, and what fits."""
        if not self.query_one(Prompt).has_class("open"):
            return
        name = event.text.split(" ", 1)[0]
        command = SCREEN_COMMANDS.find(name) or self.COMMAND_TABLE.find(name) if event.kind == "command" else None
        lines: list[Line] = []
        if command is not None:
            lines = [[(f" {command.name} {command.usage}", "op"), (f"  {command.about}", "")]]
        fitting = event.fitting or (self._completions("command", name) if name and event.kind == "command" else [])
        if fitting and (command is None or event.fitting):
            lines.append([(" " + "  ".join(fitting), "dim")])
        if lines:
            self.query_one("#status", TextBar).show(lines)

    def _prompt_left(self) -> None:
        self.query_one(KeyBar).display = True
        self._refocus()
        self._show()

    def _refocus(self) -> None:
        pane = self._pane if self._pane is not None and self.view in self._pane.ancestors else None
        self.screen.set_focus(pane or self.view.query_one(f"#{self.view.panes[0]}"), scroll_visible=False)

    def _prompt_entered(self, kind: str, text: str) -> None:
        self.run_line(text if kind == "command" else f"{kind} {text}")

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
        number = self.debugger.place.view if self.debugger is not None else 0
        self.open_text("Keys", help_lines(pane, self.view, self.NAMES[number], self.keymap, self.TIMED))

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
