"""Bytes read as numbers: the values are what Python's struct and the specification's examples say."""

from __future__ import annotations

import struct

import pytest

from wasmscope.debugger.panes.data_inspector import data_lines, mnemonic, utf8


def read(data: bytes) -> dict[str, str]:
    return {one.spans[0][0].strip(): one.spans[1][0] for one in data_lines(data)}


def test_integers_and_floats_are_those_of_struct() -> None:
    data = bytes.fromhex("c3f54840182d4454")
    found = read(data)
    assert found["u8"].split()[0] == str(data[0])
    assert found["i8"] == str(struct.unpack("<b", data[:1])[0])
    assert found["i16"] == str(struct.unpack("<h", data[:2])[0])
    assert found["u32"].split()[0] == str(struct.unpack("<I", data[:4])[0])
    assert found["i64"] == str(struct.unpack("<q", data)[0])
    assert found["f32"] == "3.1400001"
    assert float(found["f64"]) == pytest.approx(struct.unpack("<d", data)[0])


@pytest.mark.parametrize(
    ("data", "uleb", "sleb"),
    [
        ("e58e26", "624485  in 3 bytes", "624485  in 3 bytes"),
        ("a680808000", "38  in 5 bytes, needs 1", "38  in 5 bytes, needs 1"),
        ("7f", "127  in 1 byte", "-1  in 1 byte"),
        ("ffffffff7f", "34359738367  in 5 bytes", "-1  in 5 bytes, needs 1"),
    ],
)
def test_a_leb_says_how_long_it_is_and_how_long_it_need_be(data: str, uleb: str, sleb: str) -> None:
    found = read(bytes.fromhex(data))
    assert (found["uleb"], found["sleb"]) == (uleb, sleb)


def test_a_leb_that_never_ends_is_none() -> None:
    assert "uleb" not in read(b"\xff" * 16)
    assert read(b"") == {}


def test_types_instructions_and_text() -> None:
    assert read(b"\x7f")["type"] == "i32"
    assert mnemonic(b"\x10\x00") == "call"
    assert mnemonic(b"\xfc\x0b\x00") == "memory.fill"
    assert mnemonic(b"\xfc") == ""
    assert utf8("é€\n[/x]".encode() + b"\xff") == "é€·[/x]·"
