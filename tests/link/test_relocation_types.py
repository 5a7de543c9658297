"""Phase 6: every relocation type, in the section where compilers put it; our values beside the reference's bytes."""

import pytest

from tests.link.inputs import (
    NO_STRIP,
    SEGMENT_TLS,
    TAKES_I32,
    address,
    alike,
    asm,
    call,
    custom,
    datum,
    feature,
    function,
    global_,
    got,
    kept,
    section,
    slot,
    use_global,
)
from tests.link.scenes import NOTHING, Declared, Mention
from tests.toolchain import compiled
from wasmscope.format.types import FUNCREF, I32, I64, FuncType, GlobalType, Limits, TableType
from wasmscope.link import relocate
from wasmscope.link.model import Link


@pytest.fixture(params=["row by row", "by columns"], autouse=True)
def way(request, monkeypatch):
    """Few relocations are patched one by one, very many with NumPy: everything here is true of both."""
    monkeypatch.setattr(relocate, "columns_pay", lambda rows, first: rows > 0 and request.param == "by columns")


THREADS = [feature("atomics"), feature("bulk-memory")]
TYPE = FuncType((I64,), (I32,))
TABLE, CONSTANT, MUTABLE = TableType(FUNCREF, Limits(0, 1)), GlobalType(I32, False), GlobalType(I32, True)
THINGS = [
    function("f"), function("g", type=TYPE), datum("a", b"12345"), datum("b", b"xy", align=4), global_("n", CONSTANT),
    Declared("table", "t", TABLE), Declared("tag", "x", NOTHING),
    datum("own", b"abcd", segment=".tdata", segment_flags=SEGMENT_TLS),
    datum("own2", b"e", segment=".tbss", segment_flags=SEGMENT_TLS),
]  # fmt: skip
ADDENDS = (0, 1, 1000, -1)


def values(result: Link, name: str) -> list[int]:
    """The values of the relocations of the atom called `name`."""
    return next(found for atom, found in result.relocate.values.items() if atom.name == name)


# --- code -------------------------------------------------------------------------------------------------------

CODE = {
    "FUNCTION_INDEX_LEB": [call("f"), call("g", TYPE), call("h")],
    "TABLE_INDEX_SLEB": [slot("f"), slot("g", TYPE), slot("f")],
    "TABLE_INDEX_REL_SLEB": [slot("f", how="REL_SLEB"), slot("g", TYPE, how="REL_SLEB")],
    "MEMORY_ADDR_LEB": [address(name, addend, how="LEB") for name in "ab" for addend in ADDENDS],
    "MEMORY_ADDR_SLEB": [address(name, addend) for name in "ab" for addend in ADDENDS],
    "MEMORY_ADDR_REL_SLEB": [address(name, addend, how="REL_SLEB") for name in "ab" for addend in ADDENDS],
    "MEMORY_ADDR_TLS_SLEB": [address(name, addend, how="TLS_SLEB") for name in ("own", "own2") for addend in ADDENDS],
    "TYPE_INDEX_LEB": [Mention("TYPE_INDEX_LEB", "type", "", type) for type in (TYPE, NOTHING, TAKES_I32)],
    "GLOBAL_INDEX_LEB": [use_global("n", CONSTANT), got("f"), got("a", "data"), use_global("__stack_pointer", MUTABLE)],
    "TAG_INDEX_LEB": [Mention("TAG_INDEX_LEB", "tag", "x", NOTHING)],
    "TABLE_NUMBER_LEB": [Mention("TABLE_NUMBER_LEB", "table", "t", TABLE)],
}  # fmt: skip


@pytest.mark.parametrize("type", CODE)
@pytest.mark.parametrize("line", ["", "--table-base=70 --global-base=2000000", "--compress-relocations -S"])
def test_relocations_of_code(type: str, line: str):
    """Of 32 bits; with large and compressed values too."""
    source = [*THREADS, function("h"), kept(*CODE[type])]
    result = alike(f"--no-entry {line}", a=source, b=THINGS)
    assert len(values(result, "keeper")) >= len(CODE[type])


