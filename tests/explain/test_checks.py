"""What `check` finds: that wasm-ld accepts each of these without a word, and that what is in order is not found.

The reference is asked each time: it links, says nothing, and writes the bytes that ours writes.
"""

from typing import Any

import pytest
import wasmtime

from tests.link.inputs import (
    LOCAL,
    NO_STRIP,
    RETAIN,
    SEGMENT_TLS,
    STRINGS,
    TAKES_I32,
    TLS,
    address,
    alike,
    asm,
    call,
    constructor,
    datum,
    function,
    kept,
    made,
    slot,
)
from tests.link.scenes import NOTHING, Declared
from tests.samples import Sample, links
from tests.toolchain import reference
from wasmscope.explain.checking.checks import findings
from wasmscope.explain.checking.findings import RULES
from wasmscope.explain.checking.object_checks import module_findings
from wasmscope.format.module import read
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link

START = function("_start")
OVERSIZED = """
  .globl _start
  .type _start,@function
  .section .text._start,"",@
_start:
  .functype _start () -> ()
  end_function
  .globl d
  .type d,@object
  .section .data.d,"",@
d:
  .int32 1
  .size d, 100
"""


def imported(name: str, type: Any) -> Declared:
    return Declared("extern", name, type, text="function", import_name="same")


def oversized() -> Any:
    """A datum of four bytes that says that it has a hundred."""
    return asm(OVERSIZED)


def thread_local() -> list[Declared]:
    mine = datum("mine", b"\1\0\0\0", flags=TLS, segment=".tdata.mine", segment_flags=SEGMENT_TLS)
    return [START, mine, *(Declared("feature", name, number=0x2B) for name in ("atomics", "bulk-memory"))]


