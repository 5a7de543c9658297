"""A finished module on the screen: the same program as over a link, but nothing has steps."""

from __future__ import annotations

from collections.abc import Iterator

from textual import on
from textual.widget import Widget

from wasmscope.debugger.lines import Line
from wasmscope.debugger.lone.commands import LONE_COMMANDS
from wasmscope.debugger.lone.listed import section_line, state_span, status_lines, title_text
from wasmscope.debugger.lone.opened import OpenedModule
from wasmscope.debugger.lone.place import VIEWS
from wasmscope.debugger.lone.saved import facts_of, restore
from wasmscope.debugger.lone.session import LoneScene, LoneSession
from wasmscope.debugger.reload import Watched, is_whole
from wasmscope.debugger.saved import Facts, SessionFile, path_of
from wasmscope.errors import FormatError
from wasmscope.explain.alone.module_references import Item
from wasmscope.format.module import Module, read
from wasmscope.link.load import file_stamp
from wasmscope.link.model import FileRead
from wasmscope.link.names import readable
from wasmscope.tui.background import LOOK, Lookout
from wasmscope.tui.kept_program import KeptProgram
from wasmscope.tui.messages import AtBytes, Changed, Known, Looked
from wasmscope.tui.settings import Settings, settings
from wasmscope.tui.terminal import has_unicode
from wasmscope.tui.themes import look_of
from wasmscope.tui.views.lone import ItemsView, KeptView, LoneBytesView, LoneDiffView, LoneWhyView, ModuleView
from wasmscope.tui.widgets.bars import TextBar, TitleBar

WELCOME = "a finished module: {move.follow} follows, {space.goto} goes to a name, {view.help} lists the keys"


class ModuleApp(KeptProgram):
    """A finished module on the screen."""

    NAMES = VIEWS
    TIMED = False
    MADE = (ModuleView, ItemsView, KeptView, LoneBytesView, LoneDiffView, LoneWhyView)
    COMMAND_TABLE = LONE_COMMANDS

    def __init__(self, module: Module, settings: Settings | None = None, ascii: bool = False) -> None:
        super().__init__(settings, ascii)
        self.debugger: LoneSession = LoneSession(OpenedModule(module))
        self.lookout = Lookout(self.post_message)
        self._watch()

    def on_mount(self) -> None:
        kept = self.session.facts if self.session is not None else {}
        restore(self.debugger, kept)
        self._show_session(("as you left it: " if kept else "") + self.keymap.worded(WELCOME))
        self.set_interval(LOOK, self.lookout.look)

    def _show_session(self, notice: str) -> None:
        self.debugger.draw = self.picture
        self.debugger.cursor.look = self._look
        self.debugger.opened.lookups.told = lambda: self.post_message(Known())
        self.notice = notice
        self._show()

    def facts(self, session: LoneSession) -> Facts:
        return facts_of(session)

    # --- around the views ---------------------------------------------------------------------------------------

    def time_bar(self) -> Widget:
        return TextBar(id="time")

    def frame(self, scene: LoneScene) -> None:
        self.query_one("#title", TitleBar).show(title_text(scene.opened), scene.place.view, state_span(scene.opened))
        self.query_one("#time", TextBar).show([section_line(scene, self.size.width)])

    def status(self, scene: LoneScene, notice: str) -> list[Line]:
        return status_lines(scene, notice)

    def names(self) -> Iterator[tuple[str, str]]:
        raw = self.debugger.opened.naming.raw
        for space in self.debugger.opened.lone.side.names.values():
            yield from ((name, readable(name, not raw)) for name in space.values())

    def reload(self) -> None:
        path = self.debugger.opened.module.file
        try:
            with open(path, "rb") as file:
                module = read(file.read(), path)
        except (OSError, FormatError) as error:
            self._say(f"the module before stays: {error}")
            return
        before, self.debugger = self.debugger, LoneSession(OpenedModule(module))
        self.debugger.take(before)
        self._watch()
        self._show_session("read again")

    def _watch(self) -> None:
        """Look out for changes of the module's file, if it has one."""
        path = self.debugger.opened.module.file
        try:
            self.lookout.watched = Watched([FileRead(path, None, 0, file_stamp(path))])
        except OSError:
            self.lookout.watched = Watched(())

    @on(Changed)
    def _changed(self, event: Changed) -> None:
        """Read the module again once it has other contents on disk and is whole."""
        if not event.changed or event.watched is not self.lookout.watched:
            return
        event.watched.pass_over()
        path = event.changed[0]
        if is_whole(path):
            self.reload()
        else:
            again = self.keymap.worded("{app.reload} reads what is there")
            self._say(f"the module before stays: {path.rpartition('/')[2]} is not whole; {again}")

    # --- where panes lead ---------------------------------------------------------------------------------------

    @on(Looked)
    def _looked(self, event: Looked) -> None:
        if isinstance(event.thing, Item):
            self.go(self.debugger.at(event.thing), event.jump)
        elif isinstance(event.thing, int):
            self.go(self.debugger.at_relocation(event.thing), event.jump)

    @on(AtBytes)
    def _at_bytes(self, event: AtBytes) -> None:
        self.go(self.debugger.at_byte(event.start, event.end, event.memory), event.jump)


def run(module: Module, keys: str = "", theme: str = "", ascii: bool = False, keeps: bool = True) -> int:
    """Open the screen on a finished module; returns the exit code. See `app.run` for the options."""
    made = settings(keys)
    session = SessionFile(path_of([module.file])) if keeps else None
    made.theme = look_of(theme, session.facts if session is not None else {}, made.theme)
    app = ModuleApp(module, made, ascii or not has_unicode())
    app.session = session
    return app.run_to_end()
