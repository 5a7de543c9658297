"""The linking section: round trips, bytes from the tool conventions, and what the assembler makes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.format import values
from tests.format.values import check_both_ways
from tests.toolchain import compiled
from wasmscope.errors import FormatError
from wasmscope.format.linking import LINKING, SYMBOLS, Comdat, InitFunc, Linking, SegmentInfo, SymbolRecord
from wasmscope.format.module import read
from wasmscope.format.vectors import Vec

LINKINGS = st.builds(
    Linking,
    symbols=st.lists(values.SYMBOLS, max_size=5).map(Vec),
    segments=st.lists(values.SEGMENT_INFOS, max_size=3).map(Vec),
    init_funcs=st.lists(values.INIT_FUNCS, max_size=3).map(Vec),
    comdats=st.lists(values.COMDATS, max_size=3).map(Vec),
    unknown=st.lists(st.tuples(st.integers(9, 255), st.binary(max_size=5)), max_size=2),
    subsections=st.just([]),
)


@given(LINKINGS, st.integers(0, 1000))
def test_the_section_survives_and_spans_are_file_offsets(value, base):
    raw = LINKING.build(value)
    found = Linking()
    LINKING.decode(raw, found, base)
    assert found == value
    for row, (start, end) in enumerate(found.symbols.spans):
        assert SYMBOLS.parse(b"\1" + raw[start - base : end - base]) == [value.symbols[row]]


def test_symbols_are_as_the_tool_conventions_say():
    check_both_ways(
        SYMBOLS,
        bytes.fromhex("06 00 00 02 01 66 00 10 00 00 50 01 03 616263 01 00 01 64 00 04 08 01 11 01 75 03 02 07"),
        [
            SymbolRecord(0, 0, "f", 2),
            SymbolRecord(0, 0x10, None, 0),
            SymbolRecord(0, 0x50, "abc", 1),
            SymbolRecord(1, 0, "d", 0, 4, 8),
            SymbolRecord(1, 0x11, "u", 0),
            SymbolRecord(3, 2, None, 7),
        ],
    )


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (SymbolRecord(0, 0, "foo", 3), "F binding=global visible=yes id=3 name=foo"),
        (SymbolRecord(1, 6, "bar", 0), "D binding=local visible=no id=0 name=bar"),
        (SymbolRecord(2, 0x10, None, 0), "G binding=global visible=yes id=0 name="),
        (SymbolRecord(3, 2, None, 5), "S binding=local visible=yes id=5 name="),
        (SymbolRecord(4, 4, "e", 1), "E binding=global visible=no id=1 name=e"),
        (SymbolRecord(5, 1, "t", 1), "T binding=global visible=yes id=1 name=t"),
    ],
)
def test_a_symbol_prints_as_the_first_linker_printed_it(record, text):
    assert str(record) == text


def test_a_symbol_knows_its_binding_and_whether_it_is_defined():
    assert [SymbolRecord(0, flags, "f", 0).binding for flags in (0, 1, 2)] == ["global", "weak", "local"]
    assert [SymbolRecord(0, flags, "f", 0).defined for flags in (0, 0x10)] == [True, False]


@pytest.mark.parametrize(
    ("name", "flags", "merged", "alone"),
    [
        (".data.x", 0, ".data", ".data.x"),
        (".rodata..L.str", 1, ".rodata", ".rodata..L.str"),
        (".data.rel.ro.x", 0, ".data", ".data.rel.ro.x"),
        (".bssfoo", 0, ".bssfoo", ".bssfoo"),
        (".tbss.x", 0, ".tdata", ".tdata"),
        ("mine", 2, ".tdata", ".tdata"),
        ("mine", 0, "mine", "mine"),
    ],
)
def test_a_segment_knows_where_it_goes(name, flags, merged, alone):
    info = SegmentInfo(name, 0, flags)
    assert (info.output_name(), info.output_name(merge=False)) == (merged, alone)


SOURCE = """
    .functype outside (i32) -> (i32)
    .import_module named, host
    .import_name named, elsewhere
    .functype named () -> ()
    .globaltype counter, i32
    .section .text.f,"",@
    .hidden f
    .globl f
    .type f,@function
