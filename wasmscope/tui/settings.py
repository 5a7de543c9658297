"""A reader's own settings: `$XDG_CONFIG_HOME/wasmscope/keys.toml`, or the file or preset that `--keys` names.

    preset = "vim"                 # or "gdb"
    theme = "light"                # or "dark", "high-contrast", "ansi"
    time.over = "o"                # the id of a binding, and its key
    move.up = ["up", "k", "ctrl+p"]

What is wrong in the file is said with its line, and passed over: it never keeps the program from starting. Where the
file is no TOML any more, what stands before that counts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wasmscope.errors import OptionError
from wasmscope.tui.keymap import PRESETS, clashes, key_name, known
from wasmscope.tui.themes import THEMES

STATEMENT = 100
"""Lines that a statement may have and be looked past, where it is no TOML."""


@dataclass
class Settings:
    """What a reader wants."""

    keys: dict[str, str] = field(default_factory=dict)
    """Binding id to keys (Textual's names, joined by commas): the preset's, and the reader's own over them."""
    preset: str = "gdb"
    theme: str = ""
    path: str = ""
    """The file that they were read from; "": none."""
    problems: list[str] = field(default_factory=list)
    """What is wrong in the file: where, what, and what is known."""


def path_of_keys() -> Path:
    """Where the file is looked for."""
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return Path(home) / "wasmscope" / "keys.toml"


def settings(named: str = "") -> Settings:
    """The settings of the preset or file that is `named`; of the reader's file if nothing is named.

    Raises OptionError when what is named is neither a preset nor a file that can be read.
    """
    if named in PRESETS:
        return Settings(dict(PRESETS[named]), named)
    path = Path(named) if named else path_of_keys()
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        if named:
            presets = ", ".join(PRESETS)
            raise OptionError(f"--keys: cannot open {named}: {error.strerror}; presets are {presets}") from None
        absent = isinstance(error, FileNotFoundError | NotADirectoryError)
        return Settings(problems=[] if absent else [f"cannot open {path}: {error.strerror}"])
    return read_settings(text, str(path))


def read_settings(text: str, path: str) -> Settings:
    """The settings that the TOML `text` of file `path` makes."""
    made = Settings(path=path)
    whole, unread = _readable(text)
    given = dict(_flat(whole))
    if unread:
        made.problems.append(f"{path}: {unread}")

    def wrong(id: str, what: str) -> None:
        made.problems.append(f"{path}:{_line_of(text, id)}: {id}: {what}")

    made.preset = _choice(given, "preset", "gdb", tuple(PRESETS), wrong)
    made.theme = _choice(given, "theme", "", THEMES, wrong)
    made.keys = dict(PRESETS[made.preset])
    own: dict[str, str] = {}
    for id, value in given.items():
        if id not in known():
            wrong(id, f"there is no such binding{_close(id)}; wasmscope help keys lists them")
            continue
        try:
            own[id] = ",".join(key_name(one) for one in _keys_in(value))
        except ValueError as error:
            wrong(id, str(error))
    for id, why in clashes({**made.keys, **own}, list(own)).items():
        wrong(id, why)
        del own[id]
    made.keys |= own
    return made


def _readable(text: str) -> tuple[dict[str, Any], str]:
    """What the whole lines of `text` say that are TOML, as far as they go; and why the rest was not read, or ""."""
    import tomllib

    try:
        return tomllib.loads(text), ""
    except tomllib.TOMLDecodeError as error:
        why = str(error)
    lines, at = text.split("\n"), re.search(r"\(at line (\d+)", why)
    wrong = int(at[1]) if at else len(lines)  # what is not closed is missed at the end
    for size in range(wrong - 1, max(0, wrong - 1 - STATEMENT), -1):
        with suppress(tomllib.TOMLDecodeError):
            return tomllib.loads("\n".join(lines[:size])), f"{why}: the rest, from line {size + 1} on, was not read"
    return {}, f"{why}: nothing of it was read"


def _choice(given: dict[str, Any], name: str, default: str, choices: tuple[str, ...], wrong: Any) -> str:
    value = given.pop(name, default)
    if value == default or value in choices:
        return str(value)
    wrong(name, f"there is no {name} {value}: they are {', '.join(choices)}")
    return default


def _flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """`time.over = "o"` is a table in a table; its id is both names joined."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value


def _keys_in(value: object) -> list[str]:
    keys = value if isinstance(value, list) else [value]
    if not keys or not all(isinstance(one, str) and one for one in keys):
        raise ValueError('a key is a string like "o", or a list of them')
    return [str(one) for one in keys]


def _line_of(text: str, id: str) -> int:
    """The line that sets `id`."""
    last = re.escape(id.rpartition(".")[2])
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"""\s*(.*[."'])?{last}["']?\s*=""", line):
            return number
    return 1


def _close(id: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(id, list(known()), n=1)
    return f": did you mean {close[0]}?" if close else ""