WIDE = ["MEMORY_ADDR_LEB64", "MEMORY_ADDR_SLEB64", "MEMORY_ADDR_REL_SLEB64", "MEMORY_ADDR_TLS_SLEB64",
        "TABLE_INDEX_SLEB64", "TABLE_INDEX_REL_SLEB64"]  # fmt: skip


@pytest.mark.parametrize("type", WIDE)
@pytest.mark.parametrize("line", ["", "--global-base=8589934592", "--compress-relocations -s", "--emit-relocs"])
def test_relocations_of_code_with_64_bit_memory(type: str, line: str):
    """Addresses past 4 GiB as well."""
    if "TABLE" in type:
        how = type.removeprefix("TABLE_INDEX_")
        uses = [slot("f", how=how), slot("g", TYPE, how=how)]
    else:
        names = ("own", "own2") if "TLS" in type else ("a", "b")
        uses = [address(name, addend, how=type.removeprefix("MEMORY_ADDR_")) for name in names for addend in ADDENDS]
    alike(f"-mwasm64 --no-entry {line}", a=[*THREADS, kept(*uses)], b=THINGS)


# --- data -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["", "-mwasm64", "--import-memory", "--global-base=1000000", "--emit-relocs"])
def test_relocations_of_data(line: str):
    """Addresses, slots, and distances from the word itself; in read-only data, data, zeros and thread-local data."""
    wide = "I64" if "64" in line else "I32"
    words = [address(name, addend, how=how) for how in (wide, "LOCREL_I32") for name in "ab" for addend in ADDENDS]
    slots = [slot("f", how=f"{wide}"), slot("g", TYPE, how=f"{wide}"), slot("absent", weak=True, how=f"{wide}")]
    source = [datum(f"d{number}", bytes(number), *words, *slots, segment=segment, flags=NO_STRIP)
              for number, segment in enumerate((".rodata.d", ".data.d", ".bss.d"))]  # fmt: skip
    own = datum("o", b"", *words[:4], segment=".tdata", segment_flags=SEGMENT_TLS, flags=NO_STRIP)
    alike(f"--no-entry {line}", a=[*THREADS, *source, own], b=THINGS)


def test_the_address_of_a_thread_local_datum_is_its_place_in_the_block():
    """From code and from data."""
    first = datum("first", b"12345678", segment=".tdata", segment_flags=SEGMENT_TLS, flags=NO_STRIP)
    word = datum("d", b"", address("own", 2, how="I32"), flags=NO_STRIP)
    source = [*THREADS, first, kept(address("own", 2, how="TLS_SLEB"), address("own", 2)), word]
    result = alike("--no-entry", a=source, b=THINGS)
    assert values(result, "keeper") == [10, 10]
    assert values(result, ".data.d") == [10]


def test_what_is_undefined_has_the_value_0():
    """Whatever the addend: weak data, and strong data that is tolerated."""
    source = [kept(address("w", 100, weak=True), address("s", 100), slot("f"), call("f"))]
    result = alike("--no-entry --unresolved-symbols=ignore-all", a=source)
    assert values(result, "keeper")[:2] == [0, 0]


# --- custom sections --------------------------------------------------------------------------------------------

DEBUG = ["FUNCTION_OFFSET_I32", "FUNCTION_OFFSET_I64", "MEMORY_ADDR_I32", "MEMORY_ADDR_I64", "FUNCTION_INDEX_I32",
         "GLOBAL_INDEX_I32", "TABLE_INDEX_I32"]  # fmt: skip
SECTIONS = [".debug_info", ".debug_ranges", ".debug_loc", ".debug_line", "llvm.func_attr.annotate.x", "note"]


def of_kind(type: str, name: str, addend: int = 0) -> Mention:
    kind = "data" if "MEMORY" in type else "global" if "GLOBAL" in type else "function"
    return Mention(type, kind, name, {"global": CONSTANT, "function": NOTHING}.get(kind), addend)


