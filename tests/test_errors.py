"""What an error says."""

from __future__ import annotations

import pytest

from wasmscope.errors import Diagnostic, FormatError, LinkError, WasmError


def test_an_error_names_file_section_offset_and_what_was_expected():
    error = FormatError("bad form", "a.o", "type", 0x2A, "0x60")
    assert str(error) == "a.o: bad form (section type, offset 0x2a; expected 0x60)"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (WasmError("too much"), "too much"),
        (LinkError("too much", "a.o"), "a.o: too much"),
        (FormatError("bad", "a.o", offset=0), "a.o: bad (offset 0x0)"),
        (FormatError("bad", "a.o", section="code"), "a.o: bad (section code)"),
        (FormatError("bad", "a.o", expected="good"), "a.o: bad (expected good)"),
    ],
)
def test_parts_that_are_not_known_are_left_out(error, text):
    assert str(error) == text


def test_a_diagnostic_reads_as_a_line():
    assert str(Diagnostic("warning", "odd")) == "warning: odd"
