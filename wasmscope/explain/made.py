"""What phase index puts into the output although phase mark did not keep it, and what keeps it instead."""

from __future__ import annotations

from wasmscope.explain.symbols import Thing
from wasmscope.link.linker_names import TLS_BASE
from wasmscope.link.model import Kept, Link


def made_roots(link: Link) -> dict[Thing, Kept]:
    """What sets memory up at the start (functions), and the global that this sets where memory is shared: roots."""
    if link.index is None or link.resolve is None or link.mark is None:
        return {}
    found: dict[Thing, Kept] = {}
    for symbol in link.index.startup.values():
        found[symbol.target or symbol] = Kept(None, -1, symbol, "it sets memory up at the start")
    base = link.resolve.linker.get(TLS_BASE)
    if base is not None and base.target in link.index.globals and base.target not in link.mark.why:
        found[base.target] = Kept(None, -1, base, "it is set at the start, as memory is shared")
    return found


def made(link: Link) -> dict[Thing, Kept]:
    """Those, and wrappers of exports and stubs of undefined functions, which what keeps their symbol keeps."""
    found = made_roots(link)
    if link.index is None or link.mark is None:
        return found
    for symbol, stub in link.index.undefined_stubs.items():
        if symbol in link.mark.why:
            found.setdefault(stub, link.mark.why[symbol])
    for wrapper, symbol in link.index.wrappers.items():
        thing = symbol.target or symbol
        if thing in link.mark.why:
            found[wrapper] = link.mark.why[thing]
    return found
