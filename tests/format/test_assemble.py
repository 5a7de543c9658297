"""Encoding, and the law that decoding is its inverse, over the whole table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasmscope.format.assemble import encode
from wasmscope.format.code import instructions
from wasmscope.format.opcodes import OPCODES
from wasmscope.format.types import F64, FUNCREF, I32, I64, V128, FuncType, RefType


def decoded(code: bytes):
    return list(instructions(code, 0, len(code)))


U32, HEAPS = st.integers(0, 2**32 - 1), st.integers(-28, -1) | st.integers(0, 2**32 - 1)
BYTE = st.integers(0, 255)
VALTYPES = st.sampled_from((I32, I64, F64, V128, FUNCREF)) | st.builds(RefType, st.booleans(), HEAPS)
BLOCK = st.just(FuncType((), ())) | VALTYPES.map(lambda type: FuncType((), (type,))) | U32
CATCH = st.tuples(st.sampled_from((0, 1)), U32, U32) | st.tuples(st.sampled_from((2, 3)), U32)


def flat(parts):
    return st.lists(parts, max_size=4).map(lambda many: sum(many, ()))


def one_of(values):
    return values.map(lambda value: (value,))


U64 = st.integers(0, 2**64 - 1)
ANY = {
    "block": one_of(BLOCK), "labels": st.lists(U32, min_size=1, max_size=6).map(tuple), "catches": flat(CATCH),
    "memarg": st.tuples(st.integers(0, 63), U64) | st.tuples(st.integers(0, 63), U32, U64),
    "i32": one_of(st.integers(-(2**31), 2**31 - 1)), "i64": one_of(st.integers(-(2**63), 2**63 - 1)),
    "f32": one_of(U32), "f64": one_of(U64), "v128": one_of(st.binary(min_size=16, max_size=16)),
    "lane": one_of(BYTE), "castflags": one_of(BYTE), "order": one_of(BYTE), "lanes": st.tuples(*[BYTE] * 16),
    "valtypes": st.lists(VALTYPES, min_size=1, max_size=3).map(tuple), "heap": one_of(HEAPS),
    "ref": one_of(HEAPS.map(lambda heap: RefType(False, heap))),
    "refnull": one_of(HEAPS.map(lambda heap: RefType(True, heap))),
}  # fmt: skip


def immediates(op):
    return st.tuples(*(ANY.get(word, one_of(U32)) for word in op.immediates)).map(lambda parts: sum(parts, ()))


ANY_INSTRUCTION = st.sampled_from(OPCODES).flatmap(lambda op: st.tuples(st.just(op.name), immediates(op)))


@given(st.lists(ANY_INSTRUCTION, max_size=8), st.sampled_from((0, 10)))
def test_what_is_encoded_decodes_to_the_same(code, width):
    raw = b"".join(encode(name, *values, width=width) for name, values in code)
    found = decoded(raw)
    assert [(one.name, tuple(arg.value for arg in one.args)) for one in found] == code
    assert b"".join(raw[one.start : one.end] for one in found) == raw
    assert all(one.start < arg.start <= arg.end <= one.end for one in found for arg in one.args)


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("i32.nothing", (), "no instruction is called i32.nothing"),
        ("call", (), "call needs function, not ()"),
        ("call", (1, 2), "call takes function, not (1, 2)"),
        ("nop", (1,), "nop takes nothing, not (1,)"),
        ("call", (-1,), "call needs function, not (-1,)"),
        ("block", (FuncType((I32,), ()),), "block needs block, not"),
        ("v128.const", (b"short",), "v128.const needs v128, not"),
        ("ref.test", (), "ref.test needs ref, not ()"),
    ],
)
def test_immediates_that_do_not_fit_are_a_value_error(name, values, message):
    with pytest.raises(ValueError) as problem:
        encode(name, *values)
    assert str(problem.value).startswith(message)


def test_floats_may_be_given_as_floats():
    assert encode("f32.const", 1.5) == bytes.fromhex("43 00 00 c0 3f")
    assert encode("f64.const", 0x3FF8 << 48) == encode("f64.const", 1.5)
