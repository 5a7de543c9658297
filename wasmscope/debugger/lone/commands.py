"""The commands of a session over a finished module: those of a link that make sense, under the same names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from wasmscope.debugger.commands.command import Answer, Command, Commands, Refused
from wasmscope.debugger.commands.finding import FINDING
from wasmscope.debugger.commands.marking import MARKING
from wasmscope.debugger.commands.table import COMMANDS as OF_A_LINK
from wasmscope.debugger.lone.asking import at, diff, pick, references, show, where, why
from wasmscope.debugger.lone.going import (
    NO_STEPS,
    back,
    field,
    forward,
    goto,
    names,
    naming,
    other_side,
    relocation,
    view,
)
from wasmscope.debugger.lone.judging import LONE_BY, LONE_USAGE, audit, checks, size
from wasmscope.debugger.lone.listed import LONE_PANES
from wasmscope.debugger.lone.place import VIEWS
from wasmscope.debugger.lone.session import LoneSession
from wasmscope.debugger.lone.taking import LONE_FORMATS, copy, export, save


def _formats(session: LoneSession, begun: str) -> Iterable[str]:
    return LONE_FORMATS


def _no_steps(session: Any, rest: str) -> Answer:
    raise Refused(NO_STEPS)


LONE: tuple[Command[LoneSession], ...] = (
    Command("goto", "go to a name, offset, address, number", goto, "PLACE", ("g",), names),
    Command("relocation", "next relocation", relocation(1), "[N]", (")",)),
    Command("relocation-back", "previous relocation", relocation(-1), "[N]", ("(",)),
    Command("field", "next field of the structure", field(1), "[N]", ("]",)),
    Command("field-back", "previous field", field(-1), "[N]", ("[",)),
    Command("other-side", "the same byte: file, memory", other_side, "", ("a", "space")),
    Command("names", "demangled names, or raw ones", naming, "[raw|demangled]", ("e",)),
    Command("back", "back to before the jump", back, "", ("u",)),
    Command("forward", "forward again", forward, "", ("U",)),
    Command("view", "bring a view in sight", view, "NAME or NUMBER", (), lambda session, begun: VIEWS),
    Command("why", "why a thing is in the module: view 6", why, "[PLACE]", (), names),
    Command("at", "the story of a byte", at, "[PLACE]", (), names),
    Command("refs-in", "what leads to this", references(True), "", ("x",)),
    Command("refs-out", "what this leads to", references(False), "", ("X",)),
    Command("pick", "go to a line of the list shown last", pick, "N"),
    Command("size", "what the bytes are spent on", size, LONE_USAGE, (), lambda session, begun: (*LONE_BY, "against")),
    Command("checks", "what is wrong with the module", checks, "", ("check", "said")),
    Command("audit", "only with the objects at hand", audit),
    Command("diff", "how the module differs from another", diff, "[FILE]"),
    Command("show", "a pane as text", show, "PANE [COUNT|all [FROM]]", ("info", "i"),
            lambda session, begun: LONE_PANES),
    Command("list", "code of the item looked at", lambda session, rest: show(session, f"code {rest}"), "[COUNT]",
            ("l",)),
    Command("where", "what is looked at", where),
    Command("copy", "copy what is looked at", copy, f"[{' | '.join(LONE_FORMATS)}]", ("y",), _formats),
    Command("save", "what is looked at, to a new file", save, "FORMAT [FILE]", (), _formats),
    Command("export", "the view, to a new file", export, "text | json | svg [FILE]"),
    *FINDING,
    *MARKING,
)  # fmt: skip


def _refused() -> Iterator[Command[LoneSession]]:
    """What only a link has, under its names, so that a key or a script hears why there is none."""
    own = {name for one in LONE for name in (one.name, *one.aliases)}
    for one in OF_A_LINK.all:
        if one.name not in own:
            aliases = tuple(name for name in one.aliases if name not in own)
            yield Command(one.name, "of a link only", _no_steps, "", aliases)


LONE_COMMANDS: Commands[LoneSession] = Commands(LONE, _refused())
