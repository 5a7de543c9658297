"""Commands that show something as text: panes, values. They move nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wasmscope.debugger.aside import aside
from wasmscope.debugger.commands.command import Answer, Command, Refused, Work, number_in
from wasmscope.debugger.commands.finding import brought_up
from wasmscope.debugger.covered import Unknown
from wasmscope.debugger.cursor import Place, at_thing
from wasmscope.debugger.goto import find_place
from wasmscope.debugger.lines import Line
from wasmscope.debugger.panes.facts import facts
from wasmscope.debugger.panes.listed import PANES, here_lines
from wasmscope.debugger.panes.pane import Pane
from wasmscope.debugger.panes.status import step_lines
from wasmscope.debugger.scene import Scene
from wasmscope.debugger.session import Debugger
from wasmscope.debugger.watches import is_value, watched
from wasmscope.explain.lessons import Lesson, lessons
from wasmscope.explain.naming import type_title


def show(debugger: Debugger, rest: str) -> Answer:
    """`show PANE [COUNT [FROM]]`: see `pane_shown`; a table as it is filtered and sorted, at this step."""
    return Answer(work=_showing(debugger, rest))


def _showing(debugger: Debugger, rest: str) -> Work:
    name = pane_named(PANES, rest.split()[0]).table if rest else ""
    yield from brought_up(debugger, name)
    scene = debugger.scene()
    return (yield from aside(f"looking at {rest}", lambda: pane_shown(PANES, scene, rest), len(scene.steps)))


def pane_shown(panes: Mapping[str, Pane], scene: Any, rest: str) -> Answer:
    """`PANE [COUNT [FROM]]` of `panes`: COUNT rows ("all": every one), around what is looked at or from row FROM
    (counted from 0); without PANE, what there is. Raises Refused."""
    if not rest:
        return Answer("", [[(f"show {name:<12}", "op"), (pane.about, "")] for name, pane in panes.items()])
    name, *words = rest.split()
    rows = pane_named(panes, name).rows(scene)
    count = rows.total if words[:1] == ["all"] else max(1, number_in(words[0] if words else "", rows.page))
    before = count // 2 if rows.centred else 0
    start = number_in(words[1]) if len(words) > 1 else max(0, min(rows.at - before, rows.total - count))
    end = min(rows.total, start + count)
    if not 0 <= start < max(1, rows.total):
        raise Refused(f"there is no row {start}: there are {rows.total:,}")
    whole = end - start == rows.total
    notice = "" if whole else f"rows {start:,} to {end - 1:,} of {rows.told or f'{rows.total:,}'}"
    again = f"show {name} {count} {end}" if end < rows.total else ""
    nothing = "nothing" if not rows.total and not rows.told else ""
    return Answer(notice or rows.told or nothing, rows.lines(start, end), again=again)


def pane_named(panes: Mapping[str, Pane], name: str) -> Pane:
    """The pane called `name`, or the only one whose name begins so; raises Refused."""
    by_name = {one: pane for main, pane in panes.items() for one in (main, *pane.aliases)}
    if name in by_name:
        return by_name[name]
    begun = [one for one in panes if one.startswith(name)]
    if len(begun) != 1:
        raise Refused(f"there is no pane {name}: they are {', '.join(begun or panes)}")
    return panes[begun[0]]


def _panes(debugger: Debugger, begun: str) -> Iterable[str]:
    return PANES


def shown(pane: str) -> Callable[[Debugger, str], Answer]:
    """A command that shows one pane."""
    return lambda debugger, rest: show(debugger, f"{pane} {rest}".strip())


def listing(debugger: Debugger, rest: str) -> Answer:
    """`list [COUNT [FROM]]`: lines of code around the relocation, as gdb's."""
    return show(debugger, f"code {rest}")


def where(debugger: Debugger, rest: str) -> Answer:
    """The step, and what is looked at."""
    scene = debugger.scene()
    return Answer("", [*step_lines(scene), *here_lines(scene)])


