"""The viewer assumes how an output is used, says so, and nothing else."""

from dataclasses import replace

import pytest

from tests.toolchain import compiled, reference
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link
from wasmscope.link.lenient import link_leniently
from wasmscope.link.model import Link

LIBRARY = "int twice(int x) { return x * 2; }"
CALLER = 'int outside(int x); __attribute__((visibility("default"))) int twice(int x) { return outside(x); }'
START = "void _start(void) {}"


def linked(source: str, *words: str) -> Link:
    return link_leniently(parse([str(compiled(source, "-g0")), *words]), link)


def test_nothing_is_assumed_of_a_link_that_works() -> None:
    result = linked(START)
    assert (result.assumed, result.failed) == ((), None)


@pytest.mark.parametrize(
    ("source", "words", "assumed"),
    [
        (LIBRARY, [], ["--no-entry", "--export-dynamic"]),
        (CALLER, ["--entry=twice"], ["--import-undefined"]),
        (CALLER, [], ["--no-entry", "--export-dynamic", "--import-undefined"]),
        (CALLER, ["--no-entry", "--export=twice"], ["--import-undefined"]),
    ],
)
def test_what_is_assumed_is_what_the_reference_would_need(source: str, words: list[str], assumed: list[str]) -> None:
    result = linked(source, *words)
    assert list(result.assumed) == assumed
    assert result.failed is None
    file = str(compiled(source, "-g0"))
    assert reference([file, *words]).output is None
    expected = reference([file, *words, *assumed]).output
    same = link(parse([file, *words, *assumed, "-o", "linked.wasm"]))
    assert same.emit is not None
    assert same.emit.data == expected
    assert result.emit is not None
    assert len(result.emit.data) == len(expected or b"") + len("a.out") - len("linked.wasm")


@pytest.mark.parametrize("words", [["--entry=main"], ["--export=nothing"], ["--no-such-option"], ["missing.o"]])
def test_what_was_asked_for_by_name_is_never_assumed_away(words: list[str]) -> None:
    result = linked(START, *words)
    assert result.failed
    assert result.assumed == ()


def test_output_needs_no_name_to_be_looked_at() -> None:
    assert linked(START).options.output == "a.out"
    assert linked(START, "-o", "x.wasm").options == replace(parse([str(compiled(START, "-g0")), "-o", "x.wasm"]))
