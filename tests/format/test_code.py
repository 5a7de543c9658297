"""Bodies and the walk over their instructions: spans, depth, bad bytes, real code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.format.code_section import REAL_CODE, code_bodies, real_code
from wasmscope.errors import FormatError
from wasmscope.format.assemble import encode, encode_body
from wasmscope.format.code import LocalRun, body, instructions
from wasmscope.format.immediates import Immediate
from wasmscope.format.types import I32, FuncType, RefType

EMPTY = FuncType((), ())


def decoded(code: bytes):
    return list(instructions(code, 0, len(code)))


def test_immediates_know_the_bytes_they_came_from():
    raw = b"\0" * 7 + encode("i32.load", 0, 1, 16, width=5) + encode("call_indirect", 3, 0, width=5)
    load, call = instructions(raw, 7, len(raw))
    assert load.args == (
        Immediate("align", 0, 8, 9),
        Immediate("memory", 1, 9, 10),
        Immediate("offset", 16, 10, 15),
    )
    assert call.args == (Immediate("type", 3, 16, 21), Immediate("table", 0, 21, 26))
    assert (load.start, load.end, call.start, call.end) == (7, 15, 15, 26)


def test_depth_follows_blocks():
    names = "block loop i32.eqz if nop else nop end end try catch delegate end end".split()  # noqa: SIM905
    given = {"block": (EMPTY,), "loop": (EMPTY,), "if": (EMPTY,), "try": (EMPTY,), "catch": (0,), "delegate": (0,)}
    code = b"".join(encode(name, *given.get(name, ())) for name in names)
    assert [one.depth for one in decoded(code)] == [0, 1, 2, 2, 3, 2, 3, 2, 1, 1, 1, 1, 0, 0]


# --- bodies -----------------------------------------------------------------------------------------------------


def test_body_knows_its_size_field_its_locals_and_its_code():
    code = encode("local.get", 0) + encode("end")
    raw = b"??" + encode_body(code, [(2, I32), (1, RefType(True, 3))]) + b"??"
    found = body(raw, 2, len(raw) - 2)
    assert found == (2, 3, (LocalRun(2, I32, 4, 6), LocalRun(1, RefType(True, 3), 6, 9)), 9, 12)
    assert raw[found.code_start : found.end] == code


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("05 00 0b", "function body extends past end of section (offset 0x0; expected 5 bytes)"),
        ("02 01 01 7f 0b", "locals extend past end of function body (offset 0x1; expected 2 bytes)"),
        ("02 ff 01 01 7f 01 7f", "locals extend past end of function body (offset 0x1; expected 2 bytes)"),
        (
            "0e 02 ff ff ff ff 0f 7f ff ff ff ff 0f 7f 0b",
            "too many locals (offset 0x1; expected fewer than 4294967296)",
        ),
        ("80", "malformed uleb128, extends past end (offset 0x0)"),
    ],
)
def test_bad_frame_is_a_format_error(raw, message):
    data = bytes.fromhex(raw)
    with pytest.raises(FormatError) as problem:
        body(data, 0, len(data))
    assert str(problem.value) == message


# --- bad code ---------------------------------------------------------------------------------------------------

BAD = [
    ("01 ff", "invalid opcode 0xff (offset 0x1; expected an instruction)"),
    ("01 fd 9a 01", "invalid opcode 0xfd 0x9a (offset 0x1; expected an instruction)"),
    ("01 10", "call is cut off (offset 0x1; expected a function index (u32))"),
    ("01 10 80", "call is cut off (offset 0x1; expected a function index (u32))"),
    ("01 44 00 00", "f64.const is cut off (offset 0x1; expected 8 bytes)"),
    ("28 80 01 00", "i32.load: malformed memarg flags (offset 0x1; expected less than 128)"),
    ("41 ff ff ff ff 0f", "i32.const: LEB is outside Varint32 range (offset 0x1; expected at most 32 bits)"),
    ("10 80 80 80 80 10", "call: LEB is outside Varuint32 range (offset 0x1; expected at most 32 bits)"),
    ("02 41", "block: invalid block type (offset 0x1; expected a block type"),
    ("1f 40 01 04 00", "try_table: invalid catch clause (offset 0x3; expected 0, 1, 2 or 3)"),
    ("1c 01 05", "select: invalid value type 0x05 (offset 0x2; expected a vector of value types)"),
    ("01 fd", "malformed uleb128, extends past end (offset 0x2; expected an instruction)"),
    ("01 41", "i32.const is cut off (offset 0x1; expected a signed number (s32))"),
]


@pytest.mark.parametrize(("code", "message"), BAD)
def test_bad_code_says_where_and_what_was_expected(code, message):
    with pytest.raises(FormatError) as problem:
        decoded(bytes.fromhex(code))
    assert str(problem.value).startswith(message)


@pytest.mark.parametrize(("code", "message"), BAD)
def test_lenient_walk_ends_with_the_rest_and_the_error(code, message):
    raw = bytes.fromhex(code)
    *good, last = instructions(raw, 0, len(raw), lenient=True)
    assert (last.name, last.end) == ("?", len(raw))
    rest, error = last.args
    assert raw == b"".join(raw[one.start : one.end] for one in good) + rest.value
    assert error.value.startswith(message)
    assert last.text() == f"? {rest.value.hex(' ')} ;; {error.value}"


def test_immediate_that_runs_past_the_end_is_cut_off_though_bytes_follow():
    with pytest.raises(FormatError, match="call is cut off"):
        list(instructions(encode("call", 5, width=5), 0, 3))


@given(st.binary(max_size=40))
def test_lenient_walk_never_raises_and_covers_every_byte(raw):
    pos = 0
    for one in instructions(raw, 0, len(raw), lenient=True):
        assert one.start == pos
        assert all(pos < arg.start <= arg.end <= one.end for arg in one.args) or one.name == "?"
        assert one.text().startswith(one.name)
        pos = one.end
    assert pos == len(raw)


# --- real code ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", REAL_CODE)
def test_compiled_code_decodes_and_encodes_to_the_same_bytes(which):
    data = real_code(which)
    seen = set()
    for code in code_bodies(data):
        found = list(instructions(data, code.code_start, code.end))
        assert (found[-1].name, found[-1].depth) == ("end", 0)
        seen |= {one.name for one in found}
        for one in found:
            values = [arg.value for arg in one.args]
            assert data[one.start : one.end] in {encode(one.name, *values, width=width) for width in (0, 5)}
    assert seen >= set(REAL_CODE[which].split())


def test_code_may_be_looked_at_in_a_memoryview():
    raw = encode_body(encode("v128.const", bytes(16)) + encode("f32.const", 1.5) + encode("end"), [(1, I32)])
    view = memoryview(raw)
    assert body(view, 0, len(raw)) == body(raw, 0, len(raw))
    assert list(instructions(view, 4, len(raw))) == list(instructions(raw, 4, len(raw)))
