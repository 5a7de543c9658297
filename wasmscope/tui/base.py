"""What every program on the screen does: keys become command lines, and the view in sight is drawn from the session.

A program over a link (`program`) or over a finished module (`module_program`) says which views, which commands, and
what stands in the lines around the views.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.filter import ANSIToTruecolor
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from wasmscope.debugger.commands.command import refused, table_of, unknown
from wasmscope.debugger.cursor import VIEWS
from wasmscope.debugger.lines import CommandLine, Line
from wasmscope.tui import terminal
from wasmscope.tui.answering import Answering
from wasmscope.tui.ascii import AsciiFilter
from wasmscope.tui.frame import help_lines
from wasmscope.tui.keymap import Keymap
from wasmscope.tui.keys import bindings
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

CLOSES = ("keys", "quit", "cancel")
"""Commands whose keys close an open panel instead."""
INTERNAL = 70
"""Exit status after a mistake of ours, as on the command line."""


class Program(Answering):
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

    def __init__(self, settings: Settings | None = None, ascii: bool = False) -> None:
        self.settings = settings or Settings()
        colours = True if "NO_COLOR" in os.environ else None  # Textual then sends no colour at all
        super().__init__(Keymap(self.settings.keys), colours)
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
        self.roles = Roles()
        self.chosen_look = ""
        """The theme that the reader asked for while it ran: the session keeps it."""

    # --- what a program says ------------------------------------------------------------------------------------

    def time_bar(self) -> Widget:
        """The line under the title."""
        raise NotImplementedError

    def reload(self) -> None:
        """Read the inputs again."""
        raise NotImplementedError

    def names(self) -> Iterator[tuple[str, str]]:
        """Names to go to: as they are in the files, and as they are shown."""
        raise NotImplementedError

    def get_default_screen(self) -> Page:
        width, height = self.size
        sizes = ((width, self.HORIZONTAL_BREAKPOINTS), (height, self.VERTICAL_BREAKPOINTS))
        fitting = (max(one for one in points if one[0] <= size)[1] for size, points in sizes)
        return Page(id="_default", classes=" ".join(fitting))  # else it is laid out for any size first, and drawn so

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
        name, tables = line.strip().split(" ", 1)[0], (SCREEN_COMMANDS, self.COMMAND_TABLE)
        table = table_of(name, *tables)
        if table is SCREEN_COMMANDS:
            self.answer(line, SCREEN_COMMANDS.run(self, line), drawn=True)
        elif table is None:
            self.answer(line, refused(unknown(name, *tables)))
        elif self.debugger is not None:
            self.debugger.pane, self.debugger.shown = self._side_pane(), self._main_pane()
            self.answer(line, self.COMMAND_TABLE.begin(self.debugger, line))

    def _side_pane(self) -> LineView | None:
        """The pane in focus, unless it is the view's main one, which shows what the cursor is on."""
        pane = self.focused if isinstance(self.focused, LineView) else self._pane
        return pane if pane is not None and pane.id != self.view.panes[0] else None

    def _main_pane(self) -> LineView | None:
        """The main pane of the view in sight."""
        pane = self.view.query_one(f"#{self.view.panes[0]}")
        return pane if isinstance(pane, LineView) else None

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

    @on(TourBar.Chosen)
    def _along(self, event: TourBar.Chosen) -> None:
        self.run_line(event.line)

    @on(KeyBar.Pressed)
    def _key_pressed(self, event: KeyBar.Pressed) -> None:
        self.simulate_key(event.key)

    def on_click(self, event: events.Click) -> None:
        """A click beside an open panel closes it, and one on the line under it that names the key for that. Keys of
        the key bar do what they do when they are pressed."""
        at = event.widget
        for panel in (self.query_one(TextPanel), self.query_one(PickPanel)):
            inside = at is not None and panel in at.ancestors_with_self and event.screen_y < panel.region.bottom - 1
            if panel.has_class("open") and not inside and not isinstance(at, KeyBar):
                self._close_panels()

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
        table = table_of(name, SCREEN_COMMANDS, self.COMMAND_TABLE) if event.kind == "command" else None
        command = table.find(name) if table is not None else None
        lines: list[Line] = []
        if command is not None:
            lines = [[(f" {command.name} {command.usage}", "op"), (f"  {command.about}", "")]]
        fitting = event.fitting or (self._completions("command", name) if name and event.kind == "command" else [])
        if fitting and (command is None or event.fitting):
            lines.append([(" " + "  ".join(fitting), "dim")])
        had, self._typed = self._typed, lines
        if lines:
            self.query_one("#status", TextBar).show(lines)
        elif had:
            self._show(keep_text=True)

    def _prompt_left(self) -> None:
        """The prompt is closed: focus is where it was before, unless a pane was clicked on or came up meanwhile."""
        self.query_one(KeyBar).display = True
        self._typed = []
        aside = isinstance(self.focused, LineView)
        if not aside:
            self._refocus()
        self._show(keep_text=aside)

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
        self.screen.set_focus(self.view.next_pane(by), scroll_visible=False)

    def zoom(self) -> None:
        """The pane in focus alone in its view, and back."""
        view = self.view
        if view.zoomed is not None:
            view.zoom(None)
        elif isinstance(self.focused, LineView) and view in self.focused.ancestors:
            view.zoom(self.focused)

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
