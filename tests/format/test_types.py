"""Types: bytes from the specification's grammar, texts, and the round trip."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.format.values import (
    GLOBAL_TYPES,
    LIMITS,
    SUBTYPES,
    TABLE_TYPES,
    VALUE_TYPES,
    check_both_ways,
    check_round_trip,
)
from wasmscope.errors import FormatError
from wasmscope.format import defined_types, types
from wasmscope.format.defined_types import ArrayType, FieldType, RecMember, StructType, SubType, func_type
from wasmscope.format.types import (
    EXTERNREF,
    FUNCREF,
    I32,
    I64,
    FuncType,
    GlobalType,
    Limits,
    RefType,
    TableType,
    type_name,
)


@given(VALUE_TYPES)
def test_value_types_survive(value):
    check_round_trip(types.VALUE_TYPE, value)


@given(LIMITS)
def test_limits_survive(value):
    check_round_trip(types.LIMITS, value)


@given(TABLE_TYPES, GLOBAL_TYPES)
def test_table_and_global_types_survive(table, global_):
    check_round_trip(types.TABLE_TYPE, table)
    check_round_trip(types.GLOBAL_TYPE, global_)


@given(SUBTYPES)
def test_composite_types_survive(value):
    check_round_trip(defined_types.SUBTYPE, value)


SIGNATURE = FuncType((I32, I64), (0x7D,))


@pytest.mark.parametrize(
    ("codec", "raw", "value", "text"),
    [
        (types.VALUE_TYPE, b"\x6f", EXTERNREF, "111"),
        (types.VALUE_TYPE, b"\x63\x03", RefType(True, 3), "(ref null 3)"),
        (types.VALUE_TYPE, b"\x64\x70", RefType(False, -0x10), "(ref func)"),
        (types.LIMITS, b"\0\1", Limits(0, 1), "1"),
        (types.LIMITS, b"\3\1\2", Limits(3, 1, 2), "1 2 shared"),
        (types.LIMITS, b"\4\1", Limits(4, 1), "i64 1"),
        (types.LIMITS, b"\x09\1\2\x00", Limits(9, 1, 2, 0), "1 2 (pagesize 1)"),
        (types.LIMITS, b"\x08\1\x7f", Limits(8, 1, None, 127), "1 (pagesize 2^127)"),
        (types.TABLE_TYPE, b"\x70\0\5", TableType(FUNCREF, Limits(0, 5)), "5 funcref"),
        (types.GLOBAL_TYPE, b"\x7f\1", GlobalType(I32, True), "(mut i32)"),
        (types.GLOBAL_TYPE, b"\x7e\0", GlobalType(I64, False), "i64"),
        (defined_types.SUBTYPE, b"\x60\2\x7f\x7e\1\x7d", SIGNATURE, "(i32, i64) -> f32"),
        (defined_types.SUBTYPE, b"\x60\0\0", FuncType((), ()), "() -> nil"),
        (defined_types.SUBTYPE, b"\x60\0\2\x7f\x7f", FuncType((), (I32, I32)), "() -> (i32, i32)"),
        (defined_types.SUBTYPE, b"\x5e\x78\1", ArrayType(FieldType(0x78, True)), "array (mut i8)"),
        (defined_types.SUBTYPE, b"\x5f\1\x7f\0", StructType((FieldType(I32, False),)), "struct (i32)"),
        (defined_types.SUBTYPE, b"\x50\1\2\x60\0\0", SubType(False, (2,), FuncType((), ())), "sub 2 () -> nil"),
        (defined_types.SUBTYPE, b"\x4f\0\x60\0\0", SubType(True, (), FuncType((), ())), "sub final () -> nil"),
    ],
)
def test_types_are_written_and_printed_as_the_specification_says(codec, raw, value, text):
    check_both_ways(codec, raw, value)
    assert str(value) == text


def test_types_have_the_names_of_the_text_format():
    assert [type_name(one) for one in (0x7F, 0x7B, 0x70, 0x6F, 0x6E, 0x69, 0x71, 0x11)] == [
        "i32", "v128", "funcref", "externref", "anyref", "exnref", "nullref", "type 0x11",
    ]  # fmt: skip


def test_limits_say_what_their_flags_mean():
    assert [Limits(flags, 0).shared for flags in (0, 2, 7)] == [False, True, True]
    assert [Limits(flags, 0).is64 for flags in (3, 4, 8)] == [False, True, False]


def test_a_signature_is_found_inside_a_group():
    assert func_type(RecMember(SubType(True, (), SIGNATURE), 0, 2)) == SIGNATURE
    assert func_type(StructType(())) is None


def test_a_form_that_is_no_type_is_refused():
    with pytest.raises(FormatError, match="bad form"):
        defined_types.SUBTYPE.parse(b"\x40\0\0")


def test_a_mutability_that_is_neither_is_refused():
    with pytest.raises(FormatError, match="Varuint1") as caught:
        types.GLOBAL_TYPE.parse(b"\x7f\2")
    assert caught.value.offset == 1
