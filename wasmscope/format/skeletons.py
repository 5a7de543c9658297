"""The skeleton of a function body: its bytes without the numbers that a linker gives.

    body ::= (plain | site)*      site ::= opcode:byte number…

A site is an instruction with a number that may differ though the program is the same: the number of a function, type,
table, global, tag or segment, and a constant or memory offset of more than one byte, which may be an address or a table
slot. Everything else is plain. Two bodies with the same plain parts differ at most in numbers, site by site.

The instruction table becomes one regular expression, so that a body is split at the speed of C. What the expression
does not know (a branch table of more than 127 labels, say) is split by the walk in `code`.
"""

from __future__ import annotations

import re
from functools import cache

from wasmscope.format.code import Instruction, instructions
from wasmscope.format.immediates import Immediate
from wasmscope.format.opcodes import INDICES, OPCODES
from wasmscope.format.types import REF, REF_NULL, VALUE_TYPE_NAMES

Part = tuple[bytes, bytes]
"""Plain bytes, and the site after them (empty at the end of the body)."""

NUMBERED = frozenset(("function", "type", "table", "global", "tag", "element", "data", "heap", "reftype"))
"""Immediates that are, or hold, numbers of an index space."""
CONSTANTS = frozenset(("i32", "i64", "offset"))
"""Immediates that may be an address or a table slot."""

_LEB = rb"(?:[\x80-\xff]*+[\0-\x7f])"
_TYPED = b"[%b]%b" % (re.escape(bytes((REF, REF_NULL))), _LEB)
_ONE_BYTE_TYPES = re.escape(bytes((0x40, *VALUE_TYPE_NAMES)))
_CLAUSE = rb"(?:[\0\1]%b%b|[\2\3]%b)" % (_LEB, _LEB, _LEB)


def _counted(item: bytes, most: int, more: int = 0) -> bytes:
    """A vector of at most `most` items, and `more` of them after it."""
    return b"(?:%b)" % b"|".join(
        re.escape(bytes((count,))) + b"%b{%d}" % (item, count + more) for count in range(most + 1)
    )


_PLAIN: dict[str, bytes] = {
    **dict.fromkeys(INDICES - NUMBERED, _LEB),
    **{word: b"(?s:.{%d})" % size for word, size in (("f32", 4), ("f64", 8), ("v128", 16), ("lanes", 16))},
    **dict.fromkeys(("lane", "castflags", "order"), b"(?s:.)"),
    **dict.fromkeys(("i32", "i64"), rb"[\0-\x7f]"),
    "memarg": rb"(?:[\0-\x3f]|[\x40-\x7f]%b)[\0-\x7f]" % _LEB,
    "block": b"[%b]" % _ONE_BYTE_TYPES,
    "labels": _counted(_LEB, 127, more=1),
    "valtypes": _counted(b"[%b]" % _ONE_BYTE_TYPES, 3),
}
"""What each word of `opcodes.IMMEDIATES` looks like in a plain instruction; a word that is not here makes it a site."""
_SITE: dict[str, bytes] = {
    **_PLAIN,
    **dict.fromkeys(INDICES | {"i32", "i64", "heap", "ref", "refnull"}, _LEB),
    "memarg": rb"(?:[\0-\x3f]|[\x40-\x7f]%b)%b" % (_LEB, _LEB),
    "block": b"(?:%b|%b)" % (_TYPED, _LEB),
    "valtypes": _counted(b"(?:%b|[%b])" % (_TYPED, _ONE_BYTE_TYPES), 3),
    "catches": _counted(_CLAUSE, 15),
}


def _alternatives(words: dict[str, bytes]) -> bytes:
    """The instructions all of whose immediates are in `words`; those that look alike after the opcode are one class."""
    by_tail: dict[tuple[int, bytes], list[bytes]] = {}
    for op in OPCODES:
        if all(word in words for word in op.immediates):
            tail = b"".join(words[word] for word in op.immediates)
            by_tail.setdefault((op.prefix, tail), []).append(op.encoding)
    return b"|".join(
        (re.escape(bytes((prefix,))) if prefix else b"") + _one_of(prefix, codes) + tail
        for (prefix, tail), codes in sorted(by_tail.items(), key=lambda one: len(one[0][1]))
    )


def _one_of(prefix: int, codes: list[bytes]) -> bytes:
    numbers = [code[1:] if prefix else code for code in codes]
    short = b"[%b]" % re.escape(b"".join(one for one in numbers if len(one) == 1))
    long = [re.escape(one) for one in numbers if len(one) > 1]
    return b"(?:%b)" % b"|".join(([short] if len(short) > 2 else []) + long)


@cache
def _pattern() -> re.Pattern[bytes]:
    return re.compile(b"((?:%b)*+)(%b|\\Z|(?s:.+))" % (_alternatives(_PLAIN), _alternatives(_SITE)))


def split(data: bytes, start: int, end: int) -> list[Part]:
    """The expression in `data[start:end]` as plain parts and sites; the bytes of all of them are the expression's.

    From an instruction that cannot be read on, everything is plain.
    """
    parts: list[Part] = _pattern().findall(data, start, end)
    if len(parts) > 1 and parts[-2][1]:  # the last match but the empty one at the end took what is not known
        return _split_slowly(data, start, end)
    return parts[:-1]


def _split_slowly(data: bytes, start: int, end: int) -> list[Part]:
    parts: list[Part] = []
    for one in instructions(data, start, end, lenient=True):
        if is_site(one):
            parts.append((data[start : one.start], data[one.start : one.end]))
            start = one.end
    parts.append((data[start:end], b""))
    return parts


def is_site(one: Instruction) -> bool:
    """Whether an instruction has a number that may differ though the program is the same."""
    return any(map(is_number, one.args))


def is_number(arg: Immediate) -> bool:
    """Whether an immediate is the number of something, or may be an address or a table slot."""
    if arg.kind in CONSTANTS:
        return arg.end - arg.start > 1
    return arg.kind in NUMBERED or arg.kind == "catch"


def numbers(site: bytes) -> tuple[str, tuple[Immediate, ...]]:
    """The mnemonic of a site, and its immediates with offsets from the start of the site."""
    one = next(instructions(site, 0, len(site), lenient=True))
    return one.name, one.args
