"""Filters with fields: `kind:func bind:weak !file:libc.a name:/^mem/ size:>100 changed:yes main` (`GRAMMAR`)."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import translate
from typing import NamedTuple

from wasmscope.debugger.fields import Field, Table, Value
from wasmscope.debugger.scene import Scene

GRAMMAR = """\
WORD                 rows with a name that it is part of; small letters find capital ones, too
FIELD:VALUE          rows whose field is so; Tab lists the fields of the table in sight
!FIELD:VALUE !WORD   rows of which that is not so
VALUE                the beginning of a word; a part of a name, or the whole of it with * and ?; yes or no
/EXPRESSION/         a regular expression, found in a name
>100 <=0x20 100      a number that is so
VALUE,VALUE          either; words that stand side by side must all hold
"""
"""For a reader: what may be typed, and what it means."""
Test = Callable[[Value], bool]
PIECE = 64
"""Rows looked at in one piece of work."""
REMEMBERED = 1 << 15
"""Answers of a term kept at once."""
ORDERS: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq,
}  # fmt: skip
WORD = re.compile(r'\s*((?:[^\s"/]|"[^"]*"|/(?:[^/\\]|\\.)*/|/)+)')
PARTS = re.compile(r"[/()]")


class BadFilter(Exception):
    """A filter that cannot be understood; the text says why, and what could be said instead."""


class Term(NamedTuple):
    """One word of a filter."""

    name: str
    """The field's; "" of a word."""
    field: Field | None
    """None: the row's text."""
    test: Test
    wanted: bool
    """False: behind a `!`."""


class Filter(NamedTuple):
    """A filter that was understood."""

    text: str
    terms: tuple[Term, ...]

    @property
    def moves(self) -> bool:
        """Whether it accepts other rows at another step."""
        return any(one.field is not None and one.field.moves for one in self.terms)

    def sifted(self, scene: Scene, table: Table) -> Iterator[tuple[Sequence[int], int]]:
        """The rows of `table` that are to be shown at the moment of `scene`, in small pieces: those among the next few,
        and how many have been looked at by then. What is quick to tell is asked first."""
        asked = [(one, _asked(one, scene, table)) for one in sorted(self.terms, key=_cost)]
        for rows, known in table.parts():
            if any(one.name in known and one.test(known[one.name]) is not one.wanted for one in self.terms):
                yield (), rows.stop
                continue
            left = [holds for one, holds in asked if one.name not in known]
            for first in range(rows.start, rows.stop, PIECE):
                piece = range(first, min(first + PIECE, rows.stop))
                found: Sequence[int] = piece
                for holds in left:
                    found = [row for row in found if holds(row)]
                yield found, piece.stop


def _cost(term: Term) -> int:
    if term.field is None or term.field.dear:
        return 2
    return 0 if term.field.source is not None else 1


def _asked(term: Term, scene: Scene, table: Table) -> Callable[[int], bool]:
    """Whether a term holds of a row; of rows whose field is read from the same it is found out once."""
    field, test, wanted = term.field, term.test, term.wanted
    if field is None:
        return lambda row: test(table.text(row)) is wanted
    get, source = field.get, field.source
    if source is None:
        return lambda row: test(get(scene, table.thing(row))) is wanted
    known: dict[int, bool] = {}
    kept: list[object] = []

    def holds(row: int) -> bool:
        read = source(scene, table.thing(row))
        found = known.get(id(read))
        if found is None:
            if len(kept) == REMEMBERED:  # a larger table takes long to grow, and to forget
                known.clear()
                kept.clear()
            kept.append(read)  # so that its identity stays its own
            found = known[id(read)] = test(get(scene, read)) is wanted
        return found

    return holds


def parse(text: str, fields: Mapping[str, Field]) -> Filter:
    """The filter that `text` says for a table with these fields. Raises BadFilter."""
    return Filter(text.strip(), tuple(_term(word, fields) for word in WORD.findall(text)))


def _term(word: str, fields: Mapping[str, Field]) -> Term:
    wanted = not word.startswith("!")
    name, colon, value = word.removeprefix("!").partition(":")
    if not colon or not name.isidentifier() or value.startswith(":"):  # a name like std::vector is text
        return Term("", None, _name(word.removeprefix("!")), wanted)
    if name not in fields:
        raise BadFilter(f"there is no field {name}: they are {', '.join(fields)}")
    if not value:
        raise BadFilter(f"{name}: wants a value: {fields[name].about}")
    tests = [_TESTS[fields[name].kind](one) for one in _either(value)]
    test = tests[0] if len(tests) == 1 else lambda found: any(one(found) for one in tests)
    return Term(name, fields[name], test, wanted)


def _either(value: str) -> list[str]:
    return [value] if value.startswith("/") else [one for one in value.split(",") if one]


def _regex(value: str) -> re.Pattern[str]:
    pattern = value[1:-1] if len(value) > 1 and value.endswith("/") else value[1:]
    try:
        return re.compile(pattern, _flags(pattern))
    except re.error as error:
        raise BadFilter(f"{value} is no regular expression: {error}") from None


def _flags(text: str) -> int:
    return re.IGNORECASE * (text == text.lower())


def _word(value: str) -> Test:
    if value.startswith("/"):
        return _name(value)
    whole = re.compile(translate(value if _is_glob(value) else f"{value}*"), _flags(value))
    return lambda found: whole.match(str(found)) is not None


def _is_glob(value: str) -> bool:
    return "*" in value or "?" in value


def _name(value: str) -> Test:
    if value.startswith("/"):
        searched = _regex(value)
        return lambda found: searched.search(str(found)) is not None
    value = value.replace('"', "")
    if _is_glob(value):
        whole = re.compile(translate(value), _flags(value))
        return lambda found: any(map(whole.match, str(found).split("\n")))
    part = re.compile(re.escape(value), _flags(value))
    return lambda found: part.search(str(found)) is not None


def _file(value: str) -> Test:
    """A file by its name, the end of its path, its archive or its member's name."""
    if value.startswith("/"):
        return _name(value)
    whole = re.compile(translate(value), _flags(value))

    def test(found: Value) -> bool:
        name = str(found)
        return name.endswith(f"/{value}") or any(map(whole.match, (name, *PARTS.split(name))))

    return test


def _number(value: str) -> Test:
    sign = next((one for one in ORDERS if value.startswith(one)), "")
    try:
        number = int(value.removeprefix(sign), 0)
    except ValueError:
        raise BadFilter(f"a number was expected, as in >100 or 0x20, not {value}") from None
    compare = ORDERS[sign or "="]
    return lambda found: isinstance(found, int) and compare(found, number)


def _yes(value: str) -> Test:
    if value not in ("yes", "no"):
        raise BadFilter(f"yes or no was expected, not {value}")
    return lambda found: found is (value == "yes")


_TESTS: dict[str, Callable[[str], Test]] = {
    "word": _word, "name": _name, "file": _file, "number": _number, "yes": _yes,
}  # fmt: skip
