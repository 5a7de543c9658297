"""The text of instructions, with wasmtime's wat compiler as an outside judge."""

from __future__ import annotations

import struct

import pytest
import wasmtime
from hypothesis import given
from hypothesis import strategies as st

from tests.format.code_section import REAL_CODE, code_bodies, real_code
from wasmscope.format.assemble import encode
from wasmscope.format.code import instructions
from wasmscope.format.opcodes import OPCODES
from wasmscope.format.types import I32, FuncType, RefType
from wasmscope.format.wat import float_text

U32, U64 = st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1)


def decoded(code: bytes):
    return list(instructions(code, 0, len(code)))


def shown(code: bytes, names=None) -> list[str]:
    return [one.text(names) for one in decoded(code)]


BY_HAND = [
    ("20 05", "local.get 5"),
    ("41 7f", "i32.const -1"),
    ("41 c0 00", "i32.const 64"),
    ("42 80 80 80 80 08", "i64.const 2147483648"),
    ("42 80 80 80 80 80 80 80 80 80 7f", "i64.const -9223372036854775808"),
    ("43 00 00 c0 3f", "f32.const 1.5"),
    ("43 cd cc cc 3d", "f32.const 0.1"),
    ("43 00 00 80 7f", "f32.const inf"),
    ("43 00 00 c0 ff", "f32.const -nan"),
    ("43 01 00 80 7f", "f32.const nan:0x1"),
    ("43 01 00 00 00", "f32.const 1e-45"),
    ("44 00 00 00 00 00 00 00 80", "f64.const -0.0"),
    ("44 9a 99 99 99 99 99 b9 3f", "f64.const 0.1"),
    ("44 00 00 00 00 00 00 f8 7f", "f64.const nan"),
    ("28 02 00", "i32.load"),
    ("28 00 10", "i32.load offset=16 align=1"),
    ("28 42 01 90 80 80 80 00", "i32.load 1 offset=16"),
    ("29 03 80 80 80 80 80 80 80 80 80 01", "i64.load offset=9223372036854775808"),
    ("3f 00", "memory.size"),
    ("40 02", "memory.grow 2"),
    ("02 40", "block"),
    ("03 7f", "loop (result i32)"),
    ("04 05", "if (type 5)"),
    ("02 64 00", "block (result (ref 0))"),
    ("02 ff 80 80 80 00", "block (type 127)"),
    ("0e 02 00 01 03", "br_table 0 1 3"),
    ("10 85 80 80 80 00", "call 5"),
    ("11 03 00", "call_indirect (type 3)"),
    ("11 83 80 80 80 00 81 80 80 80 00", "call_indirect 1 (type 3)"),
    ("1c 02 7f 70", "select (result i32 funcref)"),
    ("1f 40 03 00 01 02 01 00 00 03 04", "try_table (catch 1 2) (catch_ref 0 0) (catch_all_ref 4)"),
    ("d0 70", "ref.null func"),
    ("d0 07", "ref.null 7"),
    ("fb 14 6c", "ref.test (ref i31)"),
    ("fb 15 03", "ref.test (ref null 3)"),
    ("fb 18 03 01 6e 6d", "br_on_cast 1 (ref null any) (ref null eq)"),
    ("fb 08 01 03", "array.new_fixed 1 3"),
    ("fc 08 05 00", "memory.init 5"),
    ("fc 08 05 01", "memory.init 1 5"),
    ("fc 0a 00 00", "memory.copy"),
    ("fc 0a 00 01", "memory.copy 0 1"),
    ("fc 0c 05 01", "table.init 1 5"),
    ("fc 00", "i32.trunc_sat_f32_s"),
    ("fc 80 00", "i32.trunc_sat_f32_s"),
    (
        "fd 0c 01 00 00 00 02 00 00 00 03 00 00 00 ff ff ff ff",
        "v128.const i32x4 0x00000001 0x00000002 0x00000003 0xffffffff",
    ),
    ("fd 0d 00 01 02 03 04 05 06 07 18 19 1a 1b 1c 1d 1e 1f", "i8x16.shuffle 0 1 2 3 4 5 6 7 24 25 26 27 28 29 30 31"),
    ("fd 54 00 04 03", "v128.load8_lane offset=4 3"),
    ("fd 15 0f", "i8x16.extract_lane_s 15"),
    ("fe 03 00", "atomic.fence"),
    ("fe 1e 02 08", "i32.atomic.rmw.add offset=8"),
]


@pytest.mark.parametrize(("code", "expected"), BY_HAND)
def test_bytes_written_by_hand_read_as_the_text_format(code, expected):
    raw = bytes.fromhex(code)
    (one,) = decoded(raw)
    assert one.text() == expected
    assert (one.start, one.end) == (0, len(raw))


def test_names_stand_in_for_values():
    code = (
        encode("call", 38) + encode("i32.load", 2, 16) + encode("i32.load", 2, 0) + encode("call_indirect", 3, 0)
        + encode("i32.const", 1024) + encode("memory.copy", 0, 0) + encode("block", 4) + encode("ref.null", 2)
    )  # fmt: skip
    words = {"function": "38 <bump>", "offset": "<buf>", "type": "$t", "i32": "1024 <buf>", "heap": "$h"}
    assert shown(code, lambda arg: words.get(arg.kind)) == [
        "call 38 <bump>", "i32.load offset=<buf>", "i32.load offset=<buf>", "call_indirect (type $t)",
        "i32.const 1024 <buf>", "memory.copy", "block (type $t)", "ref.null $h",
    ]  # fmt: skip
    zero = {"memory": "$m", "table": "$t"}
    assert shown(code, lambda arg: zero.get(arg.kind))[3:6] == [
        "call_indirect $t (type 3)", "i32.const 1024", "memory.copy $m $m",
    ]  # fmt: skip


