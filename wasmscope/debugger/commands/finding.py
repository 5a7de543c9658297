"""Commands that find: patterns, filters and the order of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from wasmscope.debugger.arranged import Arranged
from wasmscope.debugger.commands.command import DONE, Answer, Command, Refused, Work
from wasmscope.debugger.cursor import BYTES, at_bytes, at_step, at_thing
from wasmscope.debugger.filters import BadFilter
from wasmscope.debugger.filters import parse as parse_filter
from wasmscope.debugger.patterns import BadPattern
from wasmscope.debugger.patterns import parse as parse_pattern
from wasmscope.debugger.searched import Hit, Searched
from wasmscope.debugger.session import Debugger
from wasmscope.explain.naming import count


def find(debugger: Debugger, rest: str) -> Answer:
    """To the next place where what the rest of the line says is (see `debugger/patterns.py`)."""
    try:
        debugger.search.look_for(parse_pattern(rest))
    except BadPattern as error:
        raise Refused(str(error)) from None
    debugger.look += 1
    return Answer(work=_to_next(debugger, True))


def again(forward: bool) -> Callable[[Debugger, str], Answer]:
    """To the next, or previous, place where what was looked for last is."""

    def run(debugger: Debugger, rest: str) -> Answer:
        return Answer(work=_to_next(debugger, forward))

    return run


def _to_next(debugger: Debugger, forward: bool) -> Work:
    pattern = debugger.search.pattern
    if pattern is None:
        raise Refused("there is nothing to find: find TEXT")
    searched = debugger.searched()
    if searched is None:
        raise Refused("there is nothing to search here")
    why = searched.why_not(pattern)
    if why:
        raise Refused(f"{pattern.text}: {why}")
    found: tuple[Hit, bool] | None = None
    for one in debugger.search.next(searched, forward):
        if not isinstance(one, str):
            found = one
            break
        yield one
    if found is None:
        raise Refused(f"{pattern.text} is not here")
    hit, wrapped = found
    _go(debugger, searched, hit)
    yield f"at {pattern.text}"
    yield from debugger.search.count(searched)
    words = f"{pattern.text}: {debugger.search.told(hit)}"
    return Answer(f"{words}, began again at the other end" if wrapped else words)


def _go(debugger: Debugger, searched: Searched, hit: Hit) -> None:
    """Put the cursor on a hit; further than a page away it is a jump."""
    far = abs(hit.start - searched.cursor) > searched.page
    if debugger.pane is not None:
        debugger.pane.go(hit.start)
        return
    place, table = debugger.place, debugger.table()
    if table is None:
        there = at_bytes(place, place.file, hit.start, hit.end, place.memory)
        debugger.go(replace(there, view=BYTES), far)
        return
    thing = table.table.thing(table.rows[hit.start])
    if isinstance(thing, int):
        debugger.go(at_step(debugger.steps, place, thing), far)
    else:
        debugger.go(replace(at_thing(debugger.steps, place, thing), view=place.view), far)


def clear(debugger: Debugger, rest: str) -> Answer:
    """Look for nothing any more: what was found is no longer marked."""
    if debugger.search.pattern is None:
        raise Refused("nothing is looked for")
    debugger.search.look_for(None)
    debugger.look += 1
    return DONE


# --- filters and order ------------------------------------------------------------------------------------------


def _table(debugger: Debugger) -> Arranged:
    arranged = debugger.table()
    if arranged is None or not arranged.table.fields:
        raise Refused("here is no table to filter or sort: views 2 and 3 have one")
    return arranged


def filter_rows(debugger: Debugger, rest: str) -> Answer:
    """Show the rows that the rest of the line lets through (see `debugger/filters.py`); without it all of them."""
    arranged = _table(debugger)
    try:
        chosen = parse_filter(rest, arranged.table.fields) if rest else None
    except BadFilter as error:
        raise Refused(str(error)) from None
    return Answer(work=_arranged(debugger, arranged, lambda: setattr(arranged, "filter", chosen)))


def sort(debugger: Debugger, rest: str) -> Answer:
    """Sort the rows by a field; without one by the next column, after the last as the link has them."""
    arranged = _table(debugger)
    columns = list(dict.fromkeys(arranged.table.columns.values()))
    orders = ["", *(one for one in columns if one in arranged.table.fields)]
    if not rest:
        at = orders.index(arranged.sort) if arranged.sort in orders else 0
        rest = orders[(at + 1) % len(orders)]
    elif rest == "none":
        rest = ""
    elif rest not in arranged.table.fields:
        raise Refused(f"there is no field {rest}: they are none, {', '.join(arranged.table.fields)}")
    return Answer(work=_arranged(debugger, arranged, lambda: setattr(arranged, "sort", rest)))


def sort_by(debugger: Debugger, rest: str) -> Answer:
    """Sort by the column of that title; by it already, turn the order around."""
    arranged = _table(debugger)
    if rest not in arranged.table.columns:
        raise Refused(f"there is no column {rest}: they are {', '.join(arranged.table.columns)}")
    field = arranged.table.columns[rest]
    field = field if field in arranged.table.fields else ""
    return invert(debugger, "") if field == arranged.sort else sort(debugger, field or "none")


def invert(debugger: Debugger, rest: str) -> Answer:
    """Turn the order of the rows around."""
    arranged = _table(debugger)
    return Answer(work=_arranged(debugger, arranged, lambda: setattr(arranged, "inverted", not arranged.inverted)))


def rearrange(debugger: Debugger, rest: str) -> Answer:
    """Arrange the rows again, where what they are arranged by is another at this step."""
    arranged = debugger.table()
    scene = debugger.scene()
    if arranged is None or not arranged.stale(scene):
        return DONE
    return Answer(work=_arranged(debugger, arranged, lambda: None, quiet=True))


def _arranged(debugger: Debugger, arranged: Arranged, change: Callable[[], None], quiet: bool = False) -> Work:
    """Arrange the rows anew; stopped on the way, they stay as they were."""
    before = arranged.filter, arranged.sort, arranged.inverted
    change()
    work: Iterator[str] = arranged.arrange(debugger.scene())
    try:
        yield from work
    except GeneratorExit:
        arranged.filter, arranged.sort, arranged.inverted = before
        raise
    debugger.look += 1
    if quiet:
        return DONE
    if arranged.filter is None and not arranged.sort:
        return Answer(f"all {count(len(arranged), arranged.table.noun)}")
    return Answer(f"{arranged.told()} {arranged.table.noun}s")


def _fields(debugger: Debugger, begun: str) -> list[str]:
    arranged = debugger.table()
    names = list(arranged.table.fields) if arranged is not None else []
    lead, _, word = begun.rpartition(" ")
    lead = f"{lead} " if lead else ""
    return [f"{lead}{'!' * word.startswith('!')}{name}:" for name in names if name.startswith(word.removeprefix("!"))]


FINDING: tuple[Command[Debugger], ...] = (
    Command("find", "text, x\"10 ?? 80\", u32=, leb=, sym:, type:", find, "PATTERN", ("/",)),
    Command("find-next", "next match", again(True), "", (".",)),
    Command("find-back", "previous match", again(False), "", (",",)),
    Command("find-clear", "look for nothing any more", clear),
    Command("filter", "rows that hold: kind:func !file:libc.a size:>9", filter_rows, "[FILTER]", ("\\",), _fields),
    Command("sort", "by the next column, or by a field", sort, "[FIELD]", (),
            lambda debugger, begun: [one.removesuffix(":") for one in _fields(debugger, begun)]),
    Command("sort-by", "by a column; again: turned around", sort_by, "TITLE", (),
            lambda debugger, begun: arranged.table.columns if (arranged := debugger.table()) is not None else ()),
    Command("invert", "turn the order of the rows around", invert, "", ("I",)),
    Command("rearrange", "filter and sort again at this step", rearrange),
)  # fmt: skip
