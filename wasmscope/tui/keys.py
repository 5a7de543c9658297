"""The keys of the whole program: every one a command line with an id, so that a keymap can give it another key."""

from __future__ import annotations

from textual.binding import Binding, BindingType

TIME = (
    ("s", "step", "one step forward", "time.step"),
    ("S", "step-back", "one step back", "time.step-back"),
    ("n", "next", "over the object: file, chain, atom", "time.over"),
    ("N", "next-back", "back over the object", "time.over-back"),
    ("f", "finish", "to the end of the phase", "time.finish"),
    ("F", "finish-back", "to the start of the phase", "time.finish-back"),
    ("c", "continue", "to the next stop, or the end", "time.run"),
    ("C", "continue-back", "back to a stop, or the start", "time.run-back"),
    ("b", "toggle-break", "stop at this, or no longer", "time.break"),
    ("B", "breakpoints", "the list of breakpoints", "time.breakpoints"),
    ("w", "toggle-watch", "watch this, or no longer", "time.watch"),
    ("W", "watches", "the list of watches", "time.watches"),
    ("minus", "last-writer", "back to who changed this last", "time.last-writer"),
    ("plus", "next-writer", "to who changes this next", "time.next-writer"),
    ("equals_sign", "changes", "all that the last step changed", "time.changes"),
    ("right_curly_bracket", "phase", "next phase", "time.next-phase"),
    ("left_curly_bracket", "phase-back", "previous phase", "time.previous-phase"),
)
SPACE = (
    ("right_parenthesis", "relocation", "next relocation", "space.next-relocation"),
    ("left_parenthesis", "relocation-back", "previous relocation", "space.previous-relocation"),
    ("g", "ask goto", "go to a name, step, offset, number", "space.goto"),
    ("slash,f3", "ask find", "find text, bytes, numbers, symbols, types", "space.find"),
    ("full_stop", "find-next", "next match", "space.find-next"),
    ("comma", "find-back", "previous match", "space.find-previous"),
    ("y", "ask copy", "copy what is looked at", "space.copy"),
    ("Y", "ask save", "what is looked at, to a new file", "space.save"),
    ("backslash,f4", "ask filter", "rows that hold what is said", "space.filter"),
    ("f6", "sort", "sort by the next column", "space.sort"),
    ("I", "invert", "turn the order around", "space.invert"),
    ("m", "ask mark", "mark this place with a letter", "space.mark"),
    ("apostrophe", "ask jump", "to a marked place", "space.jump"),
    ("semicolon", "ask note", "note on what the cursor is on", "space.note"),
    ("right_square_bracket", "field", "next field of the structure", "space.next-field"),
    ("left_square_bracket", "field-back", "previous field", "space.previous-field"),
    ("t", "chain", "next chain", "space.next-chain"),
    ("T", "chain-back", "previous chain", "space.previous-chain"),
    ("a", "other-side", "the same byte: output, input, memory", "space.other-side"),
    ("x", "refs-in", "what leads to this", "space.references-in"),
    ("X", "refs-out", "what this leads to", "space.references-out"),
    ("e", "names", "demangled names, or raw ones", "space.names"),
    ("exclamation_mark", "said", "what the link said, and failed checks", "space.said"),
    ("u,ctrl+o,alt+left", "back", "back to before the jump", "space.back"),
    ("U,alt+right", "forward", "forward again", "space.forward"),
)
SCREEN = (
    ("1", "view 1", "Link", "view.link"),
    ("2", "view 2", "Symbols", "view.symbols"),
    ("3", "view 3", "Relocations", "view.relocations"),
    ("4", "view 4", "Bytes", "view.bytes"),
    ("5", "view 5", "Diff", "view.diff"),
    ("6", "view 6", "Why", "view.why"),
    ("escape", "cancel", "stop what is under way, clear what was found", "view.stop"),
    ("z", "zoom", "this pane alone, and back", "view.zoom"),
    ("question_mark,f1", "keys", "these keys", "view.help"),
    ("colon", "ask command", "any command by its name", "app.command"),
    ("greater_than_sign", "tour", "next stop of the tour", "app.tour"),
    ("less_than_sign", "tour back", "stop before", "app.tour-back"),
    ("o", "options", "what the link is asked to do", "app.options"),
    ("ctrl+p", "palette", "all commands, to search", "app.palette"),
    ("R", "reload", "read the inputs again and link", "app.reload"),
    ("ctrl+z", "suspend", "to the shell; its fg comes back", "app.suspend"),
    ("q", "quit", "leave (ctrl+q from anywhere)", "app.leave"),
)
PANES = (
    ("tab", "pane", "next pane", "view.next-pane"),
    ("shift+tab", "pane-back", "previous pane", "view.previous-pane"),
)
GROUPS = (("Moving in time", TIME), ("Moving in space", SPACE), ("Screen", (*SCREEN, *PANES)))
"""All keys of the program: (key, command line, what it does, id), under headings."""


def bindings() -> list[BindingType]:
    """All of them, as Textual wants them.

    They are taken before keys are handed on to a pane: so what is typed ahead, or comes in one piece over a slow line,
    is done in order and reaches whom it is meant for.
    """
    return [
        Binding(key, f"run({command!r})", text, show=False, id=name, priority=True)
        for _, group in GROUPS
        for key, command, text, name in group
    ]


SHOWN = {
    "left_curly_bracket": "{", "right_curly_bracket": "}", "left_parenthesis": "(", "right_parenthesis": ")",
    "left_square_bracket": "[", "right_square_bracket": "]", "slash": "/", "full_stop": ".", "comma": ",",
    "minus": "-", "plus": "+", "equals_sign": "=", "question_mark": "?", "colon": ":",
    "greater_than_sign": ">", "less_than_sign": "<", "exclamation_mark": "!",
    "enter": "Enter", "escape": "Esc", "backslash": "\\", "semicolon": ";", "apostrophe": "'",
    "tab": "Tab", "shift+tab": "shift+Tab",
    "pageup": "PgUp", "pagedown": "PgDn", "space": "Space", "home": "Home", "end": "End",
    "up": "Up", "down": "Down", "left": "Left", "right": "Right", "delete": "Del", "backspace": "Backspace",
}  # fmt: skip


def shown(keys: str) -> str:
    """`slash,f3` as a person reads it: `/ F3`."""
    names = []
    for key in keys.split(","):
        name = SHOWN.get(key, key)
        names.append(name.upper() if name[:1] == "f" and name[1:].isdigit() else name)
    return " ".join(names)
