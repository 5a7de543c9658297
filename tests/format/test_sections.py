"""The sections of the core format: round trips, spans, and bytes from the specification's grammar."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.format import values
from tests.format.values import check_both_ways, check_round_trip
from wasmscope.errors import FormatError
from wasmscope.format import sections
from wasmscope.format.defined_types import RecMember, StructType
from wasmscope.format.expr import END, Instr
from wasmscope.format.sections import Body, DataSegment, Element, Export, Global, Import, Table
from wasmscope.format.types import EXTERNREF, FUNCREF, I32, FuncType, GlobalType, Limits, TableType
from wasmscope.format.vectors import Vec

AT_ZERO = (Instr("i32.const", (0,)), END)
VECTORS = {
    "types": (sections.TYPES, values.TYPE_SECTIONS),
    "imports": (sections.IMPORTS, st.lists(values.IMPORTS, max_size=5)),
    "functions": (sections.FUNCTIONS, st.lists(values.U32, max_size=9)),
    "tables": (sections.TABLES, st.lists(values.TABLES, max_size=3)),
    "memories": (sections.MEMORIES, st.lists(values.LIMITS, max_size=3)),
    "tags": (sections.TAGS, st.lists(values.U32, max_size=3)),
    "globals": (sections.GLOBALS, st.lists(values.GLOBALS, max_size=4)),
    "exports": (sections.EXPORTS, st.lists(values.EXPORTS, max_size=4)),
    "elements": (sections.ELEMENTS, st.lists(values.ELEMENTS, max_size=3)),
}


@pytest.mark.parametrize("name", VECTORS)
def test_sections_survive_and_their_spans_cover_them(name):
    codec, strategy = VECTORS[name]

    @given(strategy, st.integers(0, 1000))
    def survives(records, base):
        check_round_trip(codec, records)
        raw = codec.build(records)
        found = Vec()
        codec.decode(raw, found, base)
        assert found == records
        assert len(found.spans) == len(records)
        assert all(a[1] == b[0] for a, b in zip(found.spans, found.spans[1:], strict=False))
        if records:
            assert found.spans[-1][1] == base + len(raw)
            assert [found.span(row) for row in range(len(found))] == found.spans

    survives()


@given(values.U32)
def test_start_and_data_count_survive(value):
    check_round_trip(sections.START, value)
    check_round_trip(sections.DATACOUNT, value)


@given(st.lists(st.binary(max_size=200), max_size=5), st.integers(0, 1000))
def test_bodies_are_framed(bodies, base):
    raw = sections.BODIES.build(bodies)
    found = Vec()
    sections.BODIES.decode(raw, found, base)
    assert [raw[one.code_start - base : one.end - base] for one in found] == bodies
    assert found.spans == [(one.start, one.end) for one in found]


@given(st.lists(values.DATA_SEGMENTS, max_size=4), st.integers(0, 1000))
def test_data_segments_survive(segments, base):
    raw = sections.DATAS.build(segments)
    found = Vec()
    sections.DATAS.decode(raw, found, base)
    assert [raw[one.start - base : one.end - base] for one in found] == [content for _, content in segments]
    assert [one[:3] for one in found] == [segment[:3] for segment, _ in segments]


@pytest.mark.parametrize(
    ("codec", "raw", "records"),
    [
        (sections.TYPES, "02 60 00 00 60 01 7f 00", [FuncType((), ()), FuncType((I32,), ())]),
        (
            sections.TYPES,
            "02 60 00 00 4e 02 5f 00 60 00 00",
            [FuncType((), ()), RecMember(StructType(()), 0, 2), RecMember(FuncType((), ()), 1, 2)],
        ),
        (
            sections.IMPORTS,
            "03 03 656e76 01 66 00 05 03 656e76 01 6d 02 01 01 02 03 656e76 01 67 03 7f 01",
            [
                Import("env", "f", 0, 5),
                Import("env", "m", 2, Limits(1, 1, 2)),
                Import("env", "g", 3, GlobalType(I32, True)),
            ],
        ),
        (sections.TABLES, "01 70 00 01", [Table(TableType(FUNCREF, Limits(0, 1)))]),
        (
            sections.TABLES,
            "01 40 00 6f 00 01 41 00 0b",
            [Table(TableType(EXTERNREF, Limits(0, 1)), AT_ZERO)],
        ),
        (sections.TAGS, "01 00 07", [7]),
        (sections.GLOBALS, "01 7f 01 41 00 0b", [Global(GlobalType(I32, True), AT_ZERO)]),
        (sections.EXPORTS, "01 03 6d656d 02 00", [Export("mem", 2, 0)]),
        (sections.ELEMENTS, "01 00 41 00 0b 02 01 02", [Element(0, 0, AT_ZERO, FUNCREF, (1, 2))]),
        (sections.ELEMENTS, "01 01 00 01 05", [Element(1, 0, None, FUNCREF, (5,))]),
        (sections.ELEMENTS, "01 02 03 41 00 0b 00 01 05", [Element(2, 3, AT_ZERO, FUNCREF, (5,))]),
        (
            sections.ELEMENTS,
            "01 07 6f 01 d0 6f 0b",
            [Element(7, 0, None, EXTERNREF, ((Instr("ref.null", (-0x11,)), END),))],
        ),
    ],
)
def test_sections_are_as_the_specification_says(codec, raw, records):
    check_both_ways(codec, bytes.fromhex(raw), records)


def test_bodies_and_segments_say_where_their_bytes_are():
    bodies = Vec()
    sections.BODIES.decode(bytes.fromhex("02 82 00 00 0b 02 00 0b"), bodies, 100)
    assert bodies == [Body(101, 105, 103), Body(105, 108, 106)]
    datas = Vec()
    sections.DATAS.decode(bytes.fromhex("03 00 41 00 0b 01 61 01 02 62 62 02 05 41 00 0b 00"), datas, 100)
    assert datas == [
        DataSegment(0, 0, AT_ZERO, 106, 107),
        DataSegment(1, 0, None, 109, 111),
        DataSegment(2, 5, AT_ZERO, 117, 117),
    ]


@pytest.mark.parametrize(
    ("codec", "raw", "message", "read"),
    [
        (sections.TYPES, "02 60 00 00 60 01", "EOF|past end", 1),
        (sections.TYPES, "01 60 00 00 00", "type section ended prematurely", 1),
        (sections.IMPORTS, "02 01 61 01 62 00 01 01 61 01 62 09", "unexpected import kind", 1),
        (sections.IMPORTS, "01 20 61", "past end", 0),
        (sections.FUNCTIONS, "05 00 01", "past end", 2),
        (sections.GLOBALS, "02 7f 00 41 00 0b 7f 02", "Varuint1", 1),
        (sections.TAGS, "01 01 00", "invalid attribute", 0),
        (sections.ELEMENTS, "01 08", "Unsupported flags", 0),
        (sections.ELEMENTS, "01 01 07", "invalid elem type", 0),
        (sections.BODIES, "02 02 00 0b 05 00", "Function extends beyond buffer", 1),
        (sections.DATAS, "01 01 05 61", "invalid segment size", 0),
        (sections.DATAS, "01 01", "past end", 0),
        (sections.EXPORTS, "", "past end", 0),
    ],
)
def test_what_was_read_before_an_error_stays(codec, raw, message, read):
    found = Vec()
    with pytest.raises(FormatError, match=message) as caught:
        codec.decode(bytes.fromhex(raw), found)
    assert len(found) == read
    assert 0 <= caught.value.offset <= len(bytes.fromhex(raw))