CASES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a segment's end is behind 4 GiB": (
        "address-overflow", "--global-base=8589934592", {"a": [START, datum("d", flags=NO_STRIP)]},
    ),
    "an address behind 4 GiB": (
        "value-out-of-range", "--global-base=8589934592", {"a": [START, kept(address("d")), datum("d")]},
    ),
    "a load at a negative offset": (
        "negative-memarg", "", {"a": [START, kept(address("d", -70000, how="LEB")), datum("d")]},
    ),
    "an address far behind the data": ("past-memory", "", {"a": [START, kept(address("d", 1 << 20)), datum("d")]}),
    "data that is called bss": ("bss-dropped", "", {"a": [START, kept(address("d")), datum("d", segment=".bss.d")]}),
    "a used static function": (
        "used-static-dropped", "", {"a": [START, function("quiet", flags=LOCAL | NO_STRIP)]},
    ),
    "a constructor and two exports": (
        "constructors-rerun", "--export=more",
        {"a": [START, function("more"), function("first"), constructor("first")]},
    ),
    "the stack above the data": (
        "stack-after-data", "--no-stack-first", {"a": [START, kept(address("d")), datum("d")]},
    ),
    "a call of what is weak and undefined": ("weak-call-traps", "", {"a": [START, kept(call("absent", weak=True))]}),
    "one import as two types": (
        "import-types-differ", "",
        {"a": [START, imported("f", NOTHING), imported("g", TAKES_I32), kept(call("f"), call("g", TAKES_I32))]},
    ),
    "a losing copy that is kept": (
        "comdat-kept-twice", "--no-gc-sections",
        {"a": [START, function("f", comdat="group")], "b": [function("f", comdat="group")]},
    ),
    "strings that are none in the output": (
        "segment-flags-lost", "-r", {"a": [datum("s", b"text\0", segment_flags=STRINGS)]},
    ),
    "what was to be retained": (
        "segment-flags-lost", "--emit-relocs", {"a": [START, datum("d", segment_flags=RETAIN)]},
    ),
    "an exported thread-local datum": ("exported-tls-offset", "--export=mine", {"a": thread_local()}),
    "an export that is weak and undefined": (
        "export-missing", "--export=absent", {"a": [START, kept(slot("absent", weak=True))]},
    ),
    "an export that is wrapped": (
        "export-missing", "--export=f --wrap=f", {"a": [START, function("f"), function("__wrap_f"), kept(call("f"))]},
    ),
    "a count that is wrong": (
        "output-malformed", "--emit-relocs", {"a": [START, kept(slot("absent", weak=True))]},
    ),
    "a datum that is longer than its segment": ("symbol-past-segment", "", {"a": oversized()}),
    "a segment of strings without its zero": (
        "string-unterminated", "", {"a": [START, datum("s", b"text", segment_flags=STRINGS, align=2)]},
    ),
    "a name that is not the symbol's": ("name-mismatch", "", {"a": [START, function("f", debug_name="g")]}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_the_reference_accepts_without_a_word_is_found(case: str):
    rule, options, inputs = CASES[case]
    words = [*(f"{name}.o" for name in inputs), *options.split()]
    result = alike(" ".join(words), **inputs)
    assert result.failed is None
    assert result.diagnostics == []
    found = list(findings(result))
    assert rule in {one.rule for one in found}
    also = {"address-overflow"} if rule == "value-out-of-range" else set()
    assert {one.rule for one in found} - also == {rule}, found
    assert all(one.found and one.consequence and one.source and one.place.file for one in found)


IN_ORDER = {
    "": {"a": [START, kept(address("d", -4), call("f")), datum("d"), function("f")],
         "b": [datum("e", bytes(9), segment=".bss.e")]},
    "--no-stack-first": {"a": [START, function("f")]},
    "--export=f": {"a": [START, function("f")]},
    "--export=__wasm_call_ctors --export=f": {"a": [START, function("f"), function("c"), constructor("c")]},
    "-r": {"a": [datum("d"), kept(address("d"))]},
    "--emit-relocs": {"a": [START, datum("d"), kept(address("d"), call("f")), function("f")]},
    "-s --compress-relocations": {"a": [START, datum("d"), kept(address("d"), call("f")), function("f")]},
    "-e first": {"a": [function("first"), function("c"), constructor("c")]},
}  # fmt: skip


@pytest.mark.parametrize("options", IN_ORDER)
def test_what_is_in_order_is_not_found(options: str):
    inputs = IN_ORDER[options]
    assert list(findings(alike(" ".join([*(f"{name}.o" for name in inputs), options]), **inputs))) == []


@pytest.mark.parametrize("sample", links())
def test_samples_are_in_order_but_for_what_they_are_there_to_show(sample: Sample, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(sample.folder)
    found = list(findings(link(parse([*sample.link, "-o", "out.wasm"]))))
    expected = [("weak-call-traps", "start.o", "check_weak")] if sample.name == "kernel" else []
    assert [(one.rule, one.place.file, one.place.function) for one in found] == expected


# --- single objects -----------------------------------------------------------------------------------------------

CALLS = made([START, kept(call("f"), call("f")), function("f")])
BODY = bytes.fromhex("0e 00 10 8280808000 10 8280808000 0b")
"""`keeper`: two calls. Its relocations are those of the object."""


def changed(old: str, new: str, data: bytes = CALLS) -> bytes:
    """An object with some bytes (in hex) replaced by as many others."""
    before, after = bytes.fromhex(old), bytes.fromhex(new)
    assert data.count(before) == 1
    assert len(before) == len(after)
    return data.replace(before, after)


def rules(data: bytes) -> list[tuple[str, str, str]]:
    """(rule, section, bytes at the place) of what is found in a file."""
    found = module_findings(read(data, "a.o"))
    return [(one.rule, one.place.section, data[one.place.offset or 0 :][:2].hex()) for one in found]


def test_sites_that_are_in_order():
    assert BODY in CALLS
    assert rules(CALLS) == []


def offsets(first: int, second: int) -> str:
    """The two relocations of `keeper` in the bytes: type, offset, symbol."""
    symbol = read(CALLS, "a.o").relocs[0].indices[0]
    return bytes((0, first, symbol, 0, second, symbol)).hex()


AT = tuple(read(CALLS, "a.o").relocs[0].offsets)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("00 10 8280808000 10", "00 10 8281000101 10", ("site-not-padded", "code", "8281")),
        ("00 10 8280808000 10", "00 20 8280808000 10", ("site-no-immediate", "code", "8280")),
        ("10 8280808000 0b", "41 8280808000 0b", ("site-no-immediate", "code", "8280")),
        (offsets(*AT), offsets(AT[0] - 1, AT[1]), ("site-no-immediate", "code", "1082")),
    ],
)
def test_sites_that_are_not(old: str, new: str, rule: tuple[str, str, str]):
    data = changed(old, new)
    assert rules(data) == [rule]
    result = alike("a.o", a=data)
    assert [one.rule for one in findings(result)] == [rule[0]]


