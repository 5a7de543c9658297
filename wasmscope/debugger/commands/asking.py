"""Commands that ask for more than a pane shows: an audit, sizes, the story of a byte, failed checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from wasmscope.debugger.aside import aside
from wasmscope.debugger.audited import audited, module_to_audit
from wasmscope.debugger.commands.command import Answer, Command, Refused, Work
from wasmscope.debugger.commands.references import offered
from wasmscope.debugger.lines import CardLine
from wasmscope.debugger.panes.stop_rows import check_line
from wasmscope.debugger.panes.thing_card import Moment
from wasmscope.debugger.session import Debugger
from wasmscope.debugger.sizing import USAGE, asked, sized
from wasmscope.debugger.subject import byte_at
from wasmscope.errors import FormatError, OptionError
from wasmscope.explain.named_bytes import Asked
from wasmscope.explain.named_bytes import asked as asked_at
from wasmscope.explain.story import story
from wasmscope.format.module import Module
from wasmscope.link.lenient import OUTPUT
from wasmscope.report.at import at_facts
from wasmscope.report.at import lines as at_lines
from wasmscope.report.size import BY, Subject


def audit(debugger: Debugger, rest: str) -> Answer:
    """What is wrong in a module that another linker made of these objects: a list that leads to the relocations."""
    if not rest:
        if debugger.audited is None:
            raise Refused("audit which module? audit FILE")
        return _findings(debugger)
    if debugger.link.resolve is None:
        raise Refused("the objects cannot be read, so there is nothing to compare with")
    try:
        module = module_to_audit(rest)
    except OSError as error:
        raise Refused(f"cannot open {rest}: {error.strerror}") from None
    except FormatError as error:
        raise Refused(str(error)) from None
    return Answer(work=_audit(debugger, module))


def _audit(debugger: Debugger, module: Module) -> Work:
    opened, strict = debugger.opened, debugger.question.strict
    find = lambda: audited(opened.steps, opened.naming, module, strict)  # noqa: E731
    try:
        found = yield from aside(f"auditing {module.file}", find)
    except OptionError as error:
        raise Refused(str(error)) from None
    if debugger.opened is not opened:
        raise Refused("the link is another by now: audit again")
    debugger.audited = found
    debugger.look += 1
    return _findings(debugger)


def _findings(debugger: Debugger) -> Answer:
    found = debugger.audited
    assert found is not None
    if not found.lines:
        return Answer(f"{found.path}: {found.summary}")
    lines = [*found.lines, CardLine([(found.summary, "dim")])]
    return offered(debugger, f"audit {found.path.rpartition('/')[2]}", lines)


def size(debugger: Debugger, rest: str) -> Answer:
    """What the bytes of the output are spent on, also beside a module: a list that leads to the things."""
    what = asked(rest)
    if debugger.link.emit is None:
        raise Refused("the link failed, so it has no size")
    it = Subject(debugger.link.options.output or OUTPUT, debugger.link)
    return Answer(work=sized(debugger, debugger.opened.naming.words, it, what, _goto))


def _goto(by: str, row: dict[str, Any]) -> str:
    """The command that leads to what a row is about."""
    name, file = row["name"], row["file"]
    if by == "section":
        return f"goto {name}+0"
    return f"goto {file}:{name}" if file and by == "symbol" else f"goto {name}"


def at(debugger: Debugger, rest: str) -> Answer:
    """The story of a byte: the one looked at, or one that is named."""
    byte = byte_at(debugger.place)
    space = "memory" if byte.memory else "input" if byte.file is not None else "output"
    try:
        place = asked_at(debugger.link, rest) if rest else Asked(space, byte.offset, byte.file)
        facts = at_facts(debugger.link, story(debugger.link, place))
    except LookupError as error:
        raise Refused(str(error.args[0])) from None
    words = debugger.opened.naming.words
    return Answer("", [[(words(line), "")] for line in at_lines(facts)], title=f"at {rest}" if rest else "this byte")


def checks(debugger: Debugger, rest: str) -> Answer:
    """The checks that failed, to choose from: a line leads to the step that shows it."""
    if debugger.stops.waits(debugger.steps):
        raise Refused("checks are still being made")
    scene, lines = debugger.scene(), []
    for one in debugger.stops.failed(debugger.steps):
        lines.append(CardLine(check_line(scene, one), Moment(one.step), 3))
        lines.append(CardLine([("   ", ""), (one.finding.consequence, "dim")], Moment(one.step), 3))
    return offered(debugger, "failed checks", lines) if lines else Answer("no check failed")


def _ways(debugger: Debugger, begun: str) -> Iterable[str]:
    return (*BY, "against")


def _names(debugger: Debugger, begun: str) -> Iterator[str]:
    resolve = debugger.link.resolve
    return (name for name in (resolve.by_name if resolve is not None else ()) if name.startswith(begun))


ASKING: tuple[Command[Debugger], ...] = (
    Command("audit", "whether another linker's module is right", audit, "[FILE]"),
    Command("size", "what the bytes are spent on", size, USAGE, (), _ways),
    Command("at", "the story of a byte", at, "[PLACE]", (), _names),
    Command("checks", "the checks that failed", checks, "", ("check",)),
)