def print_value(debugger: Debugger, rest: str) -> Answer:
    """`print [THING] [FIELD]`: a value of what is looked at, or of what THING names; without FIELD all of them."""
    scene = debugger.scene()
    if is_value(rest):
        return _watched(debugger, rest)
    key = _key(scene, debugger.place, rest)
    if key:
        return _value(scene, debugger.place, rest)
    found = find_place(debugger.steps, debugger.place, rest) if rest else debugger.place
    if isinstance(found, Place):
        return Answer("", here_lines(Scene(debugger.opened, _at(debugger, found))))
    name, _, field = rest.replace(" ", ".").rpartition(".")
    found = find_place(debugger.steps, debugger.place, name) if name else found
    if isinstance(found, str):
        raise Refused(found if name else f"{found}, and this has {_known(scene, debugger.place)}")
    return _value(scene, _at(debugger, found), field)


def _watched(debugger: Debugger, rest: str) -> Answer:
    """A value that is no fact of a thing: bytes, a count."""
    try:
        value = watched(debugger.opened, rest).read(debugger.place.step)[""]
    except Unknown as error:
        raise Refused(str(error)) from None
    return Answer("", [[(f"{rest} = ", "dim"), (value, "")]])


def explain(debugger: Debugger, rest: str) -> Answer:
    """What a phase or a relocation type is for; without a name, what is looked at and the phase of the step."""
    known = lessons()
    if rest:
        wanted = [name for name in known if rest.lower() in name.lower()]
        wanted = [rest] if rest in known else wanted
        if not wanted:
            raise Refused(f"there is no lesson about {rest}: the phases and the relocation types have one")
    else:
        wanted = [debugger.steps[debugger.place.step].phase]
        mention = debugger.place.relocation
        if mention is not None and mention.atom.relocs is not None:
            wanted.insert(0, type_title(mention.atom.relocs.types[mention.row]))
    return Answer("", [line for name in wanted if name in known for line in _lesson(known[name])])


def _lesson(one: Lesson) -> list[Line]:
    return [[(one.title, "name")], [(f"  {one.what}", "")], [(f"  {one.why}", "")], [(f"  see {one.anchor}", "dim")]]


def _at(debugger: Debugger, found: Place) -> Place:
    """The thing of `found` seen from this step."""
    return at_thing(debugger.steps, debugger.place, found.thing)


def _key(scene: Scene, place: Place, field: str) -> bool:
    return any(one.key == field for one in facts(scene.now, place.thing))


def _known(scene: Scene, place: Place) -> str:
    return ", ".join(one.key for one in facts(scene.now, place.thing)) or "no fields"


def _value(scene: Scene, place: Place, field: str) -> Answer:
    for one in facts(scene.now, place.thing):
        if one.key == field:
            return Answer("", [[(f"{field} = ", "dim"), (scene.naming.words(one.value), "")]])
    raise Refused(f"it has no {field}: it has {_known(scene, place)}")


def _fields(debugger: Debugger, begun: str) -> Iterable[str]:
    resolve = debugger.link.resolve
    names = [name for name in resolve.by_name if name.startswith(begun)][:200] if resolve is not None else []
    return [one.key for one in facts(debugger.scene().now, debugger.place.thing)] + names


LOOKING: tuple[Command[Debugger], ...] = (
    Command("show", "a pane as text", show, "PANE [COUNT|all [FROM]]", ("info", "i"), _panes),
    Command("list", "code around the relocation", listing, "[COUNT [FROM]]", ("l",)),
    Command("print", "a value of what is looked at, or of a thing", print_value, "[THING] [FIELD]", ("p",), _fields),
    Command("explain", "what a phase or a relocation type is for: this one, or a named one", explain, "[NAME]",
            ("explain-this", "what"), lambda debugger, begun: lessons()),
    Command("where", "the step, and what is looked at", where),
)
