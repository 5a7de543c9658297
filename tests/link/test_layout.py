"""Phase 4: every address, and what the output may use."""

from typing import Any

import pytest

from tests.link.inputs import (
    NO_STRIP,
    RETAIN,
    SEGMENT_TLS,
    STRINGS,
    TLS,
    address,
    alike,
    c,
    datum,
    errors,
    feature,
    function,
    kept,
    library,
)
from tests.link.scenes import Declared
from wasmscope.link.addresses import Addresses
from wasmscope.link.model import Link

THREADS = "--no-entry --shared-memory --max-memory=1048576 --features=atomics,bulk-memory"

# --- output segments --------------------------------------------------------------------------------------------


def placed_as(result: Link) -> dict[str, list[tuple[str, int, int]]]:
    """For each output segment what is in it: name, offset and padding before it."""
    return {
        segment.name: [(placed.item.name, placed.offset, placed.pad) for placed in segment.chain]
        for segment in result.layout.segments
    }


NAMES = (".data.a", ".rodata.b", ".bss.c", "hooks", ".data.rel.ro.d", ".text.e", ".datax", ".bssx", ".rodata",
         ".init_array", ".rodata.cst16", ".data", ".d", ".rodatax", "zoo")  # fmt: skip
SORTED = [".rodata", ".rodatax", ".data", ".datax", "hooks", ".text", ".init_array", ".d", "zoo", ".bss", ".bssx"]


@pytest.mark.parametrize("line", ["", "--no-merge-data-segments", "-O0", "--no-stack-first"])
def test_segments_are_merged_by_prefix_and_sorted_by_kind(line: str):
    """Read-only data, data, the rest, zeros; each kind in order of first use."""
    one = [datum(f"d{number}", bytes([number]) * 5, segment=name, flags=NO_STRIP) for number, name in enumerate(NAMES)]
    two = [datum(f"e{number}", b"abc", segment=name, flags=NO_STRIP) for number, name in enumerate(reversed(NAMES))]
    names = list(placed_as(alike(f"--no-entry {line}", a=one, b=two)))
    assert set(names) == set(NAMES) if line == "--no-merge-data-segments" else names == SORTED


def test_atoms_are_appended_in_object_order_with_padding_to_their_alignment():
    """The gaps are zero, the segment is aligned as its strictest atom."""
    sources = {name: [datum(name, name.encode(), align=align, segment=f".data.{name}", flags=NO_STRIP)]
               for name, align in {"a": 0, "b": 3, "c": 0, "d": 4, "e": 1}.items()}  # fmt: skip
    result = alike("--no-entry --global-base=70001", **sources)
    assert placed_as(result) == {
        ".data": [(".data.a", 0, 0), (".data.b", 8, 7), (".data.c", 9, 0), (".data.d", 16, 6), (".data.e", 18, 1)]
    }
    assert [(segment.align, segment.address) for segment in result.layout.segments] == [(4, 70016)]


def test_a_chain_links_its_atoms_both_ways():
    """First, last, and each one's neighbours."""
    chain = alike("--no-entry", a=[datum(name, flags=NO_STRIP) for name in "abc"]).layout.segments[0].chain
    forwards, backwards, placed = [place.item.name for place in chain], [], chain.last
    while placed is not None:
        backwards.append(placed.item.name)
        placed = placed.prev
    assert forwards == backwards[::-1] == [".data.a", ".data.b", ".data.c"]
    assert (chain.first.prev, chain.last.next, chain.first.next.prev) == (None, None, chain.first)


def test_zeros_are_not_written_unless_an_imported_memory_may_not_be_zero():
    """Without bulk memory they are written then; with it a start function clears them."""
    zeros = [datum("z", bytes(100), segment=".bss.z", flags=NO_STRIP), datum("d", flags=NO_STRIP)]
    plain = alike("--no-entry", a=zeros)
    written = alike("--no-entry --import-memory", a=zeros)
    cleared = alike("--no-entry --import-memory", a=[*zeros, feature("bulk-memory")])
    assert len(written.emit.data) > len(plain.emit.data) + 80
    assert (plain.index.start, cleared.index.start is None) == (None, False)
    assert [one.layout.emit_bss for one in (plain, written, cleared)] == [False, True, False]


