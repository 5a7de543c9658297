"""Phase 3: what is kept, and what kept it."""

import pytest

from tests.link.inputs import (
    STRINGS,
    address,
    alike,
    call,
    constructor,
    datum,
    errors,
    function,
    got,
    kept,
    live_functions,
    slot,
)
from tests.link.scenes import Declared, Mention


def test_a_stub_is_kept_for_a_relative_slot_but_not_for_an_absolute_one():
    """LLD knows the absolute slot of a weak undefined function to be 0; for the relative one it keeps the stub."""
    absolute = alike("--no-entry", a=[kept(slot("absent", weak=True))])
    relative = alike("--no-entry", a=[kept(slot("absent", weak=True, how="REL_SLEB"))])
    for result, names in ((absolute, ["keeper"]), (relative, ["absent", "keeper"])):
            assert [atom.name for atom in result.index.functions] == names


def test_a_constructor_that_is_imported_keeps_the_call_of_constructors():
    """--wrap makes the constructor an undefined `__wrap_f`, which the host provides."""
    result = alike("--no-entry --allow-undefined --wrap=f", a=[function("f"), constructor("f")])
    assert [(atom.name, number) for atom, number in result.index.functions.items()] == [("__wasm_call_ctors", 1)]
    assert live_functions(result) == []


def test_what_a_function_calls_is_kept_by_that_call():
    """The reason is the relocation: its atom, its row, its symbol."""
    result = alike("--no-entry", a=[kept(call("f")), function("f"), function("unused")])
    why = {atom.name: reason for atom, reason in result.mark.why.items()}
    assert "unused" not in why
    assert (why["f"].by.name, why["f"].rule) == ("keeper", "relocation")
    assert why["keeper"].rule == "no-strip (attribute used)"


# --- strings ----------------------------------------------------------------------------------------------------

TEXT = datum("text", b"one\0two\0", segment=".rodata.text", segment_flags=STRINGS)
END = Declared("alias", "end", number=8, text="text")


@pytest.mark.parametrize("mention", [address("end"), got("end", "data")])
def test_keeping_a_symbol_past_the_last_merged_string_is_an_error(mention: Mention):
    """LLD marks the string that a symbol is at, and there is none; it stops before it looks at the memory."""
    result = alike("--no-entry --initial-memory=65536", a=[TEXT, END, kept(mention)])
    assert errors(result) == ["a.o:(.rodata.text): offset is outside the section"]
    assert result.failed == "mark"
    assert result.layout is None


def test_a_symbol_past_the_last_string_does_no_harm_when_dead_or_not_merged():
    """Without optimisation strings stay as they are."""
    alike("--no-entry", a=[TEXT, END, kept(address("text"))])
    alike("--no-entry -O0", a=[TEXT, END, kept(address("end"))])
