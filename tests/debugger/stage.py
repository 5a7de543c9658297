"""A session over the link of samples/hello, for what commands answer."""

from __future__ import annotations

from tests.tui.stage import HELLO, linked
from wasmscope.debugger.commands.command import Answer
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.session import Debugger


def hello(*lines: str) -> Debugger:
    """A session in which `lines` were run."""
    debugger = Debugger(Opened(linked(*HELLO)))
    for line in lines:
        said(debugger, line)
    return debugger


def said(debugger: Debugger, line: str) -> Answer:
    """What the command `line` answers; it must not be refused."""
    answer = COMMANDS.run(debugger, line)
    assert not answer.refused, answer.notice
    return answer