def test_empty_segments_have_an_address_and_take_no_room():
    """Symbols may stand at their end."""
    sources = {name: [datum(name, b"", flags=NO_STRIP), datum(f"x{name}", b"12", flags=NO_STRIP)] for name in "ab"}
    alike("--no-entry --export-all", **sources)
    alike("--no-entry --export-all", a=[datum("only", b"", flags=NO_STRIP, align=4)])


# --- strings ----------------------------------------------------------------------------------------------------


def strings(name: str, *texts: bytes, **more: Any) -> Declared:
    """Read-only strings that may be merged, unless `more` says otherwise."""
    more = {"segment": f".rodata.{name}", "segment_flags": STRINGS, "flags": NO_STRIP, **more}
    return datum(name, b"".join(text + b"\0" for text in texts), **more)


def test_equal_strings_are_one_and_a_tail_shares_the_longer_one():
    """Strings go in the order of their reversed bytes, last first: what ends one comes right after it."""
    sources = {"a": [strings("one", b"hello", b"world")], "b": [strings("two", b"lo", b"hello", b"")]}
    result = alike("--no-entry --export-all", **sources)
    merge = next(iter(result.layout.merges.values()))
    assert merge.data == b"hello\0world\0"
    places = [(one.atom.name, one.start, one.offset, one.tail_of) for one in merge.strings]
    assert places == [
        (".rodata.one", 0, 0, -1), (".rodata.one", 6, 6, -1), (".rodata.two", 0, 3, 0), (".rodata.two", 3, 0, -1),
        (".rodata.two", 9, 11, 6),
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["", "-O0", "-O2", "--no-merge-data-segments", "-r", "--emit-relocs"])
def test_strings_are_merged_within_their_output_segment(line: str):
    """Not those that are aligned or have other flags, nor any at -O0; pointers into them follow."""
    words = [address(name, addend, how="I32") for name in "stuv" for addend in (0, 1)]
    sources = {
        "a": [strings("s", b"hello", b"lo"), strings("t", b"hello", align=1), datum("p", b"", *words, flags=NO_STRIP)],
        "b": [strings("u", b"hello", b"o", b""), strings("v", b"llo", segment_flags=STRINGS | RETAIN)],
        "c": [strings("w", b"hello", segment="hooks"), strings("x", b"lo", segment=".data.x"), datum("y", b"lo\0")],
    }
    alike(line if line == "-r" else f"--no-entry {line}", **sources)


def test_a_string_without_its_end_is_refused():
    """It could not be told from what follows."""
    data = datum("d", b"abc", segment=".rodata.d", segment_flags=STRINGS, flags=NO_STRIP)
    result = alike("--no-entry", a=[data])
    assert errors(result) == ["a.o:(.rodata.d): string is not null terminated"]
    alike("--no-entry -O0", a=[data])


def test_strings_of_compilers_are_merged_across_objects():
    """clang puts each literal into a segment of its own."""
    texts = {"a": "shared", "b": "red", "c": "blue"}
    sources = {name: c(f'const char *{name}(void) {{ return "{text}"; }}') for name, text in texts.items()}
    result = alike("--no-entry --export-all", **sources)
    assert sum(segment.size for segment in result.layout.segments) == len(b"shared\0blue\0")


# --- memory -----------------------------------------------------------------------------------------------------

