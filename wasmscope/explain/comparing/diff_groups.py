"""The kinds of things that two modules are compared by: for each, what is on both sides, which is which, and what
makes two of them different. `GROUPS` is the list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from wasmscope.explain.comparing.alignment import in_order, same_keys
from wasmscope.explain.comparing.compared import Compared, Matching, named, plain, same_names
from wasmscope.explain.comparing.diff_objects import comdats, constructors, relocations, symbols
from wasmscope.explain.comparing.partners import pair
from wasmscope.explain.comparing.renumbering import SAME, Verdict, unsigned
from wasmscope.explain.comparing.things import NONE, Side, Thing
from wasmscope.format.expr import ConstExpr
from wasmscope.format.types import GLOBAL, KIND_NAMES, kind_name


class Group(NamedTuple):
    """A kind of thing."""

    name: str
    match: Callable[[Compared], Matching]
    noun: str = ""
    """One of them, if that is not the name without its "s"."""


# --- named lists ------------------------------------------------------------------------------------------------


def _imports(side: Side) -> list[Thing]:
    module = side.module
    found = []
    for one, (start, end) in zip(module.imports, module.imports.spans, strict=False):
        desc = side.type(one.desc) if isinstance(one.desc, int) else str(one.desc)
        name = f"{one.module}.{one.name}"
        found.append(Thing(NONE, name, start, end, f"{KIND_NAMES[one.kind]} {desc}", size=end - start))
    return found


def _producers(side: Side) -> list[Thing]:
    return [
        Thing(NONE, f"{field.name} {one.name}", -1, -1, one.version)
        for field in side.module.producers or ()
        for one in field.values
    ]


def _features(side: Side) -> list[Thing]:
    return [Thing(NONE, one.name, -1, -1, one.prefix) for one in side.module.features or ()]


def _sections(compared: Compared) -> Matching:
    """Sections by name; what is in them is told by the other kinds."""
    a, b = (
        [Thing(NONE, one.name, one.start, one.end, size=one.end - one.start) for one in side.module.sections]
        for side in (compared.a, compared.b)
    )
    to = same_names(a, b)
    kept = in_order(to)
    away = {a[position].start for position, other in enumerate(to) if other >= 0 and position not in kept}
    return Matching(a, b, to, lambda one, other: ("moved", ("in another place",)) if one.start in away else SAME)


# --- index spaces -----------------------------------------------------------------------------------------------


def _types(compared: Compared) -> Matching:
    return Matching(compared.a.types, compared.b.types, compared.pairing.types, plain)


def _functions(compared: Compared) -> Matching:
    functions = compared.functions
    return _space(compared, "function", functions.compare)._replace(settle=functions.settle)


def _space(compared: Compared, space: str, compare: Callable[[Thing, Thing], Verdict]) -> Matching:
    things, others, to = compared.a.things[space], compared.b.things[space], compared.pairing.spaces[space]
    return Matching(things, others, to, compare, renames=not compared.pairing.stripped)


def _plain_space(space: str) -> Callable[[Compared], Matching]:
    return lambda compared: _space(compared, space, plain)


def _globals(compared: Compared) -> Matching:
    def compare(one: Thing, other: Thing) -> Verdict:
        verdict = plain(one, other)
        inits = [_own_init(side, thing) for side, thing in ((compared.a, one), (compared.b, other))]
        return verdict if verdict[0] else expressions(compared, inits[0], inits[1], "starts as")

    return _space(compared, "global", compare)


def _own_init(side: Side, thing: Thing) -> ConstExpr | None:
    own = thing.number - side.module.num_imported(GLOBAL)
    return side.module.globals[own].init if 0 <= own < len(side.module.globals) else None


def expressions(compared: Compared, one: ConstExpr | None, other: ConstExpr | None, words: str) -> Verdict:
    """Two constant expressions."""
    if one == other:
        return SAME
    if one is None or other is None or [it.opcode for it in one] != [it.opcode for it in other]:
        return "changed", (f"{words} {_shown(one)} → {_shown(other)}",)
    for mine, theirs in zip(one, other, strict=True):
        if mine.args != theirs.args and not _same_args(compared, mine.opcode, mine.args, theirs.args):
            return "changed", (f"{words} {_shown(one)} → {_shown(other)}",)
    return "moved", (f"{words} {_shown(one)} → {_shown(other)}",)


def _same_args(compared: Compared, opcode: str, one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    space = {"ref.func": "function", "global.get": "global"}.get(opcode)
    if space is not None:
        return compared.numbers.number(space, one[0]) == other[0]
    if opcode in ("i32.const", "i64.const"):
        known = compared.numbers.constant(one[0], other[0], False)
        return known in ("", "moved") or compared.numbers.addresses.may_be(unsigned(one[0]), unsigned(other[0]))
    return False


def _shown(expr: ConstExpr | None) -> str:
    return "; ".join(map(str, (expr or ())[:-1])) or "nothing"


# --- what refers to them ----------------------------------------------------------------------------------------


def _exports(compared: Compared) -> Matching:
    a, b = _export_things(compared.a), _export_things(compared.b)

    def compare(one: Thing, other: Thing) -> Verdict:
        if one.what == other.what and compared.numbers.number(one.what, one.number) == other.number:
            return SAME
        was, now = compared.a.title(one.what, one.number), compared.b.title(other.what, other.number)
        return "changed", (f"{one.what} {was} → {other.what} {now}",)

    return Matching(a, b, same_names(a, b), compare)


def _export_things(side: Side) -> list[Thing]:
    """Exports, each with the number of what it exports."""
    exports = side.module.exports
    return [
        Thing(one.index, one.name, start, end, kind_name(one.kind), size=end - start)
        for one, (start, end) in zip(exports, exports.spans, strict=False)
    ]


def _start(compared: Compared) -> Matching:
    sides = []
    for side in (compared.a, compared.b):
        number = side.module.start
        found = side.section_named("start")
        span = (found.start, found.end) if found is not None else (-1, -1)
        what = "" if number is None else side.title("function", number)
        sides.append([] if number is None else [Thing(NONE, "start", *span, what)])

    def compare(one: Thing, other: Thing) -> Verdict:
        mine, theirs = compared.a.module.start, compared.b.module.start
        if mine is not None and compared.numbers.number("function", mine) == theirs:
            return SAME if mine == theirs else ("moved", ())
        return "changed", (f"{one.what} → {other.what}",)

    return Matching(sides[0], sides[1], [0] if all(sides) else [-1] * len(sides[0]), compare)


def _slots(compared: Compared) -> Matching:
    """Table slots, each by the function in it."""
    pairs = compared.a.table_contents(), compared.b.table_contents()
    a, b = [
        [Thing(slot, side.names["function"].get(number, ""), -1, -1) for slot, number in contents]
        for side, contents in zip((compared.a, compared.b), pairs, strict=True)
    ]
    partners = (compared.numbers.number("function", number) for _, number in pairs[0])
    to = same_keys(partners, (number for _, number in pairs[1]))
    return Matching(a, b, to, lambda one, other: SAME)


def _elements(compared: Compared) -> Matching:
    a, b = _element_things(compared.a), _element_things(compared.b)
    return Matching(a, b, pair(a, b, (_by_words, _by_words)), plain)


def _by_words(one: Thing) -> tuple[str, int]:
    return one.what, 0


def _element_things(side: Side) -> list[Thing]:
    """Element segments, but for what is in them: that is in the slots."""
    elements, names = side.module.elements, side.names["element"]
    found = []
    for number, (one, span) in enumerate(zip(elements, elements.spans, strict=False)):
        what = f"flags {one.flags}, table {one.table}, starts at {_shown(one.offset)}"
        found.append(Thing(number, names.get(number, ""), *span, what, size=span[1] - span[0]))
    return found


# --- data and customs -------------------------------------------------------------------------------------------


def _data(compared: Compared) -> Matching:
    pieces, others, to = compared.a.pieces, compared.b.pieces, compared.pairing.pieces
    return Matching(pieces, others, to, compared.data.compare, renames=not compared.pairing.stripped)


def _module_name(side: Side) -> list[Thing]:
    name = side.module.names.module if side.module.names is not None else None
    return [] if name is None else [Thing(NONE, "module", -1, -1, name)]


def _customs(compared: Compared) -> Matching:
    """Custom sections that no other kind is about."""
    a, b = [
        [
            Thing(NONE, one.name, one.contents, one.end, size=one.end - one.start)
            for one in side.module.customs
            if one.name not in TOLD and not one.name.startswith("reloc.")
        ]
        for side in (compared.a, compared.b)
    ]
    return Matching(a, b, same_names(a, b), compared.data.contents)


TOLD = frozenset(("name", "linking", "producers", "target_features"))
"""Custom sections whose contents are things of other kinds."""


GROUPS = (
    Group("sections", _sections),
    Group("types", _types),
    Group("imports", named(_imports)),
    Group("functions", _functions),
    Group("tables", _plain_space("table")),
    Group("memories", _plain_space("memory"), "memory"),
    Group("tags", _plain_space("tag")),
    Group("globals", _globals),
    Group("exports", _exports),
    Group("start", _start),
    Group("slots", _slots),
    Group("elements", _elements),
    Group("data", _data),
    Group("symbols", symbols),
    Group("comdats", named(comdats)),
    Group("constructors", named(constructors)),
    Group("relocations", named(relocations)),
    Group("custom sections", _customs),
    Group("module name", named(_module_name)),
    Group("producers", named(_producers)),
    Group("features", named(_features)),
)
ONE = {group.name: group.noun or group.name.removesuffix("s") for group in GROUPS}
"""What one thing of a kind is called, by the kind's name."""
