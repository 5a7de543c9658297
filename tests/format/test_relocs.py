"""Relocations: the table of types, columns, sites, and what the assembler makes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.format.values import RELOCS as ANY_RELOC
from tests.format.values import U32, check_both_ways
from tests.toolchain import compiled
from wasmscope.errors import FormatError
from wasmscope.format.module import read
from wasmscope.format.reloc_section import RELOCS, Reloc, Relocs
from wasmscope.format.relocs import RELOC_TYPES, decode, encode

# Type numbers and which of them have addends: "Linking.md" of the tool conventions.
WITH_ADDEND = {3, 4, 5, 8, 9, 11, 14, 15, 16, 17, 21, 22, 23, 25}


def test_the_table_is_indexed_by_number_and_knows_who_has_an_addend():
    assert [one.number for one in RELOC_TYPES] == list(range(27))
    assert {one.number for one in RELOC_TYPES if one.addend} == WITH_ADDEND


def test_names_agree_with_the_facts():
    for one in RELOC_TYPES:
        words = one.name.split("_")
        assert one.encoding == ("le" if words[-1] in ("I32", "I64") else "sleb" if "SLEB" in one.name else "uleb")
        assert one.bits == (64 if "64" in words[-1] else 32)
        assert one.width == {"le": one.bits // 8}.get(one.encoding, 5 if one.bits == 32 else 10)
        assert one.relative == ("REL" in words)
        assert one.tls == ("TLS" in words)


@given(U32, st.lists(ANY_RELOC, max_size=8), st.integers(0, 1000))
def test_columns_survive_and_spans_are_file_offsets(target, entries, base):
    value = Relocs(target, entries)
    raw = RELOCS.build(value)
    found = Relocs()
    RELOCS.decode(raw, found, base)
    assert found == value
    assert list(found) == entries == [found[row] for row in range(len(found))]
    assert len(found.spans) == len(entries)
    if entries:
        assert found.spans[-1][1] == base + len(raw)
        alone = [RELOCS.parse(b"\0\1" + raw[start - base : end - base])[0] for start, end in found.spans]
        assert alone == entries


def test_entries_are_as_the_tool_conventions_say():
    entries = [Reloc(0, 5, 1), Reloc(4, 200, 3, -4), Reloc(26, 201, 0)]
    check_both_ways(RELOCS, bytes.fromhex("0a 03 00 05 01 04 c801 03 7c 1a c901 00"), Relocs(10, entries))


@given(st.sampled_from(RELOC_TYPES), st.integers(-(2**63), 2**64 - 1), st.binary(max_size=3))
def test_a_value_is_written_at_its_full_width_modulo_its_bits(kind, value, before):
    raw = encode(kind, value)
    assert len(raw) == kind.width
    assert decode(kind, before + raw, len(before)) % 2**kind.bits == value % 2**kind.bits


@pytest.mark.parametrize(
    ("number", "value", "raw"),
    [
        (0, 1, "8180808000"), (1, -1, "ffffffff7f"), (4, 0x80000000, "8080808078"), (3, -4, "fcffffff0f"),
        (5, 1, "01000000"), (14, 1, "81808080808080808000"), (16, -1, "ffffffffffffffff"),
        (18, -1, "ffffffffffffffffff7f"),
    ],
)  # fmt: skip
def test_sites_are_written_as_lld_writes_them(number, value, raw):
    assert encode(RELOC_TYPES[number], value).hex() == raw


def test_a_site_past_the_end_is_an_error():
    with pytest.raises(FormatError, match="site extends"):
        decode(RELOC_TYPES[5], b"\0\0\0", 0)


def test_relocations_print_their_type_by_name():
    assert str(Reloc(4, 0x10, 2, 8)) == "R_WASM_MEMORY_ADDR_SLEB offset=0x10 index=2+8"
    assert str(Reloc(0, 0, 1)) == "R_WASM_FUNCTION_INDEX_LEB offset=0x0 index=1"


SOURCE = """
    .functype callee (i32) -> (i32)
    .tagtype oops i32
    .tabletype mine, funcref
    .globaltype g, i32
    .globl f
    .type f,@function
f:  .functype f () -> ()
    i32.const data+8
    i32.load more-4
    call callee
    i32.const callee
    call_indirect mine, (i32) -> (i32)
    drop
    global.get g
    throw oops
    end_function
    .section .data.d,"",@
data: .int32 callee
    .int32 data+1
    .size data, 8
"""


def test_what_the_assembler_wrote_is_read():
    module = read(compiled(SOURCE, "-mexception-handling", language="assembly").read_bytes(), "input.o")
    named = [module.symbol_name(one) for one in module.linking.symbols]
    found = {
        relocs.section_name: [(RELOC_TYPES[one.type].name[7:], named[one.index], one.addend) for one in relocs]
        for relocs in module.relocs
    }
    type_reloc = next(one for one in module.relocs[0] if one.type == 6)
    assert str(module.types[type_reloc.index]) == "(i32) -> i32"
    assert [one for one in found["reloc.CODE"] if one[0] != "TYPE_INDEX_LEB"] == [
        ("MEMORY_ADDR_SLEB", "data", 8), ("MEMORY_ADDR_LEB", "more", -4), ("FUNCTION_INDEX_LEB", "callee", 0),
        ("TABLE_INDEX_SLEB", "callee", 0), ("TABLE_NUMBER_LEB", "mine", 0), ("GLOBAL_INDEX_LEB", "g", 0),
        ("TAG_INDEX_LEB", "oops", 0),
    ]  # fmt: skip
    assert found["reloc.DATA"] == [("TABLE_INDEX_I32", "callee", 0), ("MEMORY_ADDR_I32", "data", 1)]
    code = module.section(10)
    assert module.relocs[0].target == code.index
    site = code.contents + module.relocs[0].offsets[0]
    assert module.data[site - 1] == 0x41  # i32.const
    assert decode(RELOC_TYPES[4], module.data, site) == 8


@pytest.mark.parametrize(
    ("raw", "message", "read"),
    [
        ("06 02 00 05 01", "past end", 1), ("06 01 4d 05 01", "invalid relocation type: 77", 0),
        ("06 01 8002 05 01", "invalid relocation type: 256", 0), ("06 00 00", "reloc section ended prematurely", 0),
        ("", "past end", 0),
    ],
)  # fmt: skip
def test_what_was_read_before_an_error_stays(raw, message, read):
    found = Relocs()
    with pytest.raises(FormatError, match=message):
        RELOCS.decode(bytes.fromhex(raw), found)
    assert len(found) == read
    assert len(found.types) == len(found.offsets) == len(found.indices) == len(found.addends)


def test_a_redundant_type_number_is_read():
    assert list(RELOCS.parse(bytes.fromhex("06 01 8500 07 01 7f"))) == [Reloc(5, 7, 1, -1)]
