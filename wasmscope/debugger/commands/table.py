"""All commands of a session."""

from __future__ import annotations

from wasmscope.debugger.commands.asking import ASKING
from wasmscope.debugger.commands.checkpoints import CHECKPOINTS
from wasmscope.debugger.commands.command import Commands
from wasmscope.debugger.commands.comparing import COMPARING
from wasmscope.debugger.commands.finding import FINDING
from wasmscope.debugger.commands.looking import LOOKING
from wasmscope.debugger.commands.marking import MARKING
from wasmscope.debugger.commands.questions import QUESTION
from wasmscope.debugger.commands.references import REFERENCES
from wasmscope.debugger.commands.space import SPACE
from wasmscope.debugger.commands.stopping import STOPPING
from wasmscope.debugger.commands.taking import TAKING
from wasmscope.debugger.commands.time import TIME
from wasmscope.debugger.commands.touring import TOURING
from wasmscope.debugger.commands.watching import WATCHING
from wasmscope.debugger.session import Debugger

COMMANDS: Commands[Debugger] = Commands(
    (
        *TIME, *STOPPING, *WATCHING, *CHECKPOINTS, *SPACE, *REFERENCES, *FINDING, *MARKING, *LOOKING, *QUESTION,
        *COMPARING, *ASKING, *TAKING, *TOURING,
    )
)  # fmt: skip
