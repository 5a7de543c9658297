"""Names that are longer than their room, cut so that they can still be told apart.

A name of C++ or Rust says most at its end: what is in its brackets goes first, the innermost first, and of what is left
the middle. `std::__1::vector<int, std::__1::allocator<int>>::push_back[abi:ne220108](int&&)` is
`std::vector<…>::push_back(…)`: what says of which version of the library it is goes before all else.
Of parameters as much stays as there is room for: functions of one name differ in nothing else. Of Rust's names modules
go first: `<alloc::vec::Vec<u8> as core::fmt::Debug>::fmt` is `<Vec<u8> as Debug>::fmt`, then `Vec::fmt`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from wasmscope.explain.bare_names import is_rust, rust_path, without_hash

MORE = "…"
CLOSING = {")": "(", ">": "<"}
TOKEN = re.compile(r"operator(?:<=>|<<=?|>>=?|->\*?|<=?|>=?|\(\))|->|[()<>]")
"""Brackets, and what has their characters and is none."""
OFFSET = re.compile(r"\+0x[0-9a-f]+$")


MEMBER = re.compile(r"([^\s(]*\.[^\s(]*)(\([^()]*\))")
"""A member of an archive: `libc.a(printf.o)`."""
UNIT = re.compile(r"(\w+)[^() ]*?([.-])(cgu\.\d+|[a-z0-9]{12,})(?:\.[a-z0-9]+)?\.rcgu\.o")
"""The object of a codegen unit, as rustc calls it: the crate, and what tells its units apart."""
MODULES = re.compile(r"(?:\w+::)+(?=\w)")
LEAD = re.compile(r" *[^\w\s<([&*.$] (?=\S)")
"""What stands before the name of what is under something else."""
VERSION = re.compile(r"\[abi:\w+\]|(?<=\bstd::)__(?:\d+|ndk1|cxx11)::")
"""What names have of the version of the C++ library: ABI tags, and the inline namespace of libc++ and libstdc++."""
RETURNED = re.compile(r".* (?=\S+<…>\(…?\)$)")
"""What an emptied name of a function template says of what it returns."""
QUALIFIED = re.compile(r"::|[\w>]\(")
"""What names have whose brackets may be emptied: they are in something, or have parameters."""
LEAST = 6
"""Cells in which a part of the parameters still says something."""


class Brackets(NamedTuple):
    """A pair of brackets: what is in it, between `start` and `end`, in how many others it stands, and what opens it."""

    depth: int
    opening: str
    start: int
    end: int


def short_name(text: str, width: int) -> str:
    """`text`, a name, in at most `width` cells, which it does not fit whole; an offset `+0x12` behind it is kept."""
    lead = LEAD.match(text)
    if lead:
        return lead[0] + short_name(text[lead.end() :], width - lead.end())
    member, unit = MEMBER.fullmatch(text), UNIT.fullmatch(text)
    if member:
        return _short_member(member[1], member[2], width)
    if unit:
        return _short_unit(unit, width)
    found = OFFSET.search(text)
    offset = found[0] if found and len(found[0]) + 2 <= width else ""
    return _fitted(text.removesuffix(offset), width - len(offset)) + offset


def _fitted(name: str, room: int) -> str:
    """`name` in at most `room` cells, as much of it as fits."""
    whole = name
    name = VERSION.sub("", whole)
    if cell_len(name) <= room:
        return whole if cell_len(whole) <= room else name
    forms = _ever_longer(name)
    best = next(forms)
    if cell_len(best) > room:
        return _without_middle(best, room)
    for longer in forms:
        if cell_len(longer) > room:
            return _with_parameters(best, name, room)
        best = longer
    return best


def _with_parameters(form: str, name: str, room: int) -> str:
    """`form`, a form of `name`, with a part of the parameters if they are emptied, in at most `room` cells."""
    outer = [one for one in _brackets(name) if one.depth == 0 and one.opening == "("]
    left = room - cell_len(form) + 1
    if left < LEAST or not outer or not form.endswith(f"({MORE}{name[outer[-1].end :]}"):
        return form
    _, _, start, end = outer[-1]
    return form.removesuffix(MORE + name[end:]) + _fitted(name[start:end], left) + name[end:]


def _short_member(archive: str, member: str, width: int) -> str:
    """A member of an archive: which archive it is may go, the beginning of the member's name stays."""
    unit = UNIT.fullmatch(member[1:-1])
    if unit:
        member = f"({_short_unit(unit, width - 2)})"
    room = width - cell_len(member) - 1
    if room >= cell_len(archive):
        return archive + member
    if room == -1:
        return member
    if room >= 0:
        return set_cell_size(archive, room).rstrip(" ") + MORE + member
    return set_cell_size(member, width - 1).rstrip(" ") + MORE


