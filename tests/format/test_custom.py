"""Name, producers, target_features, dylink.0, build_id."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.format import values
from tests.format.values import check_both_ways, check_round_trip
from tests.toolchain import compiled
from wasmscope.errors import FormatError
from wasmscope.format import custom
from wasmscope.format.custom import (
    Dylink,
    ExportInfo,
    Feature,
    ImportInfo,
    MemoryInfo,
    NameMap,
    Names,
    Producer,
    ProducerField,
)
from wasmscope.format.module import read
from wasmscope.format.vectors import Vec

UNKNOWN = st.lists(st.tuples(st.integers(12, 255), st.binary(max_size=5)), max_size=2)
MAPS = {
    name: values.INDIRECT_NAME_MAPS if name in custom.INDIRECT_NAMES else values.NAME_MAPS
    for name in custom.NAME_SUBSECTIONS[1:]
}
NAMES = st.builds(Names, module=st.none() | values.NAMES, unknown=UNKNOWN, subsections=st.just([]), **MAPS)
DYLINKS = st.builds(
    Dylink,
    memory=st.none() | st.builds(MemoryInfo, values.U32, values.U32, values.U32, values.U32),
    needed=st.lists(values.NAMES, max_size=3).map(Vec),
    exports=st.lists(st.builds(ExportInfo, values.NAMES, values.U32), max_size=2).map(Vec),
    imports=st.lists(st.builds(ImportInfo, values.NAMES, values.NAMES, values.U32), max_size=2).map(Vec),
    runtime_path=st.lists(values.NAMES, max_size=2).map(Vec),
    unknown=UNKNOWN,
    subsections=st.just([]),
)


@given(NAMES)
def test_names_survive(value):
    check_round_trip(custom.NAMES, value)


@given(st.lists(values.PRODUCERS, max_size=3), st.lists(values.FEATURES, max_size=4))
def test_producers_and_features_survive(producers, features):
    check_round_trip(custom.PRODUCERS, producers)
    check_round_trip(custom.TARGET_FEATURES, features)


@given(DYLINKS, st.binary(max_size=40))
def test_dylink_and_build_id_survive(dylink, build_id):
    check_round_trip(custom.DYLINK, dylink)
    check_round_trip(custom.BUILD_ID, build_id)


def test_sections_are_as_the_conventions_say():
    check_both_ways(custom.TARGET_FEATURES, b"\2+\7atomics-\1x", [Feature("+", "atomics"), Feature("-", "x")])
    field = ProducerField("sdk", (Producer("emcc", "4.0"),))
    check_both_ways(custom.PRODUCERS, b"\1\3sdk\1\4emcc\x034.0", [field])
    check_both_ways(custom.BUILD_ID, b"\2\xab\xcd", b"\xab\xcd")
    names = Names(module="m", functions=NameMap({0: "f", 3: "g"}), locals={0: NameMap({1: "x"})})
    check_both_ways(custom.NAMES, b"\0\2\1m\1\7\2\0\1f\3\1g\2\6\1\0\1\1\1x", names)
    check_both_ways(custom.DYLINK, b"\1\4\x10\2\1\0", Dylink(memory=MemoryInfo(16, 2, 1, 0)))


def test_records_print_as_people_write_them():
    assert str(Feature("+", "atomics")) == "+ atomics"
    assert (str(Producer("clang", "22.1")), str(Producer("mine", ""))) == ("clang 22.1", "mine")


def test_the_first_of_two_names_stays():
    assert custom.NAME_MAP.parse(b"\2\0\1a\0\1b") == {0: "a"}


def test_entries_of_name_maps_know_where_they_are():
    found = Names()
    custom.NAMES.decode(b"\1\7\2\0\1f\3\1g\2\6\1\0\1\1\1x", found, 100)
    assert (found.functions.base, found.functions.starts) == (102, [1, 4, 7])
    assert [(part.type, part.start, part.contents, part.end) for part in found.subsections] == [
        (1, 100, 102, 109), (2, 109, 111, 117),
    ]  # fmt: skip


def test_a_bad_part_of_the_name_section_does_not_hide_the_others():
    found = Names()
    with pytest.raises(FormatError, match="past end") as caught:
        custom.NAMES.decode(b"\1\4\2\0\1f\2\2\1\0\7\4\1\0\1g\1\3\1\7\x09", found)
    assert found.globals == {0: "g"}
    assert found.functions == {0: "f"}
    assert caught.value.offset is not None


@pytest.mark.parametrize(
    ("codec", "raw", "message"),
    [
        (custom.NAMES, "01 05 00", "name sub-section ended prematurely"),
        (custom.NAMES, "01 02 00 00", "name sub-section ended prematurely"),
        (custom.NAMES, "00 03 01 6d 00", "name sub-section ended prematurely"),
        (custom.DYLINK, "01 05 00 00 00 00 00", "dylink.0 sub-section ended prematurely"),
        (custom.DYLINK, "02 01", "past end"),
        (custom.PRODUCERS, "00 00", "producers section ended prematurely"),
        (custom.TARGET_FEATURES, "00 00", "target features section ended prematurely"),
        (custom.TARGET_FEATURES, "01 2b 05 61", "EOF while reading string"),
        (custom.BUILD_ID, "20 00", "build id extends"),
    ],
)
def test_what_cannot_be_read_is_an_error(codec, raw, message):
    with pytest.raises(FormatError, match=message):
        codec.parse(bytes.fromhex(raw))


def test_what_the_compiler_wrote_is_read():
    module = read(compiled("int f(void) { return 1; }", "-mcpu=mvp", "-mbulk-memory").read_bytes(), "input.o")
    fields = {field.name: field.values for field in module.producers}
    assert fields["language"][0].name.startswith("C")
    assert fields["processed-by"][0].name == "clang"
    assert fields["processed-by"][0].version.startswith("22.1")
    assert "+ bulk-memory" in map(str, module.features)
    assert module.names is None
