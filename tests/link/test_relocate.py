"""Phase 6: the value of every relocation."""

import pytest

from tests.link.inputs import LOCAL, STRINGS, address, alike, call, custom, datum, errors, function, kept, section, slot
from tests.link.scenes import Declared
from wasmscope.link import relocate


@pytest.fixture(params=["row by row", "by columns"], autouse=True)
def way(request, monkeypatch):
    """Few relocations are patched one by one, very many with NumPy: everything here is true of both."""
    monkeypatch.setattr(relocate, "columns_pay", lambda rows, first: rows > 0 and request.param == "by columns")


TEXT = datum("text", b"one\0two\0", segment=".rodata.text", segment_flags=STRINGS)
END = Declared("alias", "end", number=8, text="text")

# --- what has no address ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("weak", [False, True])
def test_data_that_its_own_file_lost_to_a_comdat_group_is_at_0(weak: bool):
    """A quirk: the file was pulled in for it, and what stays counts as lazy; then the addend is written."""
    lost, winner = datum("lost", comdat="group"), function("winner", comdat="group")
    alike("--no-entry a.o --start-lib b.o --end-lib", a=[kept(address("lost", 8, weak)), winner], b=[lost])
    alike("--no-entry a.o b.o --unresolved-symbols=ignore-all", a=[kept(address("lost", 8, weak)), winner], b=[lost])


def test_a_function_that_its_own_file_lost_to_a_comdat_group_is_number_0():
    """As LLD writes it, and it has no table slot."""
    lost, winner = function("lost", comdat="group"), function("winner", comdat="group")
    alike("--no-entry a.o --start-lib b.o --end-lib", a=[kept(call("lost"), slot("lost")), winner], b=[lost])


# --- merged strings ---------------------------------------------------------------------------------------------


def test_an_address_past_the_last_merged_string_is_refused():
    """There is no string there, so there is no place where it went."""
    result = alike("--no-entry --no-gc-sections", a=[TEXT, END, kept(address("end"))])
    assert errors(result) == ["a.o:(.rodata.text): offset is outside the section"]
    assert result.failed == "relocate"
    assert result.emit is None


def test_an_export_past_the_last_merged_string_is_refused():
    """Its global would hold that address."""
    assert alike("--no-entry --no-gc-sections --export=end", a=[TEXT, END]).failed == "relocate"


@pytest.mark.parametrize("line", ["-r", "--no-entry --emit-relocs --no-gc-sections", "--no-entry --emit-relocs"])
def test_a_symbol_table_that_tells_of_a_place_past_the_last_merged_string_is_refused(line: str):
    """Unless the symbol is dead."""
    alike(line, a=[TEXT, END, kept(address("text"))])
    alike(line, a=[TEXT, Declared("alias", "end", flags=LOCAL, number=8, text="text"), kept(address("text"))])


def test_an_addend_may_lead_past_the_last_merged_string():
    """It is added to where the symbol's string went."""
    alike("--no-entry", a=[TEXT, kept(address("text", 100))])


@pytest.mark.parametrize("strings", [b"ab\0", b""])
def test_a_place_past_the_end_of_debug_strings_is_refused(strings: bytes):
    """`.debug_str` is merged like any strings; it does not matter that it is stripped."""
    debug = [custom(".debug_str", strings), custom("note", b"", section(".debug_str", len(strings)))]
    for line in ("--no-entry", "--no-entry -S"):
        assert errors(alike(line, a=debug)) == ["a.o:(.debug_str): offset is outside the section"]
    alike("--no-entry -O0", a=debug)


def test_a_place_past_the_end_of_debug_strings_does_no_harm_when_nothing_stays_that_asks():
    """`.debug_info` is stripped too."""
    debug = [custom(".debug_str", b"ab\0"), custom(".debug_info", b"", section(".debug_str", 3))]
    alike("--no-entry -S", a=debug)
