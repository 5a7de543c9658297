"""Element segments: what a table is filled with."""

from __future__ import annotations

from typing import NamedTuple

from construct import Computed, If, IfThenElse, Struct, Switch, this

from wasmscope.errors import FormatError
from wasmscope.format.expr import EXPR, ConstExpr, read_expr
from wasmscope.format.indices import Indices, read_indices
from wasmscope.format.leb128 import U32, Codec, read_u32, uleb
from wasmscope.format.types import FUNCREF, VALUE_TYPE, ValueType
from wasmscope.format.vectors import Declared, Vector


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


def _read_exprs(data: bytes, pos: int) -> tuple[tuple[ConstExpr, ...], int]:
    count, pos = read_u32(data, pos)
    items = []
    for _ in range(count):
        item, pos = read_expr(data, pos)
        items.append(item)
    return tuple(items), pos


_INDEX_TUPLE: Codec[tuple[int, ...]] = Codec(_read_index_tuple, Indices("elem").write)
_EXPR_TUPLE: Codec[tuple[ConstExpr, ...]] = Codec(_read_exprs, Vector("element", EXPR).write)


def _read_element_flags(data: bytes, pos: int) -> tuple[int, int]:
    flags, end = read_u32(data, pos)
    if flags > 7:
        raise FormatError("Unsupported flags for element segment", offset=pos, expected="0 to 7")
    return flags, end


def _read_element_kind(data: bytes, pos: int) -> tuple[ValueType, int]:
    if data[pos]:
        raise FormatError("invalid elem type", offset=pos, expected="0 (functions)")
    return FUNCREF, pos + 1



# elemsec ::= vec(elem)
# elem    ::= flags:u32 table:u32 (flags & 3 == 2) offset:expr (not flags & 1)
#             (kind:0x00 | reftype if flags & 4) (if flags & 3) (vec(function index:u32) | vec(expr) if flags & 4)
ELEMENT: Declared[Element] = Declared(
    Element,
    Struct(
        "flags" / Codec(_read_element_flags, uleb),
        "table" / IfThenElse(this.flags & 3 == 2, U32, Computed(0)),
        "offset" / If(this.flags & 1 == 0, EXPR),
        "type"
        / Switch(
            lambda at: (at.flags & 4, at.flags & 3 > 0),
            {(0, True): Codec(_read_element_kind, lambda _: b"\0"), (4, True): VALUE_TYPE},
            Computed(FUNCREF),
        ),
        "items" / IfThenElse(this.flags & 4, _EXPR_TUPLE, _INDEX_TUPLE),
    ),
)
ELEMENTS: Vector[Element] = Vector("elem", ELEMENT)


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