def test_names_are_asked_with_the_span_of_the_immediate():
    code = encode("call", 1, width=5) + encode("call", 1, width=5)
    assert shown(code, lambda arg: "$patched" if arg.start == 7 else None) == ["call 1", "call $patched"]


@given(U32)
def test_float_text_means_exactly_the_float(bits):
    words = float_text(bits, 4)
    if "nan" in words:
        assert bits & 0x7F800000 == 0x7F800000
    else:
        assert struct.pack("<f", float(words)) == bits.to_bytes(4, "little")


# --- wasmtime's wat compiler says the same ------------------------------------------------------------------------

SAMPLES = {
    "block": (FuncType((), (I32,)),), "labels": (0, 1, 0), "catches": (0, 1, 0, 1, 0, 0, 2, 1, 3, 0), "memarg": (0, 16),
    "i32": (-5,), "i64": (1 << 40,), "f32": (0x7FC00001,), "f64": (1,), "v128": (bytes(range(16)),),
    "lane": (1,), "castflags": (3,), "order": (0,), "lanes": tuple(range(16)), "valtypes": (I32,), "heap": (-20,),
    "ref": (RefType(False, -20),),
    "refnull": (RefType(True, 1),), "memory": (1,), "table": (1,), "data": (0,), "element": (0,),
}  # fmt: skip
PREAMBLE = (
    "(module (type (func)) (type (struct (field i32))) (type (func (param i32) (result i32))) (tag) (tag)"
    "(memory 1) (memory 1) (table 1 funcref) (table 1 funcref) (elem func) (data)"
)
AROUND = {"else": ("if", "end"), "catch": ("try", "end"), "catch_all": ("try", "end"), "delegate": ("try", "")}
UNKNOWN_TO_WASMTIME = ("f16x8", "f32.load_f16", "f32.store_f16", "i16x8.trunc_sat_f16x8", "f32x4.promote_low_f16x8")


def sample(op) -> tuple:
    return sum((SAMPLES.get(word, (0,)) for word in op.immediates), ())


def compile_wat(lines) -> bytes:
    """The code of a function made of these instructions, without its final `end`."""
    module = bytes(wasmtime.wat2wasm(f"{PREAMBLE} (func {chr(10).join(lines)}))"))
    (found,) = code_bodies(module)
    return module[found.code_start : found.end - 1]


def in_a_function(name: str) -> tuple[str, str]:
    """What has to stand before and after an instruction so that a function can hold it."""
    opens = name in ("block", "loop", "if", "try", "try_table")
    return AROUND.get(name, ("", "end" if opens else ""))


CODE_OF = {"": b"", "if": encode("if", FuncType((), ())), "try": encode("try", FuncType((), ())), "end": encode("end")}


def test_wasmtime_compiles_our_text_of_every_instruction_to_our_bytes():
    wrong = []
    for op in OPCODES:
        if op.name.startswith(UNKNOWN_TO_WASMTIME) or op.name == "end":
            continue
        raw, (before, after) = encode(op.name, *sample(op)), in_a_function(op.name)
        assert raw.startswith(op.encoding)
        (words,) = shown(raw)
        theirs = compile_wat([before, words, after])
        if theirs != CODE_OF[before] + raw + CODE_OF[after]:
            wrong.append((words, raw.hex(), theirs.hex()))
    assert wrong == []


ACCEPTED = """
    local.get 0
    i64.load offset=8 align=2
    f64.const 0.1
    f64.const -nan:0x8000000000001
    f32.const 3.4028235e+38
    v128.const i32x4 0x00000000 0x80000000 0xffffffff 0x00000001
    block (type 2)
      loop (result (ref func))
        br_table 0 1 2 0
        call_indirect 1 (type 2)
      end
    end
    memory.init 1 0
    memory.copy 1 0
    table.init 0
    table.copy 0 1
    table.get 0
    select (result (ref 1))
    br_on_cast_fail 0 (ref null any) (ref i31)
    v128.store64_lane 1 offset=4294967295 align=1 1
"""


def test_text_comes_back_from_the_bytes_wasmtime_made_of_it():
    raw = compile_wat([ACCEPTED])
    assert ["  " * (one.depth + 2) + one.text() for one in decoded(raw)] == ACCEPTED.strip("\n").rstrip().split("\n")


@given(st.lists(st.tuples(st.just("f32.const"), U32) | st.tuples(st.just("f64.const"), U64), min_size=1, max_size=20))
def test_wasmtime_reads_the_same_floats_in_our_text(constants):
    raw = b"".join(encode(name, bits) for name, bits in constants)
    assert compile_wat(shown(raw)) == raw


@pytest.mark.parametrize("which", REAL_CODE)
def test_wasmtime_reads_our_text_of_compiled_code_as_the_same_instructions(which):
    data = real_code(which)
    for one in code_bodies(data):
        code = list(instructions(data, one.code_start, one.end - 1))
        theirs = decoded(compile_wat([instruction.text() for instruction in code]))
        assert [meaning(instruction) for instruction in theirs] == [meaning(instruction) for instruction in code]


def meaning(instruction) -> tuple:
    return instruction.name, instruction.depth, [arg.value for arg in instruction.args]
