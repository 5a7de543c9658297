"""Watches: values of a link that are followed through time, each by the words that name it (`GRAMMAR`).

A value is read at a step, and changes only with steps that touch what it is about; so who changed it last is found
among those alone.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from wasmscope.debugger.covered import ALIASES, Unknown, atom_named, parsed_range, relocation_of_atom
from wasmscope.debugger.cursor import Place
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.bytes_source import OutputBytes
from wasmscope.debugger.panes.facts import UNSET, Change, facts
from wasmscope.debugger.scene import Scene
from wasmscope.explain.find import find_exactly
from wasmscope.explain.named_bytes import NUMBER
from wasmscope.explain.reasons.terms import slot_terms, start_term, value_terms
from wasmscope.explain.state import State
from wasmscope.explain.steps import Steps
from wasmscope.explain.symbol_counts import Counts, SymbolCounts, symbol_counts
from wasmscope.explain.writers import memory_at, memory_writers, output_changers
from wasmscope.link.chain import Chain
from wasmscope.link.model import Atom, Entity, ObjectFile, Segment, Symbol

GRAMMAR = """\
greet · counter.address · atom:12.offset · r5.bytes  all that is known of a thing, or one fact
atom:main.o:_start#1 · reloc 0 of _start             of several that are called so the first; by its number in an atom
chain:code · chain:code.next                         a chain: code, a segment, a custom section
undefined · symbols                                  how many symbols are undefined (not those that may be: weak,
                                                     imported, tolerated by an option), how many have been met
