"""What stands under LLD's words: where each use is, who else has the name, both sides of a clash, the sums.

`alike` asks the reference: its words, their order and its exit status are ours; the notes are what is more.
"""

from typing import Any

import pytest

from tests.link.inputs import (
    GIVES_I32,
    LOCAL,
    NO_STRIP,
    Mention,
    address,
    alike,
    c,
    call,
    constructor,
    datum,
    feature,
    function,
    global_,
    kept,
    library,
    made,
    slot,
    use_global,
)
from tests.link.scenes import NOTHING, Declared
from wasmscope.explain.reasons.hints_about_files import hex_lines
from wasmscope.explain.reasons.near import base_name
from wasmscope.explain.steps import steps
from wasmscope.format.types import I32, I64, FuncType, GlobalType
from wasmscope.report.messages import HELPED, said

START = function("_start")
ONE_TO_ONE, ONE_TO_TWO = FuncType((I32,), (I32,)), FuncType((I32,), (I32, I32))
BROKEN = made([START, kept(call("f"), call("f")), function("f")])


def imported(module: str, name: str) -> Declared:
    return Declared("extern", "f", NOTHING, text="function", module=module, import_name=name)


def relative(name: str) -> Mention:
    return Mention("MEMORY_ADDR_REL_SLEB", "data", name)


