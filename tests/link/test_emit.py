"""Phase 7: the sections of the file."""

import pytest

from tests.link.inputs import (
    LOCAL,
    NO_STRIP,
    TAKES_I32,
    address,
    alike,
    asm,
    call,
    constructor,
    custom,
    datum,
    feature,
    function,
    got,
    kept,
    library,
    producer,
    slot,
    use_global,
)
from tests.link.scenes import NOTHING, Declared, Mention
from wasmscope.format.module import read
from wasmscope.format.types import FUNCREF, I32, GlobalType, Limits, TableType


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


# --- the file ---------------------------------------------------------------------------------------------------

PROGRAM = [function("_start", call("f"), address("d")), function("f"), datum("d"), custom("note", b"hi"),
           custom(".debug_info", b"x"), feature("sign-ext"), producer("clang", "22")]  # fmt: skip


def test_a_program_with_nothing_in_it_has_memory_a_stack_pointer_and_names():
    """Sections without contents are left out."""
    result = alike("--no-entry", a=[])
    assert [section.name for section in result.emit.sections] == ["memory", "global", "export", "name"]


def test_sections_come_in_the_format_s_order():
    """Customs after the data, then what linkers write."""
    table = Declared("table", "t", TableType(FUNCREF, Limits(0, 1)), NO_STRIP)
    tag = Declared("tag", "x", NOTHING, NO_STRIP)
    source = [*PROGRAM, table, tag, kept(call("host"), slot("f"))]
    result = alike("--import-undefined --build-id=0xab", a=source)
    assert [section.name for section in result.emit.sections] == [
        "type", "import", "function", "table", "memory", "tag", "global", "export", "element", "code", "data", "note",
        ".debug_info", "name", "producers", "target_features", "build_id",
    ]  # fmt: skip


def test_every_byte_of_the_file_has_an_origin():
    """The pieces of a section cover it without gaps, and name the atom or the rule that made them."""
    result = alike("--import-undefined", a=[*PROGRAM, kept(call("host"), slot("f"))])
    at = 8
    for section in result.emit.sections:
        for piece in section.pieces:
            assert piece.start == at
            assert piece.atom is not None or piece.rule
            at += piece.size
        assert at == section.end
    assert at == len(result.emit.data)
    atoms = [piece.atom for section in result.emit.sections for piece in section.pieces if piece.atom is not None]
    assert [atom.name for atom in atoms] == ["_start", "f", "keeper", ".data.d", "note", ".debug_info"]


STRIPPED = ["-s", "-S", "--strip-all --keep-section=name", "--strip-debug --strip-all", "-s --keep-section=note",
            "-s --keep-section=producers --keep-section=target_features", "--keep-section=.debug_info -S",
            "-s --keep-section=.debug_info"]  # fmt: skip


@pytest.mark.parametrize("line", STRIPPED)
def test_stripping_takes_debug_sections_and_perhaps_names(line: str):
    """Other custom sections stay."""
    alike(line, a=PROGRAM)


# --- names ------------------------------------------------------------------------------------------------------

MANGLED = ["_Z3foov", "_ZN5shape4drawEi", "_ZTV5shape", "_ZN1aILi3EE1bEv", "_Z3fooIiEvT_", "_ZGVZ3foovE1x",
           "_RNvC6_123foo3bar", "_RNvNtCs1234_7mycrate3foo3bar", "_RINvC1a1bmE", "_RNvC1a1b.llvm.12", "__RNvC1a1b",
           "_ZN4core3fmt9Formatter3new17h0123456789abcdefE", "_Dmain", "__Dmain", "_?x@@3HA", "____Z3foov_block_invoke",
           "_ZN50_$LT$T$u20$as$u20$core..convert..Into$LT$U$GT$$GT$4into17h0123456789abcdefE", "__Z3foov", "___Z3foov",
           "?foo@@YAXXZ", ".foo", "._Z3foov", "_D3foo3barFZv", "_Z", "_ZN", "_R", "_Z3foov.cold", "_Z3foov.1", "main",
           "__main_argc_argv", "", "naïve", "_Znwm", "_ZdlPv", "a b", "__original_main"]  # fmt: skip


