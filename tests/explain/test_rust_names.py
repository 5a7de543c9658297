"""Names that rustc makes, in both manglings: how they read, what they may be called, what is typed in an option.

The names are of rustc 1.63 and 1.96; how they read is how their items are written in the standard library's source.
"""

from __future__ import annotations

import pytest

from tests.explain.sample_links import link_in
from tests.toolchain import ROOT, compiled, reference
from wasmscope.debugger.naming import Naming
from wasmscope.explain.alone.lone import LoneModule
from wasmscope.explain.alone.lone_why import find_items
from wasmscope.explain.alone.lone_why import nearest as nearest_items
from wasmscope.explain.bare_names import bare_names
from wasmscope.explain.find import find_exactly
from wasmscope.format.module import read
from wasmscope.link.model import Link
from wasmscope.link.names import displayed, readable
from wasmscope.report.why import nearest, why_facts
from wasmscope.report.why_text import lines

LEGACY = "_ZN58_$LT$alloc..string..String$u20$as$u20$core..fmt..Debug$GT$3fmt17hfe3a98cbb5d58ddeE"
DROPPED = "_RINvNtCs4EoLUFkKuUC_4core3ptr13drop_in_placeNCNvCs9xTuieYqZCq_3lib11zoo_closure0EBK_"
SHORT = "core::ptr::drop_in_place"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (LEGACY, "<alloc::string::String as core::fmt::Debug>::fmt::hfe3a98cbb5d58dde"),
        ("_ZN4core3ptr9const_ptr43_$LT$impl$u20$$BP$const$u20$$u5b$T$u5d$$GT$6as_ptr17h27e933b80f83742aE",
         "core::ptr::const_ptr::<impl *const [T]>::as_ptr::h27e933b80f83742a"),
        ("_ZN3std9panicking12default_hook28_$u7b$$u7b$closure$u7d$$u7d$17hfe137720fb295c26E",
         "std::panicking::default_hook::{{closure}}::hfe137720fb295c26"),
        (DROPPED, "core::ptr::drop_in_place::<lib::zoo_closure::{closure#0}>"),
        ("_ZN4a$LT3fooEv", "a$LT::foo()"),  # of C++: nothing is escaped there
        ("_ZN8_$u202e$17h27e933b80f83742aE", "$u202e$::h27e933b80f83742a"),  # would turn the line round
    ],
)  # fmt: skip
def test_names_read_as_in_the_source(name: str, text: str) -> None:
    assert readable(name) == text
    assert readable(name, demangle=False) == name


@pytest.mark.parametrize(
    ("name", "shorter"),
    [
        (readable(LEGACY), ["<alloc::string::String as core::fmt::Debug>::fmt", "alloc::string::String::fmt"]),
        (readable(DROPPED), [SHORT]),
        ("<core::iter::Map<core::slice::Iter<u8>, fn(u8) -> u8> as core::iter::Iterator>::sum::<i32>",
         ["core::iter::Map::sum"]),
        ("<i32 as core::iter::Sum>::sum::<core::iter::Map<u8>>::{closure#0}", ["i32::sum::{closure#0}"]),
        ("core::ptr::mut_ptr::<impl *mut T>::is_null::h2183631cd8b0ceab",
         ["core::ptr::mut_ptr::<impl *mut T>::is_null", "core::ptr::mut_ptr::is_null"]),
        ("std::panicking::default_hook", []),
    ],
)  # fmt: skip
def test_generics_traits_and_hashes_may_be_left_out(name: str, shorter: list[str]) -> None:
    assert list(bare_names(name)) == shorter


def rusty(*options: str) -> Link:
    """The link of `command` with more options."""
    return link_in(ROOT, command(*options))


def command(*options: str) -> list[str]:
    """Two functions with names of rustc's, one kept by another function, and one that nothing keeps."""
    source = f"""
    int shown(int) __asm__("{LEGACY}");
    int dropped(int) __asm__("{DROPPED}");
    int shown(int x) {{ return x; }}
    int dropped(int x) {{ return x + 1; }}
    __attribute__((export_name("run"))) int run(int x) {{ return shown(x); }}
    """
    return [str(compiled(source, "-O0", "-g0")), "--no-entry", *options]


def test_the_reference_reads_the_new_mangling_alike() -> None:
    output = reference(command("--no-gc-sections")).output or b""
    assert readable(DROPPED).encode() in output
    assert output == rusty("--no-gc-sections").emit.data


def test_things_are_found_by_what_people_call_them() -> None:
    link = rusty("--no-demangle")
    lone = LoneModule(read(link.emit.data, "it"))
    for text in (LEGACY, readable(LEGACY), "alloc::string::String::fmt"):
        assert [one.thing for one in find_exactly(link, text)] == [link.resolve.by_name[LEGACY]]
        assert len(find_items(lone, text)) == 1
    assert [one.thing for one in find_exactly(link, SHORT)] == [link.resolve.by_name[DROPPED]]
    assert nearest(link, "drop_in") == [readable(DROPPED)]


def test_the_shortest_names_are_suggested_first() -> None:
    """Those of closures and generics hold the names of what they are in, and more."""
    names = ("_ZN3zoo4walk12inside_a_lot17h27e933b80f83742aE", "_ZN3zoo4walk4step17h27e933b80f83742aE")
    source = "".join(f'int f{i}(void) __asm__("{one}"); int f{i}(void) {{ return 1; }}' for i, one in enumerate(names))
    link = link_in(ROOT, [str(compiled(source, "-O0", "-g0")), "--no-entry", "--export-all"])
    assert nearest(link, "zoo::wal") == [readable(names[1]), readable(names[0])]
    lone = LoneModule(read(link.emit.data, "it"))
    assert nearest_items(lone, "zoo::wal") == [readable(names[1]), readable(names[0])]


def test_options_name_a_symbol_as_its_file_does() -> None:
    """`--export=` with a demangled name exports nothing: wasm-ld does not know it."""
    link = rusty()
    (found,) = find_exactly(link, SHORT)
    (advice,) = (line for line in lines(why_facts(link, found)) if "--export=" in line)
    assert f"--export={DROPPED}," in advice
    assert displayed(f"{DROPPED} or --export={DROPPED}") == f"{readable(DROPPED)} or --export={DROPPED}"


def test_the_screen_begins_with_demangled_names_whatever_the_output_has() -> None:
    link = rusty("--no-demangle")
    assert Naming.in_link(link).of(link.resolve.by_name[LEGACY]) == readable(LEGACY)
