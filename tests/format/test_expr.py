"""Constant expressions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.format.values import EXPRS, check_both_ways, check_round_trip
from wasmscope.errors import FormatError
from wasmscope.format.expr import END, EXPR, Instr, const_expr


@given(EXPRS)
def test_expressions_survive(value):
    check_round_trip(EXPR, value)


@pytest.mark.parametrize(
    ("raw", "instrs", "text"),
    [
        ("4100", [("i32.const", 0)], "i32.const 0"),
        ("417f", [("i32.const", -1)], "i32.const -1"),
        ("4180808004", [("i32.const", 0x800000)], "i32.const 8388608"),
        ("42c0bb78", [("i64.const", -123456)], "i64.const -123456"),
        ("43010080ff", [("f32.const", 0xFF800001)], "f32.const bits 0xff800001"),
        ("44000000000000f07f", [("f64.const", 0x7FF0000000000000)], "f64.const bits 0x7ff0000000000000"),
        ("fd0c" + "00" * 15 + "80", [("v128.const", 1 << 127)], f"v128.const bits 0x8{'0' * 31}"),
        ("2305", [("global.get", 5)], "global.get 5"),
        ("d070", [("ref.null", -0x10)], "ref.null func"),
        ("d203", [("ref.func", 3)], "ref.func 3"),
        ("23004104 6a", [("global.get", 0), ("i32.const", 4), ("i32.add",)], "global.get 0 i32.const 4 i32.add"),
        ("4105fb1c", [("i32.const", 5), ("ref.i31",)], "i32.const 5 ref.i31"),
        ("fb080102", [("array.new_fixed", 1, 2)], "array.new_fixed 1 2"),
    ],
)
def test_instructions_are_as_the_specification_says(raw, instrs, text):
    value = (*(Instr(name, args) for name, *rest in instrs for args in [tuple(rest)]), END)
    check_both_ways(EXPR, bytes.fromhex(raw) + b"\x0b", value)
    assert " ".join(map(str, value)) == f"{text} end"


@given(st.integers(-(2**31), 2**32 - 1))
def test_an_address_is_written_as_the_signed_number_of_its_bits(value):
    (instr, end) = const_expr(value)
    assert (instr.opcode, instr.args[0] % 2**32, end) == ("i32.const", value % 2**32, END)
    assert -(2**31) <= instr.args[0] < 2**31
    assert const_expr(value, is64=True)[0] == Instr("i64.const", (value,))


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", "EOF"), ("41", "extends past end"), ("4100", "EOF"), ("9900", "invalid opcode in init_expr: 153"),
        ("430000", "EOF while reading float32"), ("fb7f", "invalid opcode in init_expr: 251"),
    ],
)  # fmt: skip
def test_what_is_no_constant_expression_is_refused(raw, message):
    with pytest.raises(FormatError, match=message):
        EXPR.parse(bytes.fromhex(raw))