f:  .functype f (i32) -> (i32)
    call named
    global.get counter
    drop
    i32.const numbers+4
    drop
    i32.const missing
    drop
    local.get 0
    call outside
    end_function
    .section .text.w,"",@
    .weak w
    .type w,@function
w:  .functype w () -> ()
    end_function
    .export_name w, shown
    .no_dead_strip f
    .globaltype own, i64
    .globl own
own:
    .section .data.numbers,"",@
    .p2align 3
numbers:
    .int32 1
    .int32 2
    .size numbers, 8
    .section .tdata.mine,"T",@
mine: .int32 3
    .size mine, 4
    .section .rodata.text,"S",@
text: .asciz "hello"
    .size text, 6
    .section .init_array.7,"",@
    .p2align 2
    .int32 w
"""


def test_what_the_assembler_wrote_is_read():
    linking = read(compiled(SOURCE, "-g0", language="assembly").read_bytes(), "input.o").linking
    symbols = {one.name: one for one in linking.symbols if one.name}
    hidden_function = symbols["f"]
    assert (hidden_function.kind, hidden_function.flags & 0x84, hidden_function.index) == (0, 0x84, 2)
    assert symbols["w"].flags & 0x21 == 0x21
    assert symbols["named"].flags & 0x50 == 0x50
    assert symbols["missing"][:4] == (1, 0x10, "missing", 0)
    assert symbols["numbers"][3:] == (0, 0, 8)
    assert symbols["mine"].flags & 0x100
    assert symbols["own"].kind == 2
    assert [one.index for one in linking.symbols if one.name is None and one.kind == 0] == [1]
    assert linking.segments == [
        SegmentInfo(".data.numbers", 3, 0), SegmentInfo(".tdata.mine", 0, 2), SegmentInfo(".rodata.text", 0, 1),
    ]  # fmt: skip
    (init,) = linking.init_funcs
    assert (init.priority, linking.symbols[init.symbol].name) == (7, "w")
    assert linking.subsections


def test_a_group_lists_what_it_holds():
    source = "inline int twice(int x) { static int calls; return calls++, x * 2; } int f(int x) { return twice(x); }"
    module = read(compiled(source, language="c++").read_bytes(), "input.o")
    groups = {one.name: one for one in module.linking.comdats}
    assert groups["_Z5twicei"].flags == 0
    assert {kind for kind, _ in groups["_Z5twicei"].entries} <= {0, 1, 5}
    function = next(one for one in module.linking.symbols if one.name == "_Z5twicei")
    assert (1, function.index) in groups["_Z5twicei"].entries


@pytest.mark.parametrize(
    ("raw", "message", "symbols"),
    [
        ("03", "unexpected metadata version: 3 \\(Expected: 2\\)", 0),
        ("", "past end", 0),
        ("02 08 0b 02 00 00 00 01 66 01 00 20 67", "EOF while reading string|sub-section ended", 1),
        ("02 08 05 01 09 00 00 00", "invalid symbol type: 9", 0),
        ("02 08 07 01 00 00 00 01 66 00", "linking sub-section ended prematurely", 1),
        ("02 08 7f 00", "linking sub-section ended prematurely", 0),
        ("02 06 03 01 05 80", "past end", 0),
    ],
)
def test_what_cannot_be_read_is_an_error_and_the_rest_stays(raw, message, symbols):
    found = Linking()
    with pytest.raises(FormatError, match=message) as caught:
        LINKING.decode(bytes.fromhex(raw), found, 50)
    assert len(found.symbols) == symbols
    assert 0 <= caught.value.offset <= len(bytes.fromhex(raw))


def test_records_are_plain_values():
    assert InitFunc(1, 2) == (1, 2)
    assert Comdat("c", 0, ((0, 1),)).entries == ((0, 1),)
