"""What is said of a finished module as a whole: its sizes, what is wrong with it."""

from __future__ import annotations

import re
from typing import Any

from wasmscope.debugger.aside import aside
from wasmscope.debugger.commands.command import Answer, Refused, Work
from wasmscope.debugger.commands.references import offered
from wasmscope.debugger.cursor import Byte
from wasmscope.debugger.lines import CardLine
from wasmscope.debugger.lone.session import LoneSession
from wasmscope.debugger.sizing import asked, sized
from wasmscope.explain.checking.object_checks import module_findings
from wasmscope.explain.sizes.size import MODULE_PARTS
from wasmscope.report.size import Subject

LONE_BY = (*MODULE_PARTS, "dominator")
"""What rows of a module alone can be made by."""
LONE_USAGE = f"[{' | '.join(LONE_BY)}] [against FILE]"


def size(session: LoneSession, rest: str) -> Answer:
    """What the bytes of the module are spent on, also beside another one: a list that leads to the things."""
    module, words = session.opened.module, session.opened.naming.words
    return Answer(work=sized(session, words, Subject(module.file, module), asked(rest), _goto))


def _goto(by: str, row: dict[str, Any]) -> str:
    """The command that leads to what a row is about."""
    name = row["name"]
    numbered = re.fullmatch(r"(\w+) (\d+)", name)
    if by == "section" or name.startswith("["):
        return f"goto {name.strip('[]')}+0"
    return f"goto {numbered[1]}:{numbered[2]}" if numbered else f"goto {name}"


def checks(session: LoneSession, rest: str) -> Answer:
    """What is wrong with the module by itself: a list that leads to the bytes."""
    return Answer(work=_checked(session))


def _checked(session: LoneSession) -> Work:
    module, words = session.opened.module, session.opened.naming.words
    found = yield from aside("checking", lambda: list(module_findings(module)))
    lines: list[CardLine] = []
    for one in found:
        where = ":".join(text for text in (one.place.section, one.place.function) if text)
        target = Byte(None, one.place.offset) if one.place.offset is not None else None
        lines.append(CardLine([("!  ", "error"), (words(f"{one.rule}: {one.found} ({where})"), "error")], target, 3))
        lines.append(CardLine([("   ", ""), (one.consequence, "dim")], target, 3))
    return offered(session, "failed checks", lines) if lines else Answer("no check failed")


def audit(session: LoneSession, rest: str) -> Answer:
    """A module alone cannot be audited. Raises Refused, with what can."""
    name = session.opened.module.file
    raise Refused(f"an audit compares a module with its objects: open these, then :audit {name}")
