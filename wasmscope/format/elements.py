"""Element segments: what a table is filled with."""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.format.expr import EXPR, ConstExpr, read_expr
from wasmscope.format.indices import Indices, read_indices
from wasmscope.format.leb128 import Codec, read_u32
from wasmscope.format.types import FUNCREF, ValueType
from wasmscope.format.vectors import Vector


class Element(NamedTuple):
    """One element segment. `items` are function indices, or expressions when `flags & 4`.

    `offset` is None when it is passive (flags & 3 == 1) or declarative (flags & 3 == 3).
    """

    flags: int
    table: int
    offset: ConstExpr | None
    type: ValueType
    items: tuple[int, ...] | tuple[ConstExpr, ...]


def _read_index_tuple(data: bytes, pos: int) -> tuple[tuple[int, ...], int]:
    items: list[int] = []
    end = read_indices(data, pos, items, [])
    return tuple(items), end


INDEX_TUPLE: Codec[tuple[int, ...]] = Codec(_read_index_tuple, Indices("elem").write)


def _read_element(data: bytes, pos: int) -> tuple[Element, int]:
    if data[pos]:
        from wasmscope.format.element_record import ELEMENT

        return ELEMENT.read(data, pos)
    offset, pos = read_expr(data, pos + 1)
    items, pos = _read_index_tuple(data, pos)
    return Element(0, 0, offset, FUNCREF, items), pos


def _element_bytes(element: Element) -> bytes:
    if element.flags or element.offset is None:
        from wasmscope.format.element_record import ELEMENT

        return ELEMENT.write(element)
    return b"\0" + EXPR.write(element.offset) + INDEX_TUPLE.write(element.items)  # type: ignore[arg-type]


# elemsec ::= vec(elem), each of them nearly always 0x00 offset:expr vec(function index:u32); any: `element_record`
ELEMENTS: Vector[Element] = Vector("elem", Codec(_read_element, _element_bytes))


def item_starts(data: bytes, start: int, element: Element) -> list[int]:
    """Where in `data` each function index of `element`, which begins at `start`, is, and after them their end.

    Empty when the items are expressions.
    """
    if element.flags & 4:
        return []
    _, pos = read_u32(data, start)
    if element.flags & 3 == 2:
        _, pos = read_u32(data, pos)
    if not element.flags & 1:
        _, pos = read_expr(data, pos)
    starts: list[int] = []
    read_indices(data, pos + (element.flags & 3 > 0), [], starts)
    return starts
