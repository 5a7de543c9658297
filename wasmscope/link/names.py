"""How a symbol name is shown: demangled as LLD does, unless --no-demangle."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wasmscope.link.model import Symbol


def display(name: str, demangle: bool = True) -> str:
    """`name` as LLD 22 prints it in messages and in the name section.

    `__main_argc_argv`, the name of a `main` with arguments, reads `main` either way.
    """
    if name == "__main_argc_argv":
        return "main"
    return _demangled(name) if demangle and name[:1] in ("_", ".", "?") else name


def called(symbol: Symbol, demangle: bool = True) -> str:
    """What LLD 22 calls a symbol: a stub by what it stands in for."""
    return symbol.debug_name or display(symbol.name, demangle)


@lru_cache(maxsize=65536)
def _demangled(name: str) -> str:
    """LLVM tries a name as it is (past a leading dot), then without a leading underscore, then as a Microsoft name."""
    dot = "." if name.startswith(".") else ""
    text = _mangled(name[len(dot) :])
    if text is not None:
        return dot + text
    text = _mangled(name[1:]) if name.startswith("_") else None
    return name if text is None else text


def _mangled(name: str) -> str | None:
    if not name.startswith(("_Z", "___Z", "_R", "?")) or (name[0] == "_" and "@" in name):
        return None
    import pycxxfilt  # LLVM's own demanglers: loaded only if some name needs them

    try:
        found: str | None = pycxxfilt.demangle(name)
    except ValueError:  # it has the prefix of a scheme, and is not of it
        return None
    return found
