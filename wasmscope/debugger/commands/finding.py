"""Commands that find: patterns, filters and the order of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from wasmscope.debugger.arranged import Arranged
from wasmscope.debugger.commands.command import DONE, Answer, Command, Refused, Work
from wasmscope.debugger.filters import GRAMMAR as FILTER_GRAMMAR
from wasmscope.debugger.filters import BadFilter
from wasmscope.debugger.filters import parse as parse_filter
from wasmscope.debugger.patterns import GRAMMAR as PATTERN_GRAMMAR
from wasmscope.debugger.patterns import BadPattern
from wasmscope.debugger.patterns import parse as parse_pattern
from wasmscope.debugger.reader import Session
from wasmscope.debugger.searched import Hit, Searched
from wasmscope.explain.naming import count


def find(session: Session[Any], rest: str) -> Answer:
    """To the next place where what the rest of the line says is (see `debugger/patterns.py`)."""
    try:
        session.search.look_for(parse_pattern(rest))
    except BadPattern as error:
        raise Refused(str(error)) from None
    session.look += 1
    return Answer(work=_to_next(session, True))


def again(forward: bool) -> Callable[[Session[Any], str], Answer]:
    """To the next, or previous, place where what was looked for last is."""

    def run(session: Session[Any], rest: str) -> Answer:
        return Answer(work=_to_next(session, forward))

    return run


def _to_next(session: Session[Any], forward: bool) -> Work:
    pattern = session.search.pattern
    if pattern is None:
        raise Refused("there is nothing to find: find TEXT")
    searched = session.searched()
    if searched is None:
        raise Refused("there is nothing to search here")
    why = searched.why_not(pattern)
    if why:
        raise Refused(f"{pattern.text}: {why}")
    found: tuple[Hit, bool] | None = None
    for one in session.search.next(searched, forward):
        if not isinstance(one, str):
            found = one
            break
        yield one
    if found is None:
        raise Refused(f"{pattern.text} is not here")
    hit, wrapped = found
    _go(session, searched, hit)
    yield f"at {pattern.text}"
    yield from session.search.count(searched)
    words = f"{pattern.text}: {session.search.told(hit)}"
    return Answer(f"{words}, began again at the other end" if wrapped else words)


def _go(session: Session[Any], searched: Searched, hit: Hit) -> None:
    """Put the cursor on a hit; further than a page away it is a jump."""
    far = abs(hit.start - searched.cursor) > searched.page
    pane = session.searched_pane()
    if pane is not None:
        pane.go(hit.start)
    else:
        session.go(session.at_hit(hit), far)


def clear(session: Session[Any], rest: str) -> Answer:
    """Look for nothing any more: what was found is no longer marked."""
    if session.search.pattern is None:
        raise Refused("nothing is looked for")
    session.search.look_for(None)
    session.look += 1
    return DONE


# --- filters and order ------------------------------------------------------------------------------------------


def _table(session: Session[Any]) -> Arranged:
    arranged = session.arranged()
    if arranged is None or not arranged.table.fields:
        raise Refused("here is no table to filter or sort: views 1, 2 and 3 have one")
    return arranged


def _sortable(session: Session[Any]) -> Arranged:
    arranged = _table(session)
    if not arranged.table.columns:
        raise Refused(f"the {arranged.table.name} stand in the order in which they happened")
    return arranged


def filter_rows(session: Session[Any], rest: str) -> Answer:
    """Show the rows that the rest of the line lets through (see `debugger/filters.py`); without it all of them."""
    arranged = _table(session)
    try:
        chosen = parse_filter(rest, arranged.table.fields) if rest else None
    except BadFilter as error:
        raise Refused(str(error)) from None
    return Answer(work=rearranged(session, arranged, lambda: setattr(arranged, "filter", chosen)))


def sort(session: Session[Any], rest: str) -> Answer:
    """Sort the rows by a field; without one by the next column, after the last as the link has them."""
    arranged = _sortable(session)
    columns = list(dict.fromkeys(arranged.table.columns.values()))
    orders = ["", *(one for one in columns if one in arranged.table.fields)]
    if not rest:
        at = orders.index(arranged.sort) if arranged.sort in orders else 0
        rest = orders[(at + 1) % len(orders)]
    elif rest == "none":
        rest = ""
    elif rest not in arranged.table.fields:
        raise Refused(f"there is no field {rest}: they are none, {', '.join(arranged.table.fields)}")
    return Answer(work=rearranged(session, arranged, lambda: setattr(arranged, "sort", rest)))


def sort_by(session: Session[Any], rest: str) -> Answer:
    """Sort by the column of that title; by it already, turn the order around."""
    arranged = _sortable(session)
    if rest not in arranged.table.columns:
        raise Refused(f"there is no column {rest}: they are {', '.join(arranged.table.columns)}")
    field = arranged.table.columns[rest]
    field = field if field in arranged.table.fields else ""
    return invert(session, "") if field == arranged.sort else sort(session, field or "none")


def invert(session: Session[Any], rest: str) -> Answer:
    """Turn the order of the rows around."""
    arranged = _sortable(session)
    return Answer(work=rearranged(session, arranged, lambda: setattr(arranged, "inverted", not arranged.inverted)))


def rearrange(session: Session[Any], rest: str) -> Answer:
    """Arrange the rows again, where what they are arranged by is another at this step."""
    arranged = session.arranged()
    scene = session.scene()
    if arranged is None or not arranged.stale(scene):
        return DONE
    return Answer(work=rearranged(session, arranged, lambda: None, quiet=True))


def brought_up(session: Session[Any], name: str) -> Iterator[str]:
    """Arrange the table of that name for this step, if it is arranged for another one."""
    known, scene = session.tables.get(name), session.scene()
    if known is not None and known.stale(scene):
        yield from known.arrange(scene)


def rearranged(session: Session[Any], arranged: Arranged, change: Callable[[], None], quiet: bool = False) -> Work:
    """Arrange the rows anew; stopped on the way, they stay as they were."""
    before = arranged.filter, arranged.sort, arranged.inverted
    change()
    work: Iterator[str] = arranged.arrange(session.scene())
    try:
        yield from work
    except BaseException:
        arranged.filter, arranged.sort, arranged.inverted = before
        raise
    session.look += 1
    if quiet:
        return DONE
    if not arranged.is_chosen:
        return Answer(f"all {count(len(arranged), arranged.table.noun)}")
    return Answer(arranged.told(f"{arranged.table.noun}s"))


def _fields(session: Session[Any], begun: str) -> list[str]:
    arranged = session.arranged()
    names = list(arranged.table.fields) if arranged is not None else []
    lead, _, word = begun.rpartition(" ")
    lead = f"{lead} " if lead else ""
    return [f"{lead}{'!' * word.startswith('!')}{name}:" for name in names if name.startswith(word.removeprefix("!"))]


FINDING: tuple[Command[Session[Any]], ...] = (
    Command("find", "text, x\"10 ?? 80\", u32=, leb=, sym:, type:", find, "PATTERN", ("/",), None, PATTERN_GRAMMAR),
    Command("find-next", "next match", again(True), "", (".",)),
    Command("find-back", "previous match", again(False), "", (",",)),
    Command("find-clear", "look for nothing any more", clear),
    Command("filter", "rows that hold: kind:func !file:libc.a size:>9", filter_rows, "[FILTER]", ("\\",),
            _fields, FILTER_GRAMMAR),
    Command("sort", "by the next column, or by a field", sort, "[FIELD]", (),
            lambda session, begun: [one.removesuffix(":") for one in _fields(session, begun)]),
    Command("sort-by", "by a column; again: turned around", sort_by, "TITLE", (),
            lambda session, begun: arranged.table.columns if (arranged := session.arranged()) is not None else ()),
    Command("invert", "turn the order of the rows around", invert, "", ("I",)),
    Command("rearrange", "filter and sort again at this step", rearrange),
)  # fmt: skip