DATA = [datum("d", bytes(1000), flags=NO_STRIP), datum("z", bytes(5000), segment=".bss.z", flags=NO_STRIP)]
MEMORIES = """
--no-stack-first | --no-stack-first --global-base=65536 | --global-base=65536 | --global-base=0 | --global-base=65535
--global-base=1000000 | --global-base=70001 | -z stack-size=16 | -z stack-size=0 | -z stack-size=1048576
-z stack-size=17 | -z stack-size=16 --no-stack-first | -z stack-size=16 --global-base=16
-z stack-size=32 --global-base=16 | --initial-memory=131072 | --initial-memory=65536 | --initial-memory=131073
--initial-memory=4294967296 | --initial-memory=4295032832 | --max-memory=131072 | --max-memory=65536
--max-memory=131071 | --max-memory=4294967296 | --max-memory=4295032832
--initial-memory=196608 --max-memory=131072 | --initial-heap=65536 | --initial-heap=1 | --initial-heap=4294967296
--initial-heap=65536 --initial-memory=131072 | --initial-heap=65536 --initial-memory=196608
--no-growable-memory | --no-growable-memory --initial-memory=196608 | --no-growable-memory --max-memory=196608
--page-size=1 | --page-size=1 --initial-memory=72001 | --page-size=1 --initial-memory=71000
--page-size=1 --max-memory=99999 | --page-size=1 --initial-heap=3 | --page-size=1 --no-growable-memory
--page-size=4096 | --page-size=0 | --import-memory | --import-memory=a,b | --import-memory=
--import-memory=, | --import-memory=name | --import-memory=,x
--import-memory --export-memory | --export-memory | --export-memory=mem --import-memory=a,b --max-memory=196608
--import-memory --page-size=1 | --global-base=8589934592 | --global-base=4294967295 | -z stack-size=4294967296
--global-base=-1
"""


@pytest.mark.parametrize("line", [one.strip() for one in MEMORIES.replace("\n", "|").split("|") if one.strip()])
def test_memory_is_laid_out_or_refused_as_told(line: str):
    """Stack, data, heap and pages; what does not fit is refused in LLD's words, on wasm64 with its own limits."""
    alike(f"--no-entry {line}", a=DATA)
    alike(f"-mwasm64 --no-entry {line} --export=__heap_base --export=__heap_end", a=DATA)


def test_the_boundaries_say_what_each_address_is_for():
    """The stack is below everything, so that an overflow traps."""
    result = alike("--no-entry --export=__heap_base --export=__data_end", a=[datum("d", b"12345", flags=NO_STRIP)])
    assert [(one.name, one.address) for one in result.layout.boundaries] == [
        ("stack low", 0), ("stack top", 65536), ("data start", 65536), ("data end", 65541), ("heap base", 65552),
        ("memory end", 131072),
    ]  # fmt: skip


def test_a_data_symbol_s_address_is_its_segment_s_plus_its_place_in_it():
    """What the export's global holds."""
    result = alike("--no-entry --export=b", a=[datum("a", b"12345", flags=NO_STRIP), datum("b", align=2)])
    assert Addresses(result.layout).of(result.resolve.by_name["b"]) == 65536 + 8


# --- features ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["--no-check-features", "", "--features=simd128", "--shared-memory --features=a"])
def test_features_are_told_of_with_the_name_of_the_member_alone(line: str):
    """Without its archive, other than in all other messages."""
    member = library(m=[function("f"), feature("simd128"), feature("shared-mem", "-"), feature("atomics", "-")])
    alike(f"--no-entry {line} a.o --whole-archive lib.a", a=[feature("atomics")], **{"lib.a": member})


# --- thread-local data ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x", "absent"])
@pytest.mark.parametrize("line", [THREADS, f"{THREADS} --no-merge-data-segments", "--no-entry --no-check-features"])
def test_a_thread_local_use_of_ordinary_data_is_refused_when_there_are_threads(name: str, line: str):
    """Symbol and section are told of one after the other; the section is the output's."""
    uses = kept(address(name, how="TLS_SLEB"))
    alike(line, a=[uses, datum("x")])
    alike(line, a=[uses, datum("x", flags=TLS)])
    alike(line, a=[uses, datum("x", segment_flags=SEGMENT_TLS)])
