"""The keys of the whole program: every one an action with an id, so that a keymap can give it another key."""

from __future__ import annotations

from textual.binding import Binding, BindingType

TIME = (
    ("s", "time('step', 1)", "one step forward", "time.step"),
    ("S", "time('step', -1)", "one step back", "time.step-back"),
    ("n", "time('over', 1)", "over the object: file, chain, atom", "time.over"),
    ("N", "time('over', -1)", "back over the object", "time.over-back"),
    ("f", "time('finish', 1)", "to the end of the phase", "time.finish"),
    ("F", "time('finish', -1)", "to the start of the phase", "time.finish-back"),
    ("c", "time('run', 1)", "to the next diagnostic, or the end", "time.run"),
    ("C", "time('run', -1)", "back to a diagnostic, or the start", "time.run-back"),
    ("right_curly_bracket", "time('phase', 1)", "next phase", "time.next-phase"),
    ("left_curly_bracket", "time('phase', -1)", "previous phase", "time.previous-phase"),
)
SPACE = (
    ("right_parenthesis", "relocation(1)", "next relocation", "space.next-relocation"),
    ("left_parenthesis", "relocation(-1)", "previous relocation", "space.previous-relocation"),
    ("g", "goto", "go to a name, step, offset, number", "space.goto"),
    ("slash,f3", "search", "find in this pane", "space.find"),
    ("full_stop", "search_again(1)", "next match", "space.find-next"),
    ("comma", "search_again(-1)", "previous match", "space.find-previous"),
    ("exclamation_mark", "said", "what the link said", "space.said"),
    ("u,ctrl+o,alt+left", "retrace(-1)", "back to before the jump", "space.back"),
    ("U,alt+right", "retrace(1)", "forward again", "space.forward"),
)
SCREEN = (
    ("1", "view(0)", "Link", "view.link"),
    ("2", "view(1)", "Symbols", "view.symbols"),
    ("3", "view(2)", "Relocations", "view.relocations"),
    ("4", "view(3)", "Bytes", "view.bytes"),
    ("z", "zoom", "this pane alone, and back", "view.zoom"),
    ("question_mark,f1", "help", "these keys", "view.help"),
    ("R", "reload", "read the inputs again and link", "app.reload"),
    ("q", "leave", "leave (ctrl+q from anywhere)", "app.leave"),
)
PANES = (
    ("tab", "pane(1)", "next pane", "view.next-pane"),
    ("shift+tab", "pane(-1)", "previous pane", "view.previous-pane"),
)


def bindings() -> list[BindingType]:
    """All of them, as Textual wants them.

    They are taken before keys are handed on to a pane: so what is typed ahead, or comes in one piece over a slow line,
    is done in order and reaches whom it is meant for.
    """
    return [
        Binding(key, action, text, show=False, id=name, priority=True)
        for key, action, text, name in (*TIME, *SPACE, *SCREEN, *PANES)
    ]


OWN = frozenset(action.partition("(")[0] for _, action, _, _ in (*TIME, *SPACE, *SCREEN, *PANES))
"""The actions of these keys."""
SHOWN = {
    "left_curly_bracket": "{", "right_curly_bracket": "}", "left_parenthesis": "(", "right_parenthesis": ")",
    "left_square_bracket": "[", "right_square_bracket": "]", "slash": "/", "full_stop": ".", "comma": ",",
    "question_mark": "?", "exclamation_mark": "!", "enter": "Enter", "tab": "Tab", "shift+tab": "shift+Tab",
    "pageup": "PgUp", "pagedown": "PgDn", "space": "Space", "home": "Home", "end": "End",
    "up": "↑", "down": "↓", "left": "←", "right": "→",
}  # fmt: skip


def shown(keys: str) -> str:
    """`slash,f3` as a person reads it: `/ F3`."""
    names = []
    for key in keys.split(","):
        name = SHOWN.get(key, key)
        names.append(name.upper() if name[:1] == "f" and name[1:].isdigit() else name)
    return " ".join(names)
