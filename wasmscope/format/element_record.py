"""An element segment of any kind, as construct declares it."""

from __future__ import annotations

from construct import Computed, If, IfThenElse, Struct, Switch, this

from wasmscope.errors import FormatError
from wasmscope.format.declared import Declared, InConstruct
from wasmscope.format.elements import INDEX_TUPLE, Element
from wasmscope.format.expr import EXPR, ConstExpr, read_expr
from wasmscope.format.leb128 import U32, Codec, read_u32, uleb
from wasmscope.format.types import FUNCREF, VALUE_TYPE, ValueType
from wasmscope.format.vectors import Vector


def _read_exprs(data: bytes, pos: int) -> tuple[tuple[ConstExpr, ...], int]:
    count, pos = read_u32(data, pos)
    items = []
    for _ in range(count):
        item, pos = read_expr(data, pos)
        items.append(item)
    return tuple(items), pos


_EXPR_TUPLE: Codec[tuple[ConstExpr, ...]] = Codec(_read_exprs, Vector("element", EXPR).write)


def _read_flags(data: bytes, pos: int) -> tuple[int, int]:
    flags, end = read_u32(data, pos)
    if flags > 7:
        raise FormatError("Unsupported flags for element segment", offset=pos, expected="0 to 7")
    return flags, end


def _read_kind(data: bytes, pos: int) -> tuple[ValueType, int]:
    if data[pos]:
        raise FormatError("invalid elem type", offset=pos, expected="0 (functions)")
    return FUNCREF, pos + 1


# elem ::= flags:u32 table:u32 (flags & 3 == 2) offset:expr (not flags & 1)
#          (kind:0x00 | reftype if flags & 4) (if flags & 3) (vec(function index:u32) | vec(expr) if flags & 4)
ELEMENT: Declared[Element] = Declared(
    Element,
    Struct(
        "flags" / InConstruct(Codec(_read_flags, uleb)),
        "table" / IfThenElse(this.flags & 3 == 2, InConstruct(U32), Computed(0)),
        "offset" / If(this.flags & 1 == 0, InConstruct(EXPR)),
        "type"
        / Switch(
            lambda at: (at.flags & 4, at.flags & 3 > 0),
            {
                (0, True): InConstruct(Codec(_read_kind, lambda _: b"\0")),
                (4, True): InConstruct(VALUE_TYPE),
            },
            Computed(FUNCREF),
        ),
        "items" / IfThenElse(this.flags & 4, InConstruct(_EXPR_TUPLE), InConstruct(INDEX_TUPLE)),
    ),
)
