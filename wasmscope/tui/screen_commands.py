"""Commands of the screen itself: panes, prompts, leaving. The session's own are in `debugger/`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wasmscope.debugger.commands.command import DONE, Answer, Command, Commands, Refused, table_of, unknown
from wasmscope.debugger.copying import FORMATS
from wasmscope.debugger.goto import HINT
from wasmscope.debugger.lines import Line
from wasmscope.tui.frame import key_list
from wasmscope.tui.keys import shown
from wasmscope.tui.settings import path_of_keys
from wasmscope.tui.themes import THEMES

if TYPE_CHECKING:
    from wasmscope.tui.base import Program

HINTS = {
    "goto": f"goto: {HINT}",
    "find": 'text · x"10 ?? 80" · u32=0x1010 · leb=N · sleb=N · str:TEXT · sym:GLOB · type:i32*',
    "filter": "file:b.o !kind:func name:/regex/ size:>100; nothing: all rows",
    "mark": "mark this place: a letter",
    "jump": "to the place of which letter?",
    "note": "note on what the cursor is on; nothing: no note",
    "command": "a command; {prompt.complete} completes, palette lists them all, help COMMAND explains one",
    "copy": f"copy as: {' · '.join(FORMATS)}",
    "save": f"to a new file: FORMAT [FILE], with FORMAT {' · '.join(FORMATS)}",
}


def _calling(act: Callable[[Program], None]) -> Callable[[Program, str], Answer]:
    def run(app: Program, rest: str) -> Answer:
        act(app)
        return DONE

    return run


def _ask(app: Program, rest: str) -> Answer:
    kind, _, text = rest.partition(" ")
    if kind not in HINTS:
        raise Refused(f"ask for what? {', '.join(HINTS)}")
    before, hint = app.debugger.asked(kind) if app.debugger is not None else "", HINTS[kind]
    table = app.debugger.arranged() if app.debugger is not None and kind == "filter" else None
    if table is not None and table.table.fields:
        hint = f"{' '.join(f'{name}:' for name in table.table.fields)}; as in {hint}"
    app.ask(kind, app.keymap.worded(hint), text or before)
    return DONE


def _keys(app: Program, rest: str) -> Answer:
    if rest == "all":
        return Answer("", key_list(app.keymap))
    if rest:
        raise Refused(f"keys, or keys all; not {rest}")
    app.show_keys()
    return DONE


def _help(app: Program, rest: str) -> Answer:
    if not rest:
        return _keys(app, "")
    tables = (SCREEN_COMMANDS, app.COMMAND_TABLE)
    table = table_of(rest, *tables)
    if table is None:
        raise Refused(unknown(rest, *tables))
    return Answer("", table.help(rest))


def _theme(app: Program, rest: str) -> Answer:
    if rest not in THEMES:
        raise Refused(f"there is no theme {rest}: they are {', '.join(THEMES)}" if rest else f"now: {app.look}")
    app.look = rest
    return DONE


def _settings(app: Program, rest: str) -> Answer:
    made = app.settings
    source = made.path or f"no file; it would be {path_of_keys()}"
    facts = (("keys from", source), ("preset", made.preset), ("theme", app.look))
    lines: list[Line] = [[(f"{name:<11}", "dim"), (value, "")] for name, value in facts]
    lines += [[(f"! {text}", "error")] for text in made.problems]
    changed: list[Line] = [[(f"  {id:<26} ", "op"), (shown(keys), "name")] for id, keys in made.keys.items()]
    told = "other keys than in the tables:" if changed else "keys as in the tables"
    none = "no key: another has it"
    without: list[Line] = [[(f"  {one.id:<26} ", "op"), (none, "dim")] for one in app.keymap.unkeyed()]
    return Answer("", [*lines, [], [(told, "dim")], *changed, *without])


def _reload(app: Program, rest: str) -> Answer:
    app.reload()
    return DONE


SCREEN_COMMANDS: Commands[Program] = Commands(
    (
        Command("ask", "open a prompt", _ask, "goto, find, filter, ..."),
        Command("cancel", "stop what is under way, clear what was found", _calling(lambda app: app.stop())),
        Command("zoom", "this pane alone, and back", _calling(lambda app: app.zoom())),
        Command("pane", "next pane", _calling(lambda app: app.next_pane(1))),
        Command("pane-back", "previous pane", _calling(lambda app: app.next_pane(-1))),
        Command("keys", "every key that does something here, or all and their ids", _keys, "[all]", ("?",)),
        Command("help", "what a command does, or the keys here", _help, "[COMMAND]", ("h",),
                lambda app, begun: [*app.COMMAND_TABLE.names, *SCREEN_COMMANDS.names]),
        Command("palette", "all commands, to search", _calling(lambda app: app.show_palette())),
        Command("theme", "change the colours", _theme, "NAME", (), lambda app, begun: THEMES),
        Command("settings", "preset, keys, theme, and what is wrong in their file", _settings),
        Command("reload", "read the inputs again and link", _reload),
        Command("suspend", "to the shell; its fg comes back", _calling(lambda app: app.action_suspend_process())),
        Command("quit", "leave", _calling(lambda app: app.exit()), "", ("q", "exit")),
    )
)
