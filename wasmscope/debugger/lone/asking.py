"""Questions about a finished module: why, at, references, differences, panes as text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wasmscope.debugger.commands.command import DONE, Answer, Refused, Work, number_in
from wasmscope.debugger.commands.finding import brought_up
from wasmscope.debugger.commands.looking import pane_named, pane_shown
from wasmscope.debugger.comparing import ModuleCompared
from wasmscope.debugger.cursor import Byte
from wasmscope.debugger.lines import CardLine, CommandLine
from wasmscope.debugger.lone.going import find_place
from wasmscope.debugger.lone.listed import LONE_PANES, status_lines
from wasmscope.debugger.lone.place import BYTES, DIFF, WHY
from wasmscope.debugger.lone.session import LoneSession
from wasmscope.errors import FormatError
from wasmscope.explain.alone.lone_byte import byte_named, byte_there
from wasmscope.explain.alone.lone_why import item_at
from wasmscope.explain.alone.module_references import Item
from wasmscope.report.lone_answers import at_facts, at_lines


def why(session: LoneSession, rest: str) -> Answer:
    """Show view 6, about what `rest` names."""
    place = find_place(session, rest) if rest else session.place
    session.go(replace(place, view=WHY), jump=True)
    return Answer(panes=("paths", "references"))


def at(session: LoneSession, rest: str) -> Answer:
    """The story of a byte: the one looked at, or one that is named."""
    place, lone = session.place, session.opened.lone
    try:
        memory, offset = byte_named(lone, rest) if rest else (place.space, place.start)
        told = byte_there(lone, offset, memory)
    except LookupError as error:
        raise Refused(str(error)) from None
    return Answer("", [[(line, "")] for line in at_lines(at_facts(lone, told))], title=f"at {rest}".strip())


def references(inwards: bool) -> Callable[[LoneSession, str], Answer]:
    """What leads to the item looked at, or what it leads to, as a list to choose from."""

    def run(session: LoneSession, rest: str) -> Answer:
        item = item_of(session)
        lone, of = session.opened.lone, session.opened.naming.of
        found = lone.references.to.get(item, []) if inwards else lone.references.of(item)
        picks = []
        for one in found:
            other = one.by if inwards else one.to
            name = of(other) if other is not None else "the module"
            target: object = Byte(None, one.offset) if one.offset >= 0 else other
            picks.append(CardLine([(name, "name"), (f"  {one.what}", "")], target))
        if not picks:
            raise Refused(f"nothing names {of(item)}" if inwards else f"{of(item)} names nothing")
        session.picks = picks
        return Answer(title=[(f"{'names' if inwards else 'named by'} ", ""), (of(item), "name")], picks=picks)

    return run


def pick(session: LoneSession, rest: str) -> Answer:
    """To line N of the list that was shown last."""
    number = number_in(rest)
    if not 1 <= number <= len(session.picks):
        raise Refused(f"the list has {len(session.picks)} lines")
    target = session.picks[number - 1].target
    if isinstance(target, CommandLine):
        from wasmscope.debugger.lone.commands import LONE_COMMANDS

        return LONE_COMMANDS.begin(session, target.text)
    problem = session.follow(target)
    if problem:
        raise Refused(problem)
    return DONE


def diff(session: LoneSession, rest: str) -> Answer:
    """Show view 5; with a file, how the module differs from the one in it."""
    if rest:
        try:
            session.comparison = ModuleCompared(rest, session.opened.module, session.opened.module.file)
        except FormatError as error:
            raise Refused(str(error)) from None
        except OSError as error:
            raise Refused(f"cannot open {rest}: {error.strerror}") from None
    session.go(replace(session.place, view=DIFF), jump=True)
    return Answer(panes=("difference",))


def show(session: LoneSession, rest: str) -> Answer:
    """A pane as text, a table as it is filtered and sorted."""
    return Answer(work=_showing(session, rest))


def _showing(session: LoneSession, rest: str) -> Work:
    yield from brought_up(session, pane_named(LONE_PANES, rest.split()[0]).table if rest else "")
    return pane_shown(LONE_PANES, session.scene(), rest)


def where(session: LoneSession, rest: str) -> Answer:
    """What is looked at."""
    return Answer("", status_lines(session.scene(), ""))


def item_of(session: LoneSession) -> Item:
    """What the cursor is on. Raises Refused."""
    target = session.pane.target if session.pane is not None else None
    found = target if isinstance(target, Item) else None
    if found is None and session.place.view == BYTES and not session.place.memory:
        found = item_at(session.opened.lone, session.place.start)
    found = found or session.place.item
    if found is None:
        raise Refused("nothing is looked at")
    return found
