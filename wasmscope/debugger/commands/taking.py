"""Commands that take something out: what is looked at, a view, the command that prints it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from wasmscope.debugger.commands.command import Answer, Command, Refused
from wasmscope.debugger.copying import FORMATS, copied
from wasmscope.debugger.cursor import VIEWS
from wasmscope.debugger.export import unused, view_json, view_text, write_new
from wasmscope.debugger.lines import Line
from wasmscope.debugger.session import Debugger

SUFFIXES = {"hex": "hex", "c": "c", "python": "py", "wat": "wat", "json": "json", "command": "sh", "name": "txt"}


def _svg(debugger: Debugger) -> str:
    if debugger.draw is None:
        raise Refused("there is no screen to draw")
    return debugger.draw()


EXPORTS: dict[str, tuple[Callable[[Debugger], str], str]] = {
    "text": (lambda debugger: view_text(debugger.scene(), debugger.row), "txt"),
    "json": (lambda debugger: view_json(debugger.scene(), debugger.row), "json"),
    "svg": (_svg, "svg"),
}
"""How a view can be exported: what makes it, and how its file's name ends."""


def copy_as(rest: str, made: Callable[[str], str]) -> Answer:
    """What `made` makes of the format that `rest` names (none: the command), for the clipboard of the front end."""
    format = rest or "command"
    text = made(format)
    lines: list[Line] = [[(line, "")] for line in text.split("\n")]
    return Answer(f"copied as {format}: {len(text):,} characters", lines, copied=text)


def save_as(rest: str, made: Callable[[str], str]) -> Answer:
    """What `made` makes of the format that `rest` names, to the file that it names or else to one of a usual name.

    Raises Refused when the file is there already or cannot be written.
    """
    format, _, path = rest.partition(" ")
    text = made(format)
    return written(path.strip() or unused(f"wasmscope.{SUFFIXES[format]}"), text + "\n")


def copy(debugger: Debugger, rest: str) -> Answer:
    """What is looked at, as a format says, to the clipboard of the front end."""
    return copy_as(rest, lambda format: copied(debugger, format))


def save(debugger: Debugger, rest: str) -> Answer:
    """What is looked at, to a file that is not there yet."""
    return save_as(rest, lambda format: copied(debugger, format))


def export(debugger: Debugger, rest: str) -> Answer:
    """The view in sight, to a file that is not there yet."""
    format, _, path = rest.partition(" ")
    if format not in EXPORTS:
        raise Refused(f"export as what? {', '.join(EXPORTS)} ")
    make, suffix = EXPORTS[format]
    view = VIEWS[debugger.place.view].lower()
    return written(path.strip() or unused(f"wasmscope-{view}.{suffix}"), make(debugger))


def written(path: str, text: str) -> Answer:
    """Write `text` to a file that is not there yet (`~` in front is the reader's home). Raises Refused."""
    path = os.path.expanduser(path)
    try:
        write_new(path, text)
    except FileExistsError:
        raise Refused(f"{path} is there already: nothing is overwritten") from None
    except OSError as error:
        raise Refused(f"cannot write {path}: {error.strerror}") from None
    return Answer(f"wrote {path}: {len(text):,} characters")


def _formats(debugger: Debugger, begun: str) -> Iterable[str]:
    return FORMATS


def _exports(debugger: Debugger, begun: str) -> Iterable[str]:
    return EXPORTS


TAKING: tuple[Command[Debugger], ...] = (
    Command("copy", "copy what is looked at", copy, f"[{' | '.join(FORMATS)}]", ("y",), _formats),
    Command("save", "what is looked at, to a new file", save, "FORMAT [FILE]", (), _formats),
    Command("export", "the view, to a new file", export, f"{' | '.join(EXPORTS)} [FILE]", (), _exports),
)