def test_a_site_that_runs_past_its_function():
    data = changed(offsets(*AT), offsets(AT[0], AT[1] + 3))
    assert ("site-straddles", "code", "8000") in rules(data)


def test_sites_that_overlap():
    data = changed(offsets(*AT), offsets(AT[1], AT[1]))
    assert rules(data) == [("sites-overlap", "code", "8280")]
    assert [one.rule for one in findings(alike("a.o", a=data))] == ["sites-overlap"]


def test_code_that_is_none():
    data = changed("10 8280808000 0b", "ff 8280808000 0b")
    assert rules(data) == [("undecodable-code", "code", "ff82")]
    assert [one.rule for one in findings(alike("a.o", a=data))] == ["undecodable-code"]


def test_a_damaged_object_says_where():
    cut = list(module_findings(read(CALLS[:-4], "a.o")))
    assert [one.rule for one in cut] == ["malformed"]
    assert cut[0].place.offset is not None
    other = CALLS.replace(b"\x07linking\x02", b"\x07linking\x03")
    assert [(one.rule, one.place.section) for one in module_findings(read(other, "a.o"))] == [("malformed", "linking")]


def test_a_linked_module():
    result = alike("a.o", a=CALLS)
    assert result.emit is not None
    data = bytes(result.emit.data)
    assert list(module_findings(read(data, "linked.wasm"))) == []
    named = data.rindex(b"\x06_start")
    renamed = data[: named - 1] + b"\x09" + data[named:]
    assert [one.rule for one in module_findings(read(renamed, "linked.wasm"))] == ["name-mismatch"]


@pytest.mark.parametrize("address", [65530, 65531, -1])
def test_data_that_does_not_fit_its_memory(address: int):
    data = wasmtime.wat2wasm(f'(module (memory 1) (data (i32.const {address}) "six by"))')
    store = wasmtime.Store()
    try:
        wasmtime.Instance(store, wasmtime.Module(store.engine, data), [])
        traps = False
    except wasmtime.Trap:
        traps = True
    assert [one.rule for one in module_findings(read(data, "a.wasm"))] == ["data-past-memory"] * traps


def test_every_rule_has_a_test():
    tested = {rule for rule, _, _ in CASES.values()} | {
        "site-not-padded", "site-no-immediate", "site-straddles", "sites-overlap", "undecodable-code", "malformed",
        "data-past-memory",
    }  # fmt: skip
    assert tested == set(RULES)


def test_the_reference_refuses_strings_without_a_zero_only_where_it_merges(tmp_path):
    inputs = {"a": [START, datum("s", b"text", segment_flags=STRINGS, flags=NO_STRIP)]}
    (tmp_path / "a.o").write_bytes(made(inputs["a"]))
    assert "string is not null terminated" in reference(["a.o"], tmp_path).stderr
    assert reference(["a.o", "-O0"], tmp_path).status == 0
