"""The fields of every kind of entry, as rules for the tree: what the codecs read at once, here one number at a time.

Each rule stands for the line of the grammar that its docstring names; the line itself stands at the codec.
"""

from __future__ import annotations

from typing import Any

from wasmscope.errors import FormatError
from wasmscope.format.expr import ConstExpr, read_instr
from wasmscope.format.fields import Fields, flags_text, named
from wasmscope.format.leb128 import U8, ULEB, Codec, String, uleb_tail
from wasmscope.format.types import KIND_NAMES, VALUE_TYPE, type_name

# --- types and expressions --------------------------------------------------------------------------------------

_MUTABLE = named(("const", "var"))
_FORMS = named({0x60: "func", 0x5F: "struct", 0x5E: "array", 0x50: "sub", 0x4F: "sub final", 0x4E: "rec"})
_LIMIT_FLAGS = flags_text({1: "max", 2: "shared", 4: "i64", 8: "page size"})


def limits(at: Fields) -> str:
    """limits"""
    flags = at.u32("flags", _LIMIT_FLAGS)
    text = str(at.take("min", ULEB))
    if flags & 1:
        text += f" {at.take('max', ULEB)}"
    if flags & 8:
        at.u32("log2 of the page size")
    return text


def table_type(at: Fields) -> str:
    """tabletype"""
    elem = type_name(at.take("element type", VALUE_TYPE, type_name))
    return f"{limits(at)} {elem}"


def global_type(at: Fields) -> str:
    """globaltype"""
    type = type_name(at.take("value type", VALUE_TYPE, type_name))
    return f"(mut {type})" if at.take("mutability", U8, _MUTABLE) else type


def tag_type(at: Fields) -> None:
    """tagtype"""
    at.take("attribute", U8)
    at.u32("type index")


def _value_types(at: Fields, label: str) -> None:
    for number in range(at.u32(f"{label} count")):
        at.take(f"{label} {number}", VALUE_TYPE, type_name)


def _field_type(at: Fields) -> str:
    return global_type(at)


def defined_type(at: Fields) -> None:
    """rectype (the first of a group), subtype or comptype"""
    form = at.take("form", U8, _FORMS)
    if form == 0x4E:
        at.u32("group size")
        form = at.take("form", U8, _FORMS)
    if form in (0x50, 0x4F):
        for number in range(at.u32("supertype count")):
            at.u32(f"supertype {number}")
        form = at.take("form", U8, _FORMS)
    if form == 0x60:
        _value_types(at, "param")
        _value_types(at, "result")
    elif form == 0x5E:
        at.group("element", _field_type)
    else:
        for number in range(at.u32("field count")):
            at.group(f"field {number}", _field_type)


_INSTR: Codec[Any] = Codec(read_instr, lambda _: b"")


def expr(at: Fields) -> str:
    """expr"""
    found: list[str] = []
    while not found or found[-1] != "end":
        found.append(str(at.take("instruction", _INSTR)))
    return expr_text(found[:-1])


def expr_text(instrs: list[str] | ConstExpr) -> str:
    """A constant expression on one line."""
    return " ".join(str(one) for one in instrs if str(one) != "end")


# --- the core sections ------------------------------------------------------------------------------------------


def import_(at: Fields) -> None:
    """import"""
    at.take("module", String, repr)
    at.take("field", String, repr)
    kind = at.take("kind", U8, named(KIND_NAMES))
    if kind == 0:
        at.u32("type index")
    else:
        at.group("type", (limits, table_type, limits, global_type, tag_type)[kind])


def function(at: Fields) -> None:
    """type index"""
    at.u32("type index")


def table(at: Fields) -> None:
    """table"""
    if at.data[at.pos : at.pos + 2] == b"\x40\0":
        at.bytes("with initial value", 2)
        at.group("type", table_type)
        at.group("initial value", expr)
    else:
        table_type(at)


def global_(at: Fields) -> None:
    """global"""
    at.group("type", global_type)
    at.group("initial value", expr)


def export(at: Fields) -> None:
    """export"""
    at.take("name", String, repr)
    at.take("kind", U8, named(KIND_NAMES))
    at.u32("index")


def element(at: Fields) -> None:
    """elem"""
    flags = at.u32("flags", flags_text({1: "passive", 2: "explicit", 4: "expressions"}))
    if flags & 3 == 2:
        at.u32("table")
    if not flags & 1:
        at.group("offset", expr)
    if flags & 3:
        if flags & 4:
            at.take("element type", VALUE_TYPE, type_name)
        else:
            at.take("element kind", U8)
    count = at.u32("count")
    if not flags & 4:
        at.rows("element", _number_starts(at, count), lambda item: item.u32("function index"))
    else:
        for number in range(count):
            at.group(f"element {number}", expr)


def _number_starts(at: Fields, count: int) -> list[int]:
    """Where each of `count` numbers begins, and where the last ends."""
    data, pos, starts = at.data, at.pos, [at.pos]
    for _ in range(count):
        byte = data[pos]
        pos += 1
        if byte > 127:
            _, pos = uleb_tail(data, pos, byte)
        if pos > at.end:
            raise FormatError("cut off", offset=starts[-1])
        starts.append(pos)
    return starts


def data_segment(at: Fields) -> None:
    """data"""
    flags = at.u32("flags", flags_text({1: "passive", 2: "explicit memory"}))
    if flags & 2:
        at.u32("memory")
    if not flags & 1:
        at.group("offset", expr)
    at.bytes("contents", at.u32("size"))
