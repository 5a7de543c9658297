"""What can be searched for: text, bytes, numbers as bytes, symbols and types (`GRAMMAR`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import translate
from typing import NamedTuple

from wasmscope.format.leb128 import sleb, uleb

GRAMMAR = """\
main            text; small letters find capital ones too. In bytes: as UTF-8
x"10 ?? 80"     bytes; ?? is any byte
u8= u16= u32= u64=N    a number, little-endian
leb=N sleb=N    a LEB128 number, padded or not
str:TEXT        text, also where it looks like one of these
sym:GLOB        what a symbol of that name stands for
type:GLOB       functions of that type: type:i32* matches (i32, i32) -> i32; relocations: type:*SLEB
"""
"""For a reader: what may be typed, and what it means."""
PADDED = 10
"""Bytes of the longest LEB128 number."""


class BadPattern(Exception):
    """A pattern that makes no sense; the text says why."""


class Pattern(NamedTuple):
    """A pattern that was understood."""

    text: str
    words: re.Pattern[str] | None
    """What rows and lines are searched for; None: nothing of them."""
    data: re.Pattern[bytes] | None
    """What bytes are searched for; None: things, by `words`."""
    width: int = 0
    """Bytes of the longest match."""
    what: str = "text"
    """What `words` are matched with: "text", "symbol" or "type"."""


def parse(text: str) -> Pattern:
    """The pattern that `text` says. Raises BadPattern."""
    for prefix, make in _FORMS.items():
        if text.startswith(prefix):
            return make(text, text[len(prefix) :])
    return _text(text, text)


def _text(text: str, value: str) -> Pattern:
    if not value:
        raise BadPattern("there is nothing to find")
    flags = re.IGNORECASE if value == value.lower() else 0
    data = value.encode("utf-8", "surrogateescape")
    return Pattern(text, re.compile(re.escape(value), flags), re.compile(re.escape(data), flags | re.DOTALL), len(data))


def _hex(text: str, value: str) -> Pattern:
    digits = value.removesuffix('"').replace(" ", "")
    pairs = [digits[i : i + 2] for i in range(0, len(digits), 2)]
    if not pairs or not all(re.fullmatch(r"[0-9a-fA-F]{2}|\?\?", one) for one in pairs):
        raise BadPattern(f'bytes were expected, as in x"10 ?? 80", not {text}')
    parts = [b"." if one == "??" else re.escape(bytes.fromhex(one)) for one in pairs]
    return Pattern(text, None, re.compile(b"".join(parts), re.DOTALL), len(pairs))


def _number(text: str, value: str) -> int:
    try:
        return int(value, 0)
    except ValueError:
        raise BadPattern(f"a number was expected after {text.partition('=')[0]}=, not {value}") from None


def _fixed(size: int) -> Callable[[str, str], Pattern]:
    def make(text: str, value: str) -> Pattern:
        number = _number(text, value)
        if not -(1 << (8 * size - 1)) <= number < 1 << (8 * size):
            raise BadPattern(f"{value} has no place in {count_bits(size)}")
        data = (number % (1 << (8 * size))).to_bytes(size, "little")
        return Pattern(text, None, re.compile(re.escape(data), re.DOTALL), size)

    return make


def count_bits(size: int) -> str:
    """ "32 bits"."""
    return f"{8 * size} bits"


def _leb(signed: bool) -> Callable[[str, str], Pattern]:
    def make(text: str, value: str) -> Pattern:
        number = _number(text, value)
        if not (-(1 << 63) <= number < 1 << 63 if signed else 0 <= number < 1 << 64):
            raise BadPattern(f"{value} is no {'signed' if signed else 'unsigned'} number of 64 bits")
        data = (sleb if signed else uleb)(number)
        fill = b"\xff" if signed and number < 0 else b"\x80"
        last = bytes((fill[0] & 127,))
        longer = re.escape(bytes((data[-1] | 128,))) + re.escape(fill) + b"{0,%d}" % PADDED + re.escape(last)
        whole = re.escape(data[:-1]) + b"(?:" + re.escape(data[-1:]) + b"|" + longer + b")"
        return Pattern(text, None, re.compile(whole, re.DOTALL), len(data) + PADDED + 1)

    return make


def _things(what: str) -> Callable[[str, str], Pattern]:
    def make(text: str, value: str) -> Pattern:
        if not value:
            raise BadPattern(f"{text} wants a name, in which * and ? stand for others")
        if what == "type" and value.isupper():
            value = value.removeprefix("R_WASM_")
        opened = value.startswith(("(", "*")) or value.isupper() or what != "type"
        glob = translate(value if opened else f"({value}")
        flags = re.IGNORECASE if value == value.lower() else 0
        return Pattern(text, re.compile(glob, flags), None, what=what)

    return make


_FORMS: dict[str, Callable[[str, str], Pattern]] = {
    'x"': _hex, "u8=": _fixed(1), "u16=": _fixed(2), "u32=": _fixed(4), "u64=": _fixed(8), "leb=": _leb(False),
    "sleb=": _leb(True), "str:": _text, "sym:": _things("symbol"), "type:": _things("type"),
}  # fmt: skip


def matches(pattern: Pattern, text: str) -> bool:
    """Whether a row or line of this text has the pattern in it; names on lines of their own are matched one by one."""
    if pattern.words is None:
        return False
    if pattern.what == "text":
        return pattern.words.search(text) is not None
    return any(pattern.words.match(line) for line in text.split("\n"))
