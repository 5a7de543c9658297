"""Links of as many symbols and relocations as asked for, from objects like a compiler's."""

from __future__ import annotations

from pathlib import Path

from wasmscope.format.types import I32, FuncType
from wasmscope.link.builder import ObjectBuilder, address, body, call
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link
from wasmscope.link.lenient import link_leniently
from wasmscope.link.model import Link

EACH = 500
"""Symbols of one object, about as many relocations."""


def crowd(symbols: int, folder: Path) -> list[Path]:
    """Objects with `symbols` symbols in all, a third of them data; each function calls its neighbours, also across
    objects. Written to `folder`."""
    found = []
    for first in range(0, symbols, EACH):
        path = folder / f"part{first // EACH:04}.o"
        path.write_bytes(_part(first, min(EACH, symbols - first), symbols))
        found.append(path)
    return found


def _part(first: int, count: int, symbols: int) -> bytes:
    builder, void = ObjectBuilder(), FuncType((), ())
    functions = [number for number in range(first, first + count) if number % 3]
    data = {number: builder.data(f"datum_{number}", bytes(8), align=2)
            for number in range(first, first + count) if not number % 3}  # fmt: skip
    declared = {number: builder.function(_name(number), void) for number in functions}
    away = (first + count + 1) % symbols
    away += away % 3 == 0
    outside = declared.get(away) or builder.extern_function(_name(away), void)
    for number in functions:
        after = declared.get(number + 1) or declared.get(number + 2) or outside
        here = data.get(number - number % 3) or next(iter(data.values()))
        builder.update(declared[number], body(address(here), ("i32.load", 2, 0), "drop", call(after)))
    return builder.flush()


def _name(number: int) -> str:
    return f"function_number_{number}"


def linked(objects: list[Path]) -> Link:
    """The link of `objects`, everything kept."""
    words = [str(path) for path in objects]
    return link_leniently(parse(["--no-gc-sections", *words]), link)


__all__ = ["EACH", "I32", "crowd", "linked"]
