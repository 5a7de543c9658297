"""Phase 7: the sections of the file."""

import pytest

from tests.link.inputs import (
    NO_STRIP,
    TAKES_I32,
    address,
    alike,
    call,
    constructor,
    custom,
    datum,
    function,
    got,
    kept,
    use_global,
)
from tests.link.scenes import NOTHING, Mention
from wasmscope.format.types import I32, GlobalType


def function_offset(name: str) -> Mention:
    return Mention("FUNCTION_OFFSET_I32", "function", name, NOTHING)


HOOK = datum("hook", b"abcd", flags=NO_STRIP, segment="hooks")

# --- symbol tables and relocations of the output ----------------------------------------------------------------


@pytest.mark.parametrize("weak", [False, True])
@pytest.mark.parametrize("line", ["--emit-relocs", "--emit-relocs --no-gc-sections", "-r", "-r -O0"])
def test_the_end_of_a_segment_is_a_defined_symbol_of_the_output(line: str, weak: bool):
    """LLD defines `__stop_X` after layout, and it is live whoever mentions it."""
    end = address("__stop_hooks", 8, weak, "I32")
    alike(f"--no-entry {line}", a=[datum("hook", b"abcd", end, flags=NO_STRIP, segment="hooks")])
    alike(f"--no-entry {line}", a=[HOOK, function("dead", address("__stop_hooks", 0, weak))])
    alike(f"--no-entry {line}", a=[HOOK, custom("note", b"", end), custom(".debug_info", b"", end)])


def test_a_symbol_that_stayed_in_its_archive_is_not_marked_undefined():
    """A quirk: its weak mention has only the weak flag in the output's symbol table."""
    alike("-r b.o --start-lib a.o --end-lib", a=[function("f")], b=[kept(call("f", weak=True))])


def test_the_function_table_that_a_got_entry_wants_is_in_the_output_s_symbol_table_when_imported():
    """One that the linker defines for it is not."""
    source = [kept(got("f")), function("f")]
    for line in ("-r", "--no-entry --emit-relocs", "--no-entry --emit-relocs --import-table"):
        alike(line, a=source)


def test_relocations_to_a_stub_for_another_signature_have_no_symbol_in_relocatable_output():
    """The stub is not in the table; LLD writes the number that stands for none."""
    sources = {"a": [function("f"), constructor("f")], "b": [custom("note", b"", function_offset("f"))]}
    alike("-r", **sources, c=[function("f", type=TAKES_I32)])


def test_a_dead_global_of_the_linker_is_not_in_the_output_s_symbol_table():
    """`__tls_base` has a value all the same."""
    dead = function("dead", use_global("__tls_base", GlobalType(I32, False)))
    alike("--no-entry --emit-relocs", a=[dead])


def test_relocatable_output_merges_segments_when_told_to():
    """The default is not to."""
    data = [datum(name, flags=NO_STRIP) for name in ("a", "b")]
    apart, merged = alike("-r", a=data), alike("-r --merge-data-segments", a=data)
    assert [[segment.name for segment in one.layout.segments] for one in (apart, merged)] == [
        [".data.a", ".data.b"], [".data"],
    ]  # fmt: skip
