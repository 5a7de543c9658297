"""How a symbol name is shown: demangled as LLD does, unless --no-demangle; and as people read it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wasmscope.link.model import Symbol

ITANIUM = re.compile(r"_{1,4}Z")
MAIN = "__main_argc_argv"
INTERNAL = "<internal>"
"""The name of the file that the linker makes, as LLD says it."""
IN_TEXT = re.compile(rf"(?<![A-Za-z0-9_=])(?:_{{1,3}}[ZR][\w.$]+|{MAIN}(?![\w.$]))")
"""Names in a sentence, but for the values of options: these are typed as they are in files."""
RUST_HASH = re.compile(r"::h[0-9a-f]{16}(?=$| \()")
"""Where a name ends that rustc's legacy mangling made: it looks like one of C++."""
RUST_ESCAPE = re.compile(r"\$(?:u([0-9a-f]{1,6})|([A-Z]{1,2}))\$|\.\.|(?<![^:])_(?=\$)")
RUST_ESCAPES = {"SP": "@", "BP": "*", "RF": "&", "LT": "<", "GT": ">", "LP": "(", "RP": ")", "C": ","}
"""What a name of C++ cannot hold, in rustc's legacy mangling (its `sanitize`); `..` is `::` there."""


def display(name: str, demangle: bool = True) -> str:
    """`name` as LLD 22 prints it in messages and in the name section.

    `__main_argc_argv`, the name of a `main` with arguments, reads `main` either way.
    """
    if name == MAIN:
        return "main"
    return _demangled(name) if demangle and name[:1] in ("_", ".", "?") else name


@lru_cache(maxsize=65536)
def readable(name: str, demangle: bool = True) -> str:
    """`name` as people read it: as `display` shows it, and what is escaped in it by rustc's legacy mangling as in the
    source. `_$LT$a..B$u20$as$u20$c..D$GT$::f::h0123456789abcdef` is `<a::B as c::D>::f::h0123456789abcdef`.
    """
    text = display(name, demangle)
    return RUST_ESCAPE.sub(_unescaped, text) if demangle and RUST_HASH.search(text) else text


def _unescaped(found: re.Match[str]) -> str:
    code, letters = found.groups()
    if code is not None:
        character = chr(int(code, 16)) if int(code, 16) <= sys.maxunicode else ""
        return character if character.isprintable() and character else found[0]
    if letters is not None:
        return RUST_ESCAPES.get(letters, found[0])
    return "::" if found[0] == ".." else ""


def displayed(text: str) -> str:
    """A text with the names in it as `readable` shows them."""
    some = "_Z" in text or "_R" in text or MAIN in text
    return IN_TEXT.sub(lambda found: readable(found[0]), text) if some else text


def called(symbol: Symbol, demangle: bool = True) -> str:
    """What LLD 22 calls a symbol: a stub by what it stands in for."""
    return symbol.debug_name or display(symbol.name, demangle)


@lru_cache(maxsize=65536)
def _demangled(name: str) -> str:
    """LLVM tries a name as it is (past a leading dot), then without a leading underscore, then as a Microsoft name."""
    text = _mangled(name.removeprefix("."))
    if text is not None:
        return f".{text}" if name.startswith(".") else text
    if name.startswith("_"):
        text = _mangled(name[1:])
    elif name.startswith(("?", ".?")):
        import pycxxfilt

        text = _tried(pycxxfilt.msvc_demangle, name)
    return name if text is None else text


def _mangled(name: str) -> str | None:
    """A C++ or Rust name in words; of D's names, only the one that a function can have."""
    if name == "_Dmain":
        return "D main"
    if not ITANIUM.match(name) and not name.startswith("_R"):
        return None
    import pycxxfilt  # LLVM's own demanglers: loaded only if some name needs them

    if name.startswith("_R"):
        return _tried(pycxxfilt.rust_demangle, name)
    return _tried(pycxxfilt.itanium_demangle, name)


def _tried(demangle: Callable[[str], str | None], name: str) -> str | None:
    try:
        return demangle(name)
    except ValueError:  # it has the prefix of a scheme, and is not of it
        return None
