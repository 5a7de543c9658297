"""Phase 5: what gets a number, in which order, and what is exported and why."""

import pytest

from tests.link.inputs import (
    NO_STRIP,
    SEGMENT_TLS,
    TAKES_I32,
    WEAK,
    address,
    alike,
    call,
    constructor,
    datum,
    exports,
    function,
    got,
    kept,
    slot,
)

# --- exports ----------------------------------------------------------------------------------------------------


def test_the_function_table_is_exported_by_name_though_it_is_made_late():
    """LLD makes the table after it has marked, and looks at the exports once more after that."""
    result = alike("--no-entry --export=__indirect_function_table", a=[kept(slot("f")), function("f")])
    assert exports(result)["__indirect_function_table"] == "--export"


def test_the_start_of_a_segment_that_an_object_wants_is_exported_by_name():
    """`__start_X` is defined after layout, and --export finds it all the same."""
    result = alike("--no-entry --export-if-defined=__start_hooks --export-if-defined=__start_none",
                   a=[kept(address("__start_hooks")), datum("hook", segment="hooks", flags=NO_STRIP)])  # fmt: skip
    assert exports(result) == {"__start_hooks": "--export"}


def test_the_function_table_that_a_got_entry_wants_comes_too_late_to_be_exported_by_name():
    """LLD looks at the exports before it scans; with undefined symbols tolerated that is no error."""
    source = [kept(got("f")), function("f")]
    result = alike("--no-entry --export-if-defined=__indirect_function_table", a=source)
    assert exports(result) == {}
    alike("--no-entry --allow-undefined --export=__indirect_function_table", a=source)


# --- the function table -----------------------------------------------------------------------------------------


def test_a_got_entry_of_a_function_makes_the_function_table():
    """Nothing else mentions the table, but the entry holds a slot number."""
    result = alike("--no-entry --export-all", a=[kept(got("f")), function("f")])
    assert (result.mark.table, result.index.table.name) == (None, "__indirect_function_table")
    assert exports(result)["__indirect_function_table"] == "--export-all"


def test_a_got_entry_imports_the_function_table_after_everything_else():
    """With --import-table; the imports are counted before LLD scans."""
    result = alike("--no-entry --import-table --allow-undefined", a=[kept(got("f"), call("g")), function("f")])
    assert [one.name for one in result.index.imports] == ["g", "__indirect_function_table"]


def test_a_got_entry_of_a_weak_undefined_function_is_null_and_named_after_its_stub():
    """There is a table, and no slot in it."""
    result = alike("--no-entry", a=[kept(got("absent", weak=True))])
    assert not result.index.slots


# --- constructors -----------------------------------------------------------------------------------------------


def test_a_constructor_with_arguments_is_called_by_the_name_of_its_stub():
    """Another object defines the name with another signature, so this object's constructor is a stub."""
    alike("--no-entry", a=[function("f")], b=[function("f", type=TAKES_I32), constructor("f")])
    alike("--no-entry", a=[function("f", type=TAKES_I32), constructor("f")], b=[kept(call("f"))])


def test_a_constructor_that_takes_arguments_is_told_before_mutable_globals():
    """The check of mutable globals only comes when there was no error before."""
    source = [function("f", type=TAKES_I32, flags=WEAK), constructor("f")]
    alike("--no-entry --export=__stack_pointer", a=source)


# --- start-up functions -----------------------------------------------------------------------------------------

SIZES = ("I32", "I64")
THREADS = "--no-entry --shared-memory --max-memory=1048576 --features=atomics,bulk-memory"


@pytest.mark.parametrize("wide", ["", "-mwasm64 "])
def test_words_of_thread_local_data_that_a_got_global_knows_are_stored_for_each_thread(wide: str):
    """`__wasm_apply_tls_relocs` reads the global, adds the addend and stores; other words are as linked."""
    uses = kept(got("far", "data"), address("own", how="TLS_SLEB"))
    words = [address(name, addend, how=how) for name in ("far", "near") for addend in (0, 5, -3) for how in SIZES]
    own = datum("own", b"", *words, segment=".tdata", segment_flags=SEGMENT_TLS)
    alike(f"{wide}{THREADS}", a=[uses, datum("far", segment=".bss"), datum("near"), own])
