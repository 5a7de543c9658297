"""Phase 7: the sections of the file."""

import pytest

from tests.link.inputs import NO_STRIP, address, alike, call, custom, datum, function, kept

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


def test_relocatable_output_merges_segments_when_told_to():
    """The default is not to."""
    data = [datum(name, flags=NO_STRIP) for name in ("a", "b")]
    apart, merged = alike("-r", a=data), alike("-r --merge-data-segments", a=data)
    assert [[segment.name for segment in one.layout.segments] for one in (apart, merged)] == [
        [".data.a", ".data.b"], [".data"],
    ]  # fmt: skip
