"""What the panes tell the app: where the reader wants to be. The app moves the cursor, which all are drawn from."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from wasmscope.debugger.opened import Opened
from wasmscope.debugger.question import Question
from wasmscope.debugger.reload import Watched
from wasmscope.link.model import ObjectFile


@dataclass
class Looked(Message):
    """At a thing: a symbol, atom, relocation, file, section, … A `jump` can be undone with `u`."""

    thing: object
    view: int | None = None
    """The view to show it in; None: this one."""
    jump: bool = False
    output: bool | None = None
    """Whose bytes: the output's, an input's, or (None) those shown now."""


@dataclass
class Follow(Message):
    """To what `target` is; None: to what the thing under the cursor of the view's main pane names."""

    target: object = None


@dataclass
class Stepped(Message):
    """To a moment."""

    number: int
    jump: bool = False


@dataclass
class AtBytes(Message):
    """At bytes of a file (None: the output)."""

    file: ObjectFile | None
    start: int
    end: int
    view: int | None = None
    jump: bool = False
    memory: bool = False
    """`start` and `end` are addresses of linear memory."""


@dataclass
class Asked(Message):
    """For a command, by its line."""

    line: str


class Known(Message):
    """Something was found out that a pane waits for."""


@dataclass
class Checked(Message):
    """The checks of a link are made, and some failed."""

    opened: Opened


@dataclass
class Linked(Message):
    """The link that `question`, the `number`th, asked for is there."""

    opened: Opened
    number: int
    question: Question
    aside: bool = False
    """It is not to be looked at, but to be compared with the one that is."""


@dataclass
class Broke(Message):
    """Making the link that was asked for as `number` met an error of ours."""

    text: str
    number: int
    aside: bool = False


@dataclass
class Changed(Message):
    """Inputs are other than those that were read (`changed`), or are not there any more (`gone`)."""

    watched: Watched
    changed: list[str]
    gone: list[str]
