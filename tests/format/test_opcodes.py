"""The instruction table: numbers from the specification, and clang's assembler as an outside judge."""

from __future__ import annotations

import pytest

from tests.format.code_section import code_bodies
from tests.toolchain import compiled
from wasmscope.format.code import instructions
from wasmscope.format.opcodes import IMMEDIATES, INDICES, OPCODES, PATCHED, PREFIXES, row, rows_named

SPEC = {
    "unreachable": "00", "block": "02", "if": "04", "try": "06", "throw": "08", "throw_ref": "0a", "end": "0b",
    "br_table": "0e", "call": "10", "call_indirect": "11", "return_call_indirect": "13", "call_ref": "14",
    "delegate": "18", "catch_all": "19", "drop": "1a", "try_table": "1f", "local.get": "20", "global.set": "24",
    "table.get": "25", "i32.load": "28", "i64.store32": "3e", "memory.grow": "40", "i32.const": "41", "f64.const": "44",
    "i32.eqz": "45", "f64.ge": "66", "i32.add": "6a", "i64.rotr": "8a", "f64.copysign": "a6", "i32.wrap_i64": "a7",
    "f64.reinterpret_i64": "bf", "i64.extend32_s": "c4", "ref.null": "d0", "ref.func": "d2", "br_on_non_null": "d6",
    "struct.new": "fb00", "array.new_fixed": "fb08", "br_on_cast_fail": "fb19", "ref.i31": "fb1c", "i31.get_u": "fb1e",
    "i64.trunc_sat_f64_u": "fc07", "memory.init": "fc08", "memory.fill": "fc0b", "table.init": "fc0c",
    "table.fill": "fc11", "i64.mul_wide_u": "fc16", "v128.load": "fd00", "v128.const": "fd0c", "i8x16.shuffle": "fd0d",
    "i8x16.eq": "fd23", "v128.load64_zero": "fd5d", "i16x8.abs": "fd8001", "i32x4.dot_i16x8_s": "fdba01",
    "i64x2.eq": "fdd601", "f64x2.convert_low_i32x4_u": "fdff01", "i8x16.relaxed_swizzle": "fd8002",
    "i32x4.relaxed_dot_i8x16_i7x16_add_s": "fd9302", "memory.atomic.notify": "fe00", "atomic.fence": "fe03",
    "i32.atomic.load": "fe10", "i32.atomic.rmw.add": "fe1e", "i64.atomic.rmw32.cmpxchg_u": "fe4e",
}  # fmt: skip


@pytest.mark.parametrize(("name", "encoding"), SPEC.items())
def test_instruction_has_the_opcode_of_the_specification(name, encoding):
    assert [found.encoding.hex() for found in rows_named(name)] == [encoding]


def test_each_opcode_is_in_the_table_once_and_found_by_number_and_by_name():
    assert len({(op.prefix, op.number) for op in OPCODES}) == len(OPCODES)
    for op in OPCODES:
        assert row(op.prefix, op.number) is op
        assert op in rows_named(op.name)
    assert row(0xFD, 0x9A) is None
    assert rows_named("i32.nothing") == ()


def test_only_three_mnemonics_have_two_opcodes():
    encodings = {op.name: [one.encoding.hex() for one in rows_named(op.name)] for op in OPCODES}
    assert {name: both for name, both in encodings.items() if len(both) > 1} == {
        "select": ["1b", "1c"],
        "ref.test": ["fb14", "fb15"],
        "ref.cast": ["fb16", "fb17"],
    }


def test_every_word_in_the_table_is_explained():
    assert {word for op in OPCODES for word in op.immediates} == set(IMMEDIATES)
    assert set(IMMEDIATES) > INDICES | PATCHED - {"offset"}
    assert set(PREFIXES) == {0xFB, 0xFC, 0xFD, 0xFE}


def test_natural_alignment_is_the_width_of_the_access():
    natural = {op.name: 1 << op.alignment for op in OPCODES if "memarg" in op.immediates}
    assert natural["i32.load"] == natural["i64.load32_u"] == natural["memory.atomic.notify"] == 4
    assert natural["v128.store"] == 16
    assert natural["v128.load16_lane"] == natural["i64.atomic.rmw16.xor_u"] == natural["f32.load_f16"] == 2
    assert natural["v128.load32x2_u"] == natural["memory.atomic.wait64"] == 8
    assert not any(op.alignment for op in OPCODES if "memarg" not in op.immediates)


FEATURES = (
    "-msimd128", "-mrelaxed-simd", "-matomics", "-mfp16", "-mwide-arithmetic", "-mgc", "-mreference-types",
    "-mexception-handling", "-mtail-call", "-mbulk-memory",
)  # fmt: skip
ASSEMBLY = {
    "": "", "memarg": "0", "memarg lane": "0, 1", "lane": "1", "lanes": ", ".join(map(str, range(16))), "v128": "1, 2",
    "i32": "7", "i64": "7", "f32": "1.5", "f64": "1.5", "local": "0", "label": "0", "labels": "{0, 0}", "order": "",
    "function": "one", "global": "cell", "table": "slots", "tag": "oops", "type table": "() -> ()", "data": "0",
    "memory": "0", "data memory": "0, 0", "memory memory": "0, 0", "table table": "slots, slots",
}  # fmt: skip
UNKNOWN_TO_CLANG = {
    "select", "memory.discard", "f16x8.demote_f32x4_zero", "f16x8.demote_f64x2_zero", "f32x4.promote_low_f16x8",
    "ref.eq", "ref.as_non_null", "br_on_null", "br_on_non_null", "array.len", "any.convert_extern",
    "extern.convert_any", "ref.i31", "i31.get_s", "i31.get_u",
    "v128.load8x8_s", "v128.load8x8_u", "v128.load16x4_s", "v128.load16x4_u", "v128.load32x2_s", "v128.load32x2_u",
}  # fmt: skip
BLOCKS = {"block", "loop", "if", "else", "try", "catch", "catch_all", "delegate", "rethrow", "end", "try_table"}


def test_clang_assembles_every_mnemonic_to_the_same_opcode():
    asked = [op for op in OPCODES if " ".join(op.immediates) in ASSEMBLY and op.name not in UNKNOWN_TO_CLANG | BLOCKS]
    head = (
        ".globaltype cell, i32\n.tabletype slots, funcref\n.tagtype oops i32\n"
        ".functype one () -> ()\none:\n.functype one () -> ()\nend_function\n"
    )
    lines = [
        f".functype f{number} () -> ()\nf{number}:\n.functype f{number} () -> ()\n.local i32\n"
        f"unreachable\n{op.name} {ASSEMBLY[' '.join(op.immediates)]}\nunreachable\nend_function\n"
        for number, op in enumerate(asked)
    ]
    data = compiled(head + "".join(lines), *FEATURES, language="assembly").read_bytes()
    assembled = [list(instructions(data, one.code_start, one.end))[1].name for one in code_bodies(data)[1:]]
    assert assembled == [op.name for op in asked]
    assert len(asked) > 540