out 0x40..0x44 · out:0x40                            bytes of the output
mem 0x10014..0x10018 · mem:0x10014                   bytes of linear memory
undefined == 0 · counter.address >= 0x10000          whether one of these is so: == != < > <= >=
"""
"""For a reader: what may be typed, and what it means."""
CONDITION = re.compile(r"(.+?) (==|!=|<=|>=|<|>) (.+)")
"""Its signs stand between blanks: names of C++ have them, too."""
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "==": eq, "!=": ne, "<": lt, ">": gt, "<=": le, ">=": ge,
}  # fmt: skip
MOST = 256
"""Bytes that one watch may have."""
Reading = dict[str, str]
"""Names and values; one value alone has the name ""."""


class Watched:
    """What the words of a watch mean in one link. What a step made of it is looked up once."""

    def __init__(self, steps: Sequence[int], read: Callable[[int], Reading], thing: object = None) -> None:
        self.steps = steps
        """The steps, in order, that may change it: it changes with no other."""
        self.read = read
        """Its value after so many steps."""
        self.thing = thing
        self._changes: dict[int, list[Change]] = {}

    def changes(self, step: int) -> list[Change]:
        """What step `step` made of it."""
        if step < 1 or not self._may_change(step):
            return []
        if step not in self._changes:
            self._changes[step] = self._compare(step)
        return self._changes[step]

    def _compare(self, step: int) -> list[Change]:
        before, now = self.read(step - 1), self.read(step)
        keys = dict.fromkeys((*now, *before))
        read = [(key, before.get(key, UNSET), now.get(key, UNSET)) for key in keys]
        return [Change(key, old, new) for key, old, new in read if old != new]

    def _may_change(self, step: int) -> bool:
        at = bisect_left(self.steps, step)
        return at < len(self.steps) and self.steps[at] == step

    def next_change(self, at: int, until: int) -> int | None:
        """The first step after `at`, and not after `until`, that changes it."""
        first, end = bisect_right(self.steps, at), bisect_right(self.steps, until)
        return next((self.steps[i] for i in range(first, end) if self.changes(self.steps[i])), None)

    def last_change(self, before: int, until: int = 0) -> int | None:
        """The last step before `before`, and not before `until`, that changed it."""
        first, end = bisect_left(self.steps, until), bisect_left(self.steps, before)
        return next((self.steps[i] for i in reversed(range(first, end)) if self.changes(self.steps[i])), None)


def worded(text: str) -> str:
    """`text` with its words one blank apart; of bytes as `out 0x40`, also where it has a colon as a place has."""
    return re.sub(r"^(out|output|mem|memory):(?=\d)", r"\1 ", " ".join(text.split()))


def watched(opened: Opened, text: str) -> Watched:
    """What `text` follows in a link; raises Unknown if it names nothing there."""
    text = worded(text)
    try:
        return _value(opened, text)
    except Unknown:
        compared = CONDITION.fullmatch(text)
        if compared is None:
            raise
    return _condition(_value(opened, compared[1]), compared[2], compared[3])


def _value(opened: Opened, text: str) -> Watched:
    word, _, rest = text.partition(" ")
    kind = ALIASES.get(word, word)
    if kind in ("out", "mem") and rest:
        return bytes_watched(opened, kind, *parsed_range(rest))
    if text in _COUNTS:
        return _count(opened.steps, text)
    thing = _named(opened.steps, text)
    if thing is not None:
        return _thing(opened.steps, thing, "")
    name, dot, field = text.rpartition(".")
    thing = _named(opened.steps, name) if dot else None
    if thing is None:
        raise Unknown(f"nothing is called {text}")
    return _thing(opened.steps, thing, field)


def is_value(text: str) -> bool:
    """Whether `text` names a value that is no fact of a thing: bytes, a count."""
    word, _, rest = worded(text).partition(" ")
    return text in _COUNTS or (bool(rest) and ALIASES.get(word, word) in ("out", "mem"))


# --- things -----------------------------------------------------------------------------------------------------


def _named(found: Steps, text: str) -> object:
    """The thing of that name, or None."""
    kind, colon, name = text.partition(":")
    if colon and kind == "chain":
        return next((one for one in chains_of(found) if one.name == name), None)
    named = re.fullmatch(r"atom[: ](.+)", text)
    if named is not None and (atom := atom_named(found, named[1])) is not None:
        return atom
    if kind.startswith(("reloc ", "relocation ")) and (mention := relocation_of_atom(found, text.partition(" ")[2])):
        return mention
    match = re.fullmatch(rf"(?:r|reloc |relocation )({NUMBER})", text)
    if match is not None and found.link.relocate is not None and int(match[1], 0) < found.link.relocate.first[-1]:
        return found.places.relocation_at(int(match[1], 0))
    meant = [one for one in find_exactly(found.link, text) if one.kind != "step"]
    return meant[0].thing if meant else None


def chains_of(found: Steps) -> Iterator[Chain[Atom]]:
    """The chains of a link: code, segments, custom sections."""
    link = found.link
    if link.index is not None:
        yield link.index.code
    if link.layout is not None:
        yield from (one.chain for one in link.layout.segments)
        yield from (one.chain for one in link.layout.customs)


def _thing(found: Steps, thing: object, field: str) -> Watched:
    """All facts about a thing, or one: of a symbol also those of the atom that it stands for."""
    if not field:
        return Watched(touching(found, thing), lambda step: _reading(found, thing, step), thing)
    target = thing.target if isinstance(thing, Symbol) else None
    for one in (thing, target):
        if field in _fields(found, one):
            return _fact(found, one, field)
    known = ", ".join(dict.fromkeys((*_fields(found, thing), *_fields(found, target))))
    raise Unknown(f"it has no {field}; it has {known}" if known else "nothing is known of that that could change")


def _fact(found: Steps, thing: object, field: str) -> Watched:
    steps = touching(found, thing)
    if isinstance(thing, Atom) and field != "patched":
        steps = [step for step in steps if not found.ends[5] < step <= found.ends[6]]
    if isinstance(thing, Segment) and field == "address":
        steps = [found.number("layout", found.places.segment_row[thing])] if thing in found.places.segment_row else []
    return Watched(steps, lambda step: {"": _reading(found, thing, step).get(field, UNSET)}, thing)


def _reading(found: Steps, thing: object, step: int) -> Reading:
    return {fact.key: fact.value for fact in facts(State(found, step), thing)}


def _fields(found: Steps, thing: object) -> Reading:
    """The names of all facts about a thing, as they are in the end."""
    return _reading(found, thing, 0) | _reading(found, thing, len(found))


def touching(found: Steps, thing: object) -> list[int]:
    """The steps, in order, that may change a fact about a thing: the rows about it, and those that fix what its
    numbers are made of; of a symbol, not the relocations that name it."""
    if isinstance(thing, Chain):
        phase = "index" if found.link.index is not None and thing is found.link.index.code else "layout"
        return [found.number(phase, row) for row in found.places.placed_rows.get(id(thing), ())]
    if isinstance(thing, Symbol):
        numbers = set(found.of_symbol_itself(thing))
        terms = (*value_terms(found, thing), *slot_terms(found, thing))
        return sorted(numbers | {term.step for term in terms if term.step})
    if isinstance(thing, ObjectFile):
        return _joining(found, thing)
    numbers = set(found.of(thing))
    if isinstance(thing, Atom):
        numbers |= _next_place(found, thing)
    start = start_term(found, thing) if isinstance(thing, Entity) else None
    if start is not None:
        numbers.add(start.step)
    return sorted(numbers)


def _joining(found: Steps, file: ObjectFile) -> list[int]:
    """The steps that read a file and that make it a part of the link."""
    rows = found.symbols
    steps = [found.number("load", rows.load_first[rows.files[file]])] if file in rows.files else []
    return [*steps, found.number("resolve", rows.joined[file])] if file in rows.joined else steps


def _next_place(found: Steps, atom: Atom) -> set[int]:
    """The step that gives an atom's place in its chain its `next`."""
    link = found.link
    if atom.kind == "function":
        placed = link.index.code.places.get(atom) if link.index is not None else None
    else:
        placed = found.places.placed[atom][1] if atom in found.places.placed else None
    if placed is None or placed.next is None:
        return set()
    after = placed.next.item
    if atom.kind == "function":
        row = found.places.number_row("function", after)
        return {found.number("index", row)} if row is not None else set()
    return {found.number("layout", found.places.placed[after][0])}