def _short_unit(unit: re.Match[str], width: int) -> str:
    """The object of a codegen unit: its crate, as far as that leaves room for what tells it from the other units."""
    crate, dot, which = unit.groups()
    least = min(len(which), LEAST)
    crate = crate[: max(width - least - 1, 0)]
    if dot == "-":  # a number: it differs at its end
        return crate + MORE + which[-max(width - len(crate) - 1, 1) :]
    text = f"{crate}.{which}"
    return text if len(text) <= width else text[: max(width - 1, 0)] + MORE


def _ever_longer_of_rust(name: str) -> Iterator[str]:
    """A name of Rust from its shortest form on: its path without modules and generics, then with ever more of these;
    with its modules; the hash of legacy mangling is left out."""
    text = without_hash(name)
    if "<" in text:
        local = MODULES.sub("", text)
        pairs = [one for one in _brackets(local) if one.start > 1]  # not what is implemented for what
        yield rust_path(local) or local
        for depth in sorted({one.depth for one in pairs}):
            yield _without(local, [one for one in pairs if one.depth >= depth])
        yield local
    yield text


def _ever_longer(name: str) -> Iterator[str]:
    """`name` from its shortest form on: without what every method of a class in a file has; then with ever fewer
    brackets emptied, from the outermost in, types before parameters."""
    if is_rust(name):
        yield from _ever_longer_of_rust(name)
        return
    if QUALIFIED.search(name) is None:
        yield name
        return
    pairs = _brackets(name)
    levels = sorted({(one.depth, one.opening == "(") for one in pairs})
    emptied = _without(name, pairs)
    bare = emptied.replace(f"({MORE})::", MORE)
    least = bare.removesuffix(" const")
    yield from (least if "operator " in least else RETURNED.sub("", least), least, bare, emptied)
    for level in levels:
        pairs = [one for one in pairs if (one.depth, one.opening == "(") > level]
        yield _without(name, pairs)


def _brackets(name: str) -> list[Brackets]:
    """Pairs of brackets that have something in them; none where they do not match."""
    opened: list[tuple[str, int]] = []
    found: list[Brackets] = []
    for token in TOKEN.finditer(name):
        if token[0] in CLOSING.values():
            opened.append((token[0], token.end()))
        elif token[0] in CLOSING:
            if not opened or opened[-1][0] != CLOSING[token[0]]:
                return []
            opening, start = opened.pop()
            if token.start() > start + 1:
                found.append(Brackets(len(opened), opening, start, token.start()))
    return [] if opened else sorted(found, key=lambda one: one.start)


def _without(name: str, pairs: list[Brackets]) -> str:
    """`name` with `…` for what is in `pairs`, which stand in the order of the name."""
    parts: list[str] = []
    at = 0
    for one in pairs:
        if one.start >= at:
            parts += [name[at : one.start], MORE]
            at = one.end
    return "".join(parts) + name[at:]


def _without_middle(name: str, width: int) -> str:
    size = cell_len(name)
    if size <= width:
        return name
    head, tail = (width - 1) // 2, width - 1 - (width - 1) // 2
    end = len(name) - tail if size == len(name) else next(
        at for at in range(len(name) + 1) if cell_len(name[at:]) <= tail
    )  # fmt: skip
    return set_cell_size(name, head).rstrip(f" {MORE}") + MORE + name[end:].lstrip(MORE)
