"""Position-independent output, where random links found differences; `test_dynamic` has the rest."""

import pytest

from tests.link.inputs import (
    EXPORTED,
    NO_STRIP,
    SEGMENT_TLS,
    TAKES_I32,
    WEAK,
    address,
    alike,
    call,
    constructor,
    datum,
    errors,
    function,
    global_,
    got,
    kept,
    slot,
)
from tests.link.scenes import Mention
from wasmscope.format.types import I32, GlobalType

SHARED, PIE = "-shared --experimental-pic", "-pie --experimental-pic --no-entry"
THREADS = "--no-entry --shared-memory --max-memory=1048576 --features=atomics,bulk-memory"


@pytest.mark.parametrize("line", [SHARED, PIE])
def test_a_word_that_no_code_can_set_is_refused(line: str):
    """A distance, or a number in another encoding; told of before constructors are looked at."""
    constructors = [function("k", type=TAKES_I32), constructor("k")]
    source = [datum("d", b"", address("d", how="LOCREL_I32"), call("f"), flags=NO_STRIP), function("f")]
    result = alike(line, a=[*source, *constructors])
    assert [text.rpartition(" ")[2] for text in errors(result)] == [
        "R_WASM_MEMORY_ADDR_LOCREL_I32", "R_WASM_FUNCTION_INDEX_LEB", "k",
    ]  # fmt: skip


def test_a_word_of_thread_local_data_that_no_code_can_set_is_refused():
    """If its symbol has a GOT global, which each thread's data is set from; after constructors."""
    own = datum("own", b"", address("d", how="LOCREL_I32"), segment=".tdata", segment_flags=SEGMENT_TLS, flags=NO_STRIP)
    result = alike(THREADS, a=[kept(got("d", "data")), datum("d"), own])
    assert errors(result) == ["invalid runtime relocation type in data section: R_WASM_MEMORY_ADDR_LOCREL_I32"]
    alike(THREADS, a=[datum("d", flags=NO_STRIP), own])


def test_a_weak_global_of_a_shared_library_is_imported_and_has_one_number_in_the_names():
    """Its own, twice: another library may define it anew."""
    alike(SHARED, a=[global_("n", GlobalType(I32, False), 1, WEAK)])


def test_nobody_looks_for_destructors_in_a_shared_library():
    """Whoever uses it runs them."""
    alike(f"{SHARED} --no-entry", a=[kept(call("__wasm_call_dtors"))])


@pytest.mark.parametrize("line", ["a.o --start-lib b.o --end-lib", "--start-lib b.o --end-lib a.o"])
def test_a_function_that_stayed_in_its_archive_is_imported_though_only_its_address_is_taken(line: str):
    """LLD forgets that nobody calls it."""
    pointer = datum("p", b"", slot("f", weak=True, how="I32"), flags=NO_STRIP)
    alike(f"{line} {PIE}", a=[pointer], b=[function("f")])
    alike(f"a.o {PIE}", a=[pointer])


@pytest.mark.parametrize("word", [address("x", how="I32"), slot("x", how="I32")])
def test_what_applies_relocations_is_wrapped_like_any_export(word: Mention):
    """In a command that asks a dynamic linker for addresses."""
    source = [function("f", flags=EXPORTED), datum("d", b"", word, flags=NO_STRIP), function("k"), constructor("k")]
    result = alike("--unresolved-symbols=import-dynamic --experimental-pic --no-entry", a=source)
    assert "__wasm_apply_data_relocs.command_export" in [atom.name for atom in result.index.wrappers]


def test_a_stub_has_its_own_name_in_messages():
    """As LLD renames the symbol."""
    result = alike(SHARED, a=[function("g", type=TAKES_I32)], b=[function("g"), kept(slot("g"))])
    assert errors(result)[-1].endswith("cannot be used against symbol `signature_mismatch:g`; recompile with -fPIC")
