"""Phase 2: COMDAT groups, of which the first object keeps its own and the others lose theirs."""

import pytest

from tests import toolchain
from tests.link.inputs import (
    LOCAL,
    WEAK,
    address,
    alike,
    call,
    constructor,
    custom,
    datum,
    errors,
    events,
    function,
    kept,
    library,
    live_functions,
)
from tests.link.scenes import Declared
from tests.toolchain import compiled
from wasmscope.link.model import Link

INLINE = """inline int twice(int n) { return n * 2; }
inline const char *name(void) { static const char it[] = "%s"; return it; }
int %s(int n) { return twice(n) + name()[0]; }"""


def groups(result: Link, kind: str) -> list[tuple[str, str]]:
    """The groups that were kept ("comdat-kept") or lost: (object, name)."""
    return [(one.file.name, one.rule) for one in result.resolve.events if one.kind == kind]


# --- kept and dropped -------------------------------------------------------------------------------------------


def test_the_first_object_that_names_a_group_keeps_it():
    """The others' members are discarded, and their mentions mean the first's."""
    sources = {name: [function("f", comdat="f", flags=WEAK), kept(call("f"), name=f"use_{name}")] for name in "abc"}
    result = alike("--no-entry", **sources)
    assert groups(result, "comdat-kept") == [("a.o", "f")]
    assert groups(result, "comdat-dropped") == [("b.o", "f"), ("c.o", "f")]
    assert {atom.file.name for atom in result.resolve.discarded} == {"b.o", "c.o"}
    assert live_functions(result) == ["f", "use_a", "use_b", "use_c"]
    assert events(result, "f")[-4:] == ["discard b.o", "refer b.o", "discard c.o", "refer c.o"]


def test_inline_functions_and_their_data_are_one_in_c_plus_plus():
    """As compilers make them; the first object's string is the one that both see."""
    sources = INLINE % ("first", "one"), INLINE % ("second", "two")
    first, second = (compiled(text, "-O1", "-g0", "-fno-inline", language="c++") for text in sources)
    result = alike("--no-entry --export-all --demangle", a=first, b=second)
    assert [toolchain.call(result.emit.data, name, 1) for name in ("_Z3onei", "_Z3twoi")] == [2 + ord("f")] * 2


def test_strong_symbols_in_a_group_do_not_clash():
    """What is discarded defines nothing."""
    sources = {name: [function("f", comdat="g"), datum("d", name.encode(), comdat="g")] for name in "ab"}
    result = alike("--no-entry --export=f --export=d", **sources)
    assert [segment.chain.first.item.data for segment in result.layout.segments] == [b"a"]


def test_groups_of_one_name_need_not_have_the_same_members():
    """What only the loser defined is undefined then, unless someone else defines it."""
    first = [function("f", comdat="g")]
    second = [function("f", comdat="g"), function("h", comdat="g"), kept(call("h"))]
    assert errors(alike("--no-entry", a=first, b=second)) == ["b.o: undefined symbol: h"]
    alike("--no-entry", a=first, b=second, c=[function("h")])
    alike("--no-entry --allow-undefined", a=first, b=second)


def test_a_group_in_an_archive_comes_too_late():
    """Plain objects that come before have the group; a lazy file names no group before it joins."""
    member = [function("f", comdat="f", flags=WEAK), function("g", call("f"))]
    source = [function("f", comdat="f", flags=WEAK), function("_start", call("f"), call("g"))]
    for line in ("a.o lib.a", "lib.a a.o"):
        result = alike(line, a=source, **{"lib.a": library(m=member)})
        assert groups(result, "comdat-kept") == [("a.o", "f")]


def test_other_symbols_of_a_discarded_segment_go_with_it():
    """Aliases too."""
    alias = Declared("alias", "alias", text="d", number=2)
    data = [datum("d", b"12345", comdat="g"), alias]
    sources = {name: [*data, kept(address("alias"), name=f"k{name}")] for name in "ab"}
    alike("--no-entry", **sources)


@pytest.mark.parametrize(("flags", "runs"), [(LOCAL, 1), (WEAK, 2)])
def test_constructors_in_a_discarded_group_run_if_the_kept_one_has_their_name(flags: int, runs: int):
    """A quirk: the loser's entry means the winner's function then, which so runs again. A local one is gone."""
    sources = {name: [function("init", comdat="g", flags=flags), constructor("init")] for name in "ab"}
    result = alike("--no-entry --export=__wasm_call_ctors", **sources)
    assert len(result.index.init_functions) == runs


def test_custom_sections_in_a_discarded_group_are_not_copied():
    """Sections without a group are."""
    def source(name: bytes) -> list[Declared]:
        return [function("f", comdat="g"), custom("note", name, comdat="g"), custom("all", name)]

    result = alike("--no-entry", a=source(b"a"), b=source(b"b"))
    assert {one.name: len(one.chain) for one in result.layout.customs} == {"note": 1, "all": 2}


def test_without_garbage_collection_even_losers_are_written():
    """A quirk of LLD: their bodies stand there, and nothing means them."""
    sources = {name: [function("f", comdat="g"), datum("d", b"xy", comdat="g")] for name in "ab"}
    result = alike("--no-entry --no-gc-sections", **sources)
    assert live_functions(result) == ["f", "f"]


@pytest.mark.parametrize("line", ["-r", "--no-entry --emit-relocs --export=f"])
def test_groups_go_into_relocatable_output(line: str):
    """By name, those that are there."""
    alike(line, **{name: [function("f", comdat="z"), datum("d", b"xy", comdat="b")] for name in "ab"})