@pytest.mark.parametrize("line", ["", "--no-demangle", "--export-all", "--soname=a.b"])
def test_names_are_demangled_as_the_reference_does(line: str):
    """Itanium, both of Rust's, D's and Microsoft's manglings, and what only looks like one."""
    names = [name for name in MANGLED if name]
    functions = [function(name, flags=NO_STRIP) for name in names]
    wants = [function("_start", *(call(f"{name}x", weak=True) for name in names))]
    result = alike(line, a=functions, b=wants)
    named = read(result.emit.data, "out").names
    assert ("foo()" in named.functions.values()) == (line != "--no-demangle")


def test_undefined_symbols_and_imports_are_named_as_they_are_shown():
    """In messages demangled, in the import section not."""
    for line in ("--no-entry", "--no-entry --no-demangle"):
        alike(line, a=[kept(call("_Z3foov"), call("__main_argc_argv"))])
        alike(f"{line} --import-undefined", a=[kept(call("_Z3foov"), call("__main_argc_argv"))])


def test_a_debug_name_of_an_object_is_the_function_s_name():
    """Objects of a relocatable link have a name section of their own."""
    shown, static = function("f", debug_name="shown", flags=NO_STRIP), function("g", flags=LOCAL, debug_name="static")
    result = alike("--no-entry", a=[shown, static, kept(call("g"))])
    assert sorted(read(result.emit.data, "out").names.functions.values()) == ["keeper", "shown", "static"]


def test_names_need_not_be_utf_8():
    """Bytes stay what they are."""
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    result = alike("--no-entry --export-all", a=[function(name), custom(name, b"x")])
    assert b"caf\xe9" in result.emit.data


# --- producers and features -------------------------------------------------------------------------------------


def test_producers_of_all_objects_are_merged_and_the_first_version_stays():
    """In the order of the fields language, processed-by and sdk."""
    first = [producer("clang", "22"), producer("C", "17", "language"), producer("zig", "1", "sdk")]
    second = [producer("clang", "19"), producer("rustc", "1.90"), producer("C++", "", "language")]
    alike("--no-entry", a=first, b=second)
    alike("--no-entry", a=second, b=first)
    alike("--no-entry lib.a a.o", a=first, **{"lib.a": library(m=second)})


FEATURES = ["", "--features=b,a", "--features=a,b,c", "--extra-features=z,b", "--features=", "--extra-features=",
            "--features=a --extra-features=b", "--features=x --no-check-features"]  # fmt: skip


@pytest.mark.parametrize("line", FEATURES)
def test_features_are_united_sorted_and_checked(line: str):
    """What an object uses must be allowed, what another disallows must not be used."""
    one, two = [feature("b"), feature("a")], [feature("c"), feature("a")]
    alike(f"--no-entry {line}", a=one, b=two)
    alike(f"--no-entry {line}", a=one, b=[feature("a", "-"), feature("q", "-")])
    alike(f"--no-entry {line}", a=[feature("a", "-")], b=one)


# --- custom sections --------------------------------------------------------------------------------------------


def test_custom_sections_of_one_name_are_joined_in_object_order():
    """Names in order of first use; pieces of coverage are aligned to 8 bytes, empty sections vanish."""
    names = ("note", "__llvm_covfun", "empty", "__llvm_covmap", ".llvmbc", ".llvmcmd", "other")

    def source(letter: bytes) -> list[Declared]:
        return [custom(name, b"" if name == "empty" else letter * size) for size, name in enumerate(names, 1)]

    result = alike("--no-entry", a=source(b"a"), b=source(b"b"), c=source(b"c"))
    assert [one.name for one in result.layout.customs] == ["note", "__llvm_covfun", "__llvm_covmap", "other"]
    assert [placed.offset for placed in result.layout.customs[1].chain] == [0, 8, 16]


def test_sections_that_are_only_for_linkers_are_not_copied():
    """And the assembler's way to make custom sections works."""
    source = asm('.section .custom_section.mine,"",@\n.ascii "hello"\n.section .debug_mine,"",@\n.ascii "d"\n')
    result = alike("--no-entry", a=source, b=source)
    assert b"\x04minehellohello" in result.emit.data
