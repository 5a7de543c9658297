"""LEB128 numbers and names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.format.values import NAMES, S64, U64, check_both_ways, check_round_trip
from wasmscope.errors import FormatError
from wasmscope.format.leb128 import SLEB, ULEB, String, read_name, read_sleb, read_u32, read_uleb, sleb, uleb, uleb_tail

# The examples of the DWARF standard (figures 22 and 23), where LEB128 comes from.
DWARF_UNSIGNED = {2: "02", 127: "7f", 128: "8001", 129: "8101", 12857: "b964"}
DWARF_SIGNED = {2: "02", -2: "7e", 127: "ff00", -127: "817f", 128: "8001", -128: "807f", 129: "8101", -129: "ff7e"}


@pytest.mark.parametrize(("value", "text"), DWARF_UNSIGNED.items())
def test_unsigned_numbers_are_as_in_the_dwarf_standard(value, text):
    check_both_ways(ULEB, bytes.fromhex(text), value)


@pytest.mark.parametrize(("value", "text"), DWARF_SIGNED.items())
def test_signed_numbers_are_as_in_the_dwarf_standard(value, text):
    check_both_ways(SLEB, bytes.fromhex(text), value)


@given(U64, st.binary(max_size=3))
def test_unsigned_numbers_survive(value, before):
    raw = uleb(value)
    assert read_uleb(before + raw + b"\xff", len(before)) == (value, len(before) + len(raw))
    check_round_trip(ULEB, value)


@given(S64)
def test_signed_numbers_survive(value):
    raw = sleb(value)
    assert read_sleb(raw, 0) == (value, len(raw))
    check_round_trip(SLEB, value)


@given(st.integers(0, 2**32 - 1), st.integers(-(2**31), 2**31 - 1))
def test_numbers_can_be_padded_to_the_width_of_a_site(unsigned, signed):
    assert len(uleb(unsigned, 5)) == len(sleb(signed, 5)) == 5
    assert read_u32(uleb(unsigned, 5), 0) == (unsigned, 5)
    assert read_sleb(sleb(signed, 5), 0) == (signed, 5)
    assert read_sleb(sleb(signed, 10), 0) == (signed, 10)


def test_a_number_wider_than_its_site_is_refused():
    with pytest.raises(ValueError, match="needs 2 bytes"):
        uleb(128, 1)


def test_a_negative_number_is_not_unsigned():
    with pytest.raises(OverflowError, match="-1 is negative"):
        uleb(-1)


@given(st.integers(128, 2**32 - 1), st.sampled_from((0, 5, 7)))
def test_the_tail_of_a_number_is_read_where_a_loop_left_it(value, width):
    raw = uleb(value, width)
    assert uleb_tail(raw, 1, raw[0]) == (value, len(raw))


@pytest.mark.parametrize("raw", [b"", b"\x80", b"\xff\xff\xff"])
@pytest.mark.parametrize("read", [read_uleb, read_u32, read_sleb])
def test_a_truncated_number_is_an_error_at_its_start(read, raw):
    with pytest.raises(FormatError, match="extends past end") as caught:
        read(b"\0" + raw, 1)
    assert caught.value.offset == 1


def test_redundant_bytes_are_read():
    assert read_uleb(b"\x83" + b"\x80" * 20 + b"\0", 0) == (3, 22)
    assert read_sleb(b"\xff" * 20 + b"\x7f", 0) == (-1, 21)


@pytest.mark.parametrize("read", [read_uleb, read_sleb])
def test_more_than_64_bits_are_refused(read):
    with pytest.raises(FormatError, match="too big"):
        read(b"\x80" * 9 + b"\x02", 0)


def test_more_than_32_bits_are_refused_where_32_are_asked_for():
    with pytest.raises(FormatError, match="LEB is outside Varuint32 range"):
        read_u32(uleb(2**32), 0)
    with pytest.raises(FormatError, match="LEB is outside Varuint32 range"):
        uleb_tail(uleb(2**32), 1, 0x80)


@given(NAMES)
def test_names_survive_whatever_their_bytes(name):
    check_round_trip(String, name)


def test_a_name_counts_its_bytes():
    check_both_ways(String, b"\x04\xe2\x86\x92!", "→!")
    check_both_ways(String, b"\x02\xff\xfe", "\udcff\udcfe")


def test_a_name_that_is_cut_off_is_an_error():
    with pytest.raises(FormatError, match="EOF while reading string"):
        read_name(b"\x05abcd", 0)
