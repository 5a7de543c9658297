"""Which keys do what: every binding by its id, presets, a reader's own keys over them, and how keys are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from textual.app import App
from textual.binding import Binding
from textual.keys import Keys, _character_to_key
from textual.widget import Widget

from wasmscope.tui.keys import GROUPS, SHOWN, shown

PRESETS: dict[str, dict[str, str]] = {
    "gdb": {},
    "vim": {
        "time.over": "o",
        "time.over-back": "O",
        "space.find-next": "n,full_stop",
        "space.find-previous": "N,comma",
        "app.options": "alt+o",
    },
}
"""Keys that differ from the tables', by binding id."""
PROGRAM = "the program"
APART = ("prompt", "text panel", "pick panel")
"""Where keys are those of what is open, whatever they are elsewhere."""
MODIFIERS = {"ctrl", "alt", "shift", "super", "hyper", "meta"}


class Bound(NamedTuple):
    """A binding: its id, its keys unless somebody changes them, what it does, and where it works."""

    id: str
    keys: str
    """Textual's names, joined by commas."""
    about: str
    where: str = PROGRAM
    """The program, which takes its keys first, or a kind of pane."""


@cache
def known() -> dict[str, Bound]:
    """Every binding there is, of the program and of every kind of pane, by id."""
    found = {name: Bound(name, keys, about) for _, group in GROUPS for keys, _, about, name in group}
    for kind in _kinds():
        for one in own_bindings(kind):
            assert one.id is not None, f"{kind.__name__}: {one.key} has no id"
            found.setdefault(one.id, Bound(one.id, one.key, one.description, where_of(kind)))
    return found


def where_of(kind: type[Widget]) -> str:
    """What a kind of pane is called: "HexView" is "hex view"."""
    return "".join(f" {char.lower()}" if char.isupper() else char for char in kind.__name__).strip()


def own_bindings(kind: type[Widget]) -> list[Binding]:
    """The bindings that a kind of pane adds to those that it inherits."""
    return [one for one in vars(kind).get("BINDINGS", ()) if isinstance(one, Binding)]


def _kinds() -> Iterator[type[Widget]]:
    """Our widgets, those that others inherit from first."""
    waiting: list[type[Widget]] = [Widget]
    seen: set[type[Widget]] = set()
    while waiting:
        kind = waiting.pop(0)
        waiting += [one for one in kind.__subclasses__() if one not in seen]
        if kind not in seen and kind.__module__.startswith("wasmscope."):
            yield kind
        seen.add(kind)


class Keymap:
    """The keys as they are: `changed` (id to keys) laid over the tables'."""

    def __init__(self, changed: Mapping[str, str] | None = None) -> None:
        self.changed = dict(changed or {})
        self._keys = left(self.changed)

    def keys(self, id: str) -> str:
        """The keys of a binding, joined by commas."""
        return self._keys[id]

    def unkeyed(self) -> list[Bound]:
        """The bindings that have no key any more."""
        return [one for id, one in known().items() if not self.keys(id)]

    def names(self, words: str) -> list[str]:
        """Textual's names of the first key of each binding that `words` (ids, or keys as they are) name."""
        return [self.keys(word).split(",")[0] if word in known() else _name(word) for word in words.split()]

    def worded(self, text: str) -> str:
        """A sentence with the keys of the bindings that it names: `{move.up} goes up`."""
        return re.sub(r"\{([\w.-]+)\}", lambda found: self.shown(found[1]), text)

    def shown(self, words: str) -> str:
        """The same as a person reads them: `time.step time.step-back` is `s S`."""
        return " ".join(shown(self.keys(word).split(",")[0]) if word in known() else word for word in words.split())


def keymap_of(app: App[Any]) -> Keymap:
    """The keys of a program as its reader has them; those of the tables where it is another's."""
    found = getattr(app, "keymap", None)
    return found if isinstance(found, Keymap) else Keymap()


@cache
def _name(word: str) -> str:
    try:
        return key_name(word)
    except ValueError:
        return ""


def key_name(text: str) -> str:
    """Textual's name of a key that a person wrote: `?`, `f3`, `Enter`, `ctrl+x`, `question_mark`. Raises ValueError."""
    if len(text) == 1:
        return _character_to_key(text)
    *modifiers, key = text.split("+")
    modifiers = [one.lower() for one in modifiers]
    name = key if len(key) == 1 and "ctrl" not in modifiers else key.lower()  # terminals send one ctrl+d
    name = next((key for key, told in SHOWN.items() if len(told) > 1 and told.lower() == name), name)
    named = {one.value for one in Keys} | {"space"}
    if set(modifiers) <= MODIFIERS and (len(name) == 1 or name in named or _is_character(name)):
        return "+".join([*modifiers, name])
    raise ValueError(f"{text} is no key")


def _is_character(name: str) -> bool:
    """Whether `name` is Textual's for a character: `question_mark`."""
    try:
        character = unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return name in {_character_to_key(chr(code)) for code in range(0x21, 0x7F)}
    return _character_to_key(character) == name


def left(changed: Mapping[str, str]) -> dict[str, str]:
    """The keys of every binding: those that `changed` gives it; of the tables' those of a pane that `changed` gives to
    no other of the same kind of pane and not to the program."""
    found: dict[str, str] = {}
    for id, one in known().items():
        rivals = () if id in changed or one.where in (PROGRAM, *APART) else (PROGRAM, one.where)
        taken = {key for other, keys in changed.items() if known()[other].where in rivals for key in keys.split(",")}
        found[id] = ",".join(key for key in (changed.get(id) or one.keys).split(",") if key not in taken)
    return found


def clashes(changed: Mapping[str, str], fresh: Iterable[str]) -> dict[str, str]:
    """Why bindings (ids in `fresh`) cannot have the keys that `changed` gives them: the program has use for one, or
    `fresh` has it twice."""
    taken: dict[tuple[str, str], str] = {}
    for id, one in known().items():
        if one.where == PROGRAM and id not in fresh:
            taken |= {(PROGRAM, key): id for key in (changed.get(id) or one.keys).split(",")}
    found: dict[str, str] = {}
    for id in fresh:
        where = known()[id].where
        for key in changed[id].split(","):
            owner = taken.get((PROGRAM, key)) or taken.get((where, key))
            if owner not in (None, id):
                found[id] = f"{shown(key)} is the key of {owner}: give that another one first"
            else:
                taken[where, key] = id
    return found


def listed(keymap: Keymap) -> Sequence[tuple[str, str, str, str]]:
    """(id, keys, what it does, where) of every binding."""
    return [(one.id, shown(keymap.keys(one.id)), one.about, one.where) for one in known().values()]