CASES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "undefined: each use": (
        "", {"a": [START, kept(call("gone"), address("gone_too"))]},
        ["in keeper+0x3, offset 0x", "(R_WASM_FUNCTION_INDEX_LEB)", "wanted as function () -> nil",
         "in keeper+0x9, offset 0x", "(R_WASM_MEMORY_ADDR_SLEB)"],
    ),
    "undefined: a letter is wrong": (
        "", {"a": [START, kept(call("hepler"))], "b": [function("helper")]},
        ["similar names are defined: helper (b.o)"],
    ),
    "undefined: another signature": (
        "", {"a": [START, kept(call("_Z5printi"))], "b": [function("_Z5printf")]},
        ["similar names are defined: print(float) (b.o)"],
    ),
    "undefined: C seen from C++": (
        "", {"a": [START, kept(call("_Z3addi"))], "b": [function("add")]},
        ['add (b.o) is C: is an extern "C" missing?'],
    ),
    "undefined: a local one": (
        "", {"a": [START, kept(call("quiet"))], "b": [function("quiet", flags=LOCAL)]},
        ["b.o has a local function of that name, which other files cannot see"],
    ),
    "undefined: a member has nearly that name": (
        "a.o lib.a", {"a": [START, kept(call("colour"))], "lib.a": library(m=[function("color")])},
        ["similar names are defined: color (lib.a(m.o), which nothing pulled in)"],
    ),
    "undefined: a member has it to itself": (
        "a.o lib.a", {"a": [START, kept(call("inner"))], "lib.a": library(m=[function("inner", flags=LOCAL)])},
        ["lib.a(m.o), which nothing pulled in has a local function of that name"],
    ),
    "undefined: lost with a COMDAT group": (
        "", {"a": [START, kept(call("f"), call("g")), function("f", comdat="group")],
             "b": [function("g", comdat="group")]},
        ["b.o has a function of that name in a COMDAT group that was kept from another file"],
    ),
    "undefined: asked by a member": (
        "a.o lib.a", {"a": [START, kept(call("f"))], "lib.a": library(m=[function("f", call("gone"))])},
        ["lib.a(m.o) was pulled in by a.o for f"],
    ),
    "undefined: the compiler's own": ("", {"a": [START, kept(call("__multi3"))]}, ["it is part of compiler-rt"]),
    "the entry": (
        "--entry=strat", {"a": [START, function("start")]}, ["similar names are defined: _start (a.o), start (a.o)"],
    ),
    "an export": ("--export=foo_", {"a": [START, function("foo")]}, ["similar names are defined: foo (a.o)"]),
    "twice: who pulled the member in": (
        "a.o lib.a", {"a": [START, function("f"), kept(call("g"))], "lib.a": library(m=[function("f"), function("g")])},
        ["a.o defines function () -> nil, 3 bytes at 0x",
         "lib.a(m.o) defines function () -> nil, 3 bytes at 0x", "lib.a(m.o) was pulled in by a.o for g"],
    ),
    "twice: data": (
        "", {"a": [START, datum("d", b"12345")], "b": [datum("d", b"123")]},
        ["a.o defines data, 5 bytes in .data.d at 0x", "b.o defines data, 3 bytes in .data.d at 0x"],
    ),
    "twice: the same file": ("a.o a.o", {"a": [START]}, ["a.o is named twice"]),
    "twice: a copy": ("a.o b.o", {"a": [START], "b": [START]}, ["the two files are the same, byte for byte"]),
    "kinds": (
        "", {"a": [START, datum("f")], "b": [function("f")]},
        ["a.o defines data, 4 bytes", "b.o defines function () -> nil"],
    ),
    "types of globals": (
        "", {"a": [START, kept(use_global("g", GlobalType(I32, True)))], "b": [global_("g", GlobalType(I64, False))]},
        ["a.o mentions it as global (mut i32), imported as env.g", "b.o defines global i64"],
    ),
    "import attributes": (
        "", {"a": [START, imported("m", "x"), kept(call("f"))],
             "b": [imported("n", "y"), function("other", call("f"), flags=NO_STRIP)]},
        ["a.o mentions it as function () -> nil, imported as m.x",
         "b.o mentions it as function () -> nil, imported as n.y"],
    ),
    "signatures: every variant": (
        "--no-gc-sections",
        {"a": [START, kept(call("f", ONE_TO_ONE), call("f", ONE_TO_ONE))],
         "b": [function("other", call("f", GIVES_I32))], "c": [function("f", type=ONE_TO_TWO)]},
        ["(i32) -> (i32, i32): defined in c.o",
         "(i32) -> i32: called in keeper+0x5 of a.o, keeper+0xe of a.o; these calls go to function ",
         "() -> i32: called in other+0x3 of b.o; these calls go to function "],
    ),
    "features: threads": (
        "--shared-memory", {"a": [START, feature("atomics")], "b": [feature("shared-mem", "-")], "c": [datum("d")]},
        ["shared-mem: disallowed by b.o; not named by a.o, c.o", "atomics: used by a.o; not named by b.o, c.o",
         "bulk-memory: not named by a.o, b.o, c.o", "no features at all are named by c.o"],
    ),
    "features: allowed ones": (
        "--features=sign-ext", {"a": [START, feature("simd128")], "b": [feature("sign-ext")]},
        ["simd128: used by a.o; not named by b.o", "--features allows sign-ext"],
    ),
    "features: disallowed ones": (
        "", {"a": [START, feature("simd128")], "b": [feature("simd128", "-")]},
        ["simd128: used by a.o; disallowed by b.o"],
    ),
    "features: mutable globals": (
        "--export=g", {"a": [START, global_("g", GlobalType(I32, True))]},
        ["a.o defines global (mut i32)", "mutable-globals: not named by a.o"],
    ),
    "memory: too small": (
        "--initial-memory=65536",
        {"a": [START, kept(address("d"), address("e")), datum("d", bytes(9)), datum("e", bytes(70000))]},
        ["is 70,009 bytes short: --initial-memory=196608 is enough", "0x0  stack low",
         "0x10000  stack top (-z stack-size is 65536)",
         ".data, 70,009 bytes; largest: .data.e 70,000, .data.d 9", "0x21179  data end"],
    ),
    "memory: not whole pages": ("--max-memory=100000", {"a": [START]}, ["is 1.53 pages: 131072 is the next"]),
    "memory: too large": (
        "--max-memory=8589934592", {"a": [START]}, ["bytes too much: at most --max-memory=4294967296"],
    ),
    "memory: an odd stack": ("-z stack-size=17", {"a": [START]}, ["is no multiple of 16: 32 is the next"]),
    "memory: the base in the stack": (
        "--global-base=1024", {"a": [START]}, ["is 64,512 bytes short", "0x10000  stack top"],
    ),
    "a constructor with arguments": (
        "", {"a": [START, function("c", type=FuncType((I32,), ())), constructor("c")]},
        ["a.o defines function (i32) -> nil"],
    ),
    "a base that is not known": (
        "", {"a": [START, kept(relative("gone")), Declared("producer", "clang", text="processed-by", data=b"22.1")]},
        ["in keeper+0x", "a.o is from clang 22.1"],
    ),
    "thread-local data that is none": (
        "--shared-memory",
        {"a": [START, feature("atomics"), feature("bulk-memory"), datum("d"),
               kept(Mention("MEMORY_ADDR_TLS_SLEB", "data", "d"))]},
        ["in keeper+0x", "(R_WASM_MEMORY_ADDR_TLS_SLEB)"],
    ),
    "damage: cut off": ("", {"a": BROKEN[:-4]}, ["at offset 0x", "expected: at most 15 bytes", ".reloc.CODE"]),
    "damage: a version": (
        "", {"a": BROKEN.replace(b"\x07linking\x02", b"\x07linking\x03")},
        ["in section linking", "expected: 2", "[03]"],
    ),
    "damage: no section": (
        "", {"a": b"\0asm\1\0\0\0\xfb\x10ab"}, ["at offset 0x8 of 0xc bytes, in section id 251", "at most 2 bytes"],
    ),
    "damage: in a member": (
        "--whole-archive lib.a", {"lib.a": library(m=b"\0asm\1\0\0\0\0\x05\x04abcd")}, [],
    ),
    "damage: a header": ("", {"a": b"\0asm\2\0\0\0"}, ["[02]00 00 00"]),
    "32 or 64 bits": (
        "", {"a": c("void _start(void) {}"), "b": made([datum("d")], wide=True)}, ["64-bit addresses"],
    ),
    "a member that is none": (
        "a.o lib.a", {"a": [START], "lib.a": b"!<arch>\n" + b"m.o/".ljust(48) + b"6".ljust(10) + b"`\nhello\n"},
        ["it begins with 68 65 6c 6c 6f"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_helps_stands_under_the_words(case: str):
    line, inputs, expected = CASES[case]
    result = alike(line, **inputs)
    notes = [note for one in said(result) for note in one.notes]
    assert [text for text in expected if not any(text in note for note in notes)] == [], notes
    assert all("\n" not in note for note in notes)


def test_every_step_of_a_failed_link_says_what_helps_and_leads_to_the_symbol():
    result = alike("", a=[START, kept(call("hepler"), slot("gone"))], b=[function("helper")])
    found = steps(result)
    last = found[len(found) - 1]
    assert "similar names are defined: helper" in last.why
    assert last.subject is result.resolve.by_name["hepler"]
    assert last.number in found.of(last.subject)
    atom = result.diagnostics[0].subject.atom
    assert last.number in found.of((atom, atom.lo))


def test_of_thousands_of_errors_the_first_are_helped():
    """Only the first messages are helped, so that many names cost what a hundred do."""
    names = [f"name_{number}" for number in range(3000)]
    result = alike("", a=[START, kept(*(call(f"gone_{name}") for name in names))], b=[function(name) for name in names])
    assert len(result.diagnostics) == len(names)
    spoken = said(result)
    assert [bool(one.notes) for one in spoken] == [True] * HELPED + [False] * (len(names) - HELPED)


@pytest.mark.parametrize(
    ("name", "base"),
    [("foo", "foo"), ("__foo", "foo"), ("_ZN1a3FooEv", "foo"), ("_ZN1aIiE3fooEi", "foo"), ("_Z3fooPFvvE", "foo")],
)
def test_what_is_left_of_a_name(name: str, base: str):
    assert base_name(name) == base


def test_bytes_around_a_place():
    data = bytes(range(64, 100))
    assert list(hex_lines(data, 20)) == [
        "000000  40 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f   @ABCDEFGHIJKLMNO",
        "000010  50 51 52 53[54]55 56 57 58 59 5a 5b 5c 5d 5e 5f   PQRSTUVWXYZ[\\]^_",
        "000020  60 61 62 63 end                                   `abc",
    ]
    assert "[end]" in list(hex_lines(data, len(data)))[-1]
    assert list(hex_lines(b"", 0)) == ["000000 [end]"]