# --- conditions --------------------------------------------------------------------------------------------------


def _condition(value: Watched, sign: str, wanted: str) -> Watched:
    """Whether a value stands to `wanted` as `sign` says: numbers as numbers, else as text; while there is none, not."""
    holds = COMPARED[sign]

    def read(step: int) -> Reading:
        now = value.read(step)
        text = now[""] if list(now) == [""] else ""
        one, other = _number(text), _number(wanted)
        if one is None or other is None:
            so = sign in ("==", "!=") and text not in ("", UNSET) and holds(text, wanted)
        else:
            so = holds(one, other)
        return {"": "yes" if so else "no"}

    if list(value.read(0)) != [""]:
        raise Unknown("one value can be compared, not all that is known of a thing: NAME.FIELD == VALUE")
    return Watched(_turning(value.steps, read), read, value.thing)


def _turning(steps: Sequence[int], read: Callable[[int], Reading]) -> list[int]:
    """Those of `steps` that change what is read: few, of a condition on a value that changes often."""
    last, found = read(0), []
    for step in steps:
        now = read(step)
        if now != last:
            found.append(step)
        last = now
    return found


def _number(text: str) -> int | None:
    try:
        return int(text.replace(",", ""), 0)
    except ValueError:
        return None


# --- counts and bytes -------------------------------------------------------------------------------------------


_COUNTS: dict[str, Callable[[SymbolCounts], Counts]] = {
    "undefined": lambda found: found.undefined,
    "symbols": lambda found: found.met,
}


def _count(found: Steps, name: str) -> Watched:
    counts = _COUNTS[name](symbol_counts(found))
    return Watched(counts.steps, lambda step: {"": f"{counts.at(step):,}"})


def bytes_watched(opened: Opened, kind: str, start: int, end: int) -> Watched:
    """Bytes `start` to `end` of the output ("out") or of linear memory ("mem"); raises Unknown if it has no such."""
    if end - start > MOST:
        raise Unknown(f"at most {MOST} bytes can be watched at once")
    found = opened.steps
    if kind == "mem":
        steps = memory_writers(found, start, end)
        if not steps:
            raise Unknown(f"the link puts nothing at {start:#x}..{end:#x}")
        return Watched(steps, lambda step: {"": bytes_text(memory_at(State(found, step), start, end))})
    size = len(found.link.emit.data) if found.link.emit is not None else 0
    if end > size:
        raise Unknown(f"the output has no byte {end - 1:#x}: it ends at {size:#x}")

    def read(step: int) -> Reading:
        return {"": bytes_text(OutputBytes(Scene(opened, Place(step=step))).known(start, end))}

    return Watched(output_changers(found, start, end), read)


def bytes_text(values: Sequence[int | None]) -> str:
    """Bytes in hexadecimal, `··` for those that are not there."""
    return " ".join(2 * UNSET if one is None else f"{one:02x}" for one in values)