@pytest.mark.parametrize("name", SECTIONS)
@pytest.mark.parametrize("type", DEBUG)
@pytest.mark.parametrize("line", ["", "--no-gc-sections"])
def test_custom_sections_hold_a_tombstone_for_what_is_dead(type: str, name: str, line: str):
    """Each kind of section its own; sections without one hold the addend alone."""
    addend = 3 if "OFFSET" in type or "MEMORY" in type else 0
    things = [function("live", flags=NO_STRIP), datum("live_d", flags=NO_STRIP), function("dead"), datum("dead_d"),
              global_("live_n", CONSTANT, flags=NO_STRIP), global_("dead_n", CONSTANT)]  # fmt: skip
    suffix = "_d" if "MEMORY" in type else "_n" if "GLOBAL" in type else ""
    section = custom(name, b"head", *(of_kind(type, f"{which}{suffix}", addend) for which in ("live", "dead")))
    alike(f"--no-entry {line}", a=[*things, section])
    alike(f"--no-entry {line}", a=[section], b=things)


@pytest.mark.parametrize("line", ["", "-O0", "--emit-relocs", "-r"])
def test_offsets_into_merged_and_plain_sections_follow_them(line: str):
    """Of each object its own piece; strings where they went."""
    def source(text: bytes) -> list[Declared]:
        places = [section(".debug_str", addend) for addend in (0, 1, 4, 6)] + [section(".debug_abbrev", 1)]
        strings = custom(".debug_str", b"abc\0" + text + b"\0")
        return [strings, custom(".debug_abbrev", b"12345"), custom(".debug_info", b"", *places)]

    sources = {"a": source(b"first"), "b": source(b"second"), "c": source(b"bc")}
    result = alike(line if line == "-r" else f"--no-entry {line}", **sources)
    assert {one.name: len(one.chain) for one in result.layout.customs}[".debug_abbrev"] == 3


ONE = """int dead(int n) { int local = n * 2; return local; } int live(int n) { return n + 1; }
static int v[3]; int *p = v;"""
TWO = "extern int *p; int live(int); int _start(void) { return live(*p); } struct pair { int a, b; } unused;"


@pytest.mark.parametrize("version", ["-gdwarf-4", "-gdwarf-5", "-gdwarf-4 -gsplit-dwarf"])
@pytest.mark.parametrize("line", ["", "--no-gc-sections", "-O0", "-S", "-s", "--no-merge-data-segments"])
def test_debug_information_of_compilers_points_at_what_is_left(version: str, line: str):
    """Ranges, lines, strings and addresses of two objects, with dead functions and dead data in them."""
    flags = ("-O1", "-ffunction-sections", *version.split())
    alike(f"{line} --export=_start", a=compiled(ONE, *flags), b=compiled(TWO, *flags))


# --- whole objects ----------------------------------------------------------------------------------------------


def test_unresolved_relative_relocations_are_refused():
    """Even weak ones: there is no base to count from."""
    for mention in (address("w", weak=True, how="REL_SLEB"), address("s", how="REL_SLEB"), slot("f", how="REL_SLEB")):
        for line in ("", "--allow-undefined", "--unresolved-symbols=ignore-all"):
            alike(f"--no-entry {line}", a=[kept(mention)])


def test_assembly_may_put_relocations_anywhere():
    """Expressions as the assembler writes them."""
    source = """
    .functype other (i32) -> (i32)
    .section .text.f,"",@
    .globl f
    .type f,@function
f:  .functype f (i32) -> (i32)
    local.get 0
    i32.const words+8
    i32.load words+4
    i32.add
    i32.const other@TBREL
    drop
    call other
    local.get 0
    i32.const other
    drop
    drop
    end_function
    .section .data.words,"",@
    .type words,@object
    .p2align 3
words:
    .int32 f
    .int32 words+4
    .int32 other
    .int64 7
    .size words, 20
    """
    alike("--no-entry --export=f --allow-undefined", a=asm(source))
