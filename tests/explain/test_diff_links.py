"""How links differ: what the options and sources that differ must lead to, and what follows from it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.explain.changed_sources import CHANGES, changed_object, reference_link
from tests.explain.sample_links import VARIANTS, command, link_in, linked
from tests.toolchain import OUTPUT, ROOT, archived, compiled, reference
from wasmscope.explain.comparing.decision import Decision
from wasmscope.explain.comparing.diff import diff_modules
from wasmscope.explain.comparing.diff_links import LinkDifference, diff_links
from wasmscope.format.module import read

FLAGS = ("-O1", "-g0", "-fno-inline")


def of(found: LinkDifference, phase: str) -> list[Decision]:
    return [one for one in found.decisions if one.phase == phase]


def told(found: LinkDifference, phase: str) -> set[tuple[str, str, str]]:
    return {(one.kind, one.change, one.name) for one in of(found, phase)}


def link(*words: str | Path):
    return link_in(ROOT, [str(word) for word in words])


def test_a_link_is_the_same_as_itself() -> None:
    again = link_in(ROOT / "samples" / "hello", ["main.o", "greet.o"])
    assert diff_links(linked("hello"), linked("hello")).same
    assert diff_links(linked("hello"), again).same
    assert diff_links(linked("hello"), again).first is None


def test_what_differs_first_explains_the_rest() -> None:
    found = diff_links(linked("hello"), linked("hello, nothing collected"))
    assert told(found, "options") == {("option", "changed", "gc-sections")}
    first = found.first
    assert first is not None
    assert (first.phase, first.name, first.was, first.now) == ("mark", "forget", "dropped", "a root: --no-gc-sections")
    assert found.why(first)[0] == "dropped: no relocation names forget, and it is no root"
    assert {one.change for one in of(found, "index") if one.kind == "functions"} == {"moved"}


def test_symbols_that_wrap_gave_other_meanings_are_still_themselves() -> None:
    argv, folder = command("hello")
    argv = [*argv, "--wrap=greet", "--import-undefined"]
    found = diff_links(*(link_in(folder, [*argv, *more]) for more in ([], ["--strip-all"])))
    assert {one.phase for one in found.decisions} == {"options", "emit"}


def test_the_first_of_two_weak_definitions_wins() -> None:
    main = compiled("int choice(void); int _start(void) { return choice(); }", *FLAGS)
    one, two = (compiled(f"__attribute__((weak)) int choice(void) {{ return {n}; }}", *FLAGS) for n in (1, 2))
    found = diff_links(link(main, one, two), link(main, two, one))
    assert told(found, "load") == {("order", "changed", "the order of files")}
    assert told(found, "resolve") == {("symbol", "changed", "choice")}
    assert told(found, "mark") == {("function", "changed", "choice")}
    assert len(of(found, "mark")) == 2  # one is kept instead of the other
    assert [one.name for one in of(found, "relocate")] == ["_start, relocation 0"]
    assert found.output is not None
    assert [(one.change, one.name) for one in found.output.entries] == [("changed", "choice")]


def test_winners_members_and_relocations(tmp_path: Path) -> None:
    sources = {
        "main.o": "int choice(void), help(void); int _start(void) { return choice() + help(); }",
        "weak.o": "__attribute__((weak)) int choice(void) { return 1; }",
        "strong.o": "int choice(void) { return 2; }",
        "other.o": "int choice(void); int _start(void) { return choice(); }",
    }
    for name, source in sources.items():
        (tmp_path / name).write_bytes(compiled(source, *FLAGS).read_bytes())
    members = [compiled(f"int {name}(void) {{ return 7; }}", *FLAGS) for name in ("help", "unused")]
    (tmp_path / "lib.a").write_bytes(archived(*members, names=["help.o", "unused.o"]).read_bytes())

    a = link_in(tmp_path, ["main.o", "weak.o", "lib.a"])
    found = diff_links(a, link_in(tmp_path, ["main.o", "weak.o", "lib.a", "strong.o"]))
    assert told(found, "load") == {("file", "added", "strong.o")}
    assert told(found, "resolve") == {("symbol", "changed", "choice")}
    (choice,) = of(found, "resolve")
    assert (choice.was, choice.now) == ("weak defined, weak.o", "defined, strong.o")
    (call,) = of(found, "relocate")
    assert call.name == "_start, relocation 0"
    assert call.was.endswith("weak defined choice of weak.o")
    assert call.now.endswith("defined choice of strong.o")

    found = diff_links(a, link_in(tmp_path, ["other.o", "weak.o", "lib.a"]))
    assert ("member", "changed", "lib.a(help.o)") in told(found, "resolve")
    assert [(one.was, one.now) for one in of(found, "resolve") if one.name == "help"] == [
        ("defined, lib.a(help.o)", "lazy, lib.a(help.o)")
    ]
    (member,) = [one for one in of(found, "resolve") if one.kind == "member"]
    assert member.was == "lib.a(help.o) was pulled in by main.o for help"
    assert member.now == "lib.a(help.o) was not pulled in"


def test_addresses_memory_and_exports() -> None:
    base = changed_object("nothing")
    found = diff_links(link(base), link(changed_object("a longer string")))
    assert {(one.kind, one.change, one.was, one.now) for one in of(found, "layout") if one.kind == "address"} == {
        ("address", "moved", "0x10008", "0x10010")
    }
    assert of(found, "relocate") == []
    found = diff_links(link(base), link(base, "--export=visit", "--initial-memory=1048576"))
    assert told(found, "options") == {("option", "changed", "exports"), ("option", "changed", "initial-memory")}
    assert ("memory", "changed", "memory") in told(found, "layout")
    assert {(one.change, one.name, one.now) for one in of(found, "index") if one.kind == "export"} == {
        ("added", "visit", "function, --export")
    }


def test_a_failed_link_says_how_far_it_came() -> None:
    found = diff_links(linked("hello"), linked("no entry"))
    assert found.output is None
    assert any(one.kind == "failure" and one.now.startswith("fails: ") for one in found.decisions)
    assert not found.same


def test_links_of_other_programs_and_failed_ones_are_compared() -> None:
    names = ["hello", "duplicate", "a shared library", "export missing", "kernel64", "no such file"]
    for one, other in pairwise(names):
        found = diff_links(linked(one), linked(other))
        assert found.first is not None
        assert not found.same
        assert (found.output is None) == (linked(one).emit is None or linked(other).emit is None)


def test_outputs_of_links_and_the_reference_s_files_differ_alike() -> None:
    """What the links know more than their outputs makes things that moved of some that changed; never the other way."""
    for name, (sample, more) in VARIANTS.items():
        found = diff_links(linked(sample), linked(name)).output
        assert found is not None
        plain = diff_modules(read(found.a.data, "a"), read(found.b.data, "b"))
        for group in ("functions", "exports", "imports"):
            told = [{(one.change, one.name) for one in it.entries if one.group == group} for it in (found, plain)]
            real = [{one for one in entries if one[0] in ("added", "removed")} for entries in told]
            if "-s" not in more and "--strip-all" not in more and "--strip-debug" not in more:
                assert real[0] == real[1], (name, group)


@pytest.mark.parametrize("change", [one for one in CHANGES if one != "nothing"])
def test_a_module_says_of_functions_what_the_links_know(change: str) -> None:
    """Modules do not say what the links know of addresses and slots, yet the same functions have changed."""
    for options in ([], ["-s"]):
        a, b = (link(changed_object(one), *options, "-o", OUTPUT) for one in ("nothing", change))
        known = diff_links(a, b).output
        assert known is not None
        plain = diff_modules(*(read(side.data, "linked.wasm") for side in (known.a, known.b)))
        assert known.b.data == reference_link(change, *options).data
        told = [
            [(one.change, one.total, one.delta) for one in it.entries if one.group == "functions"]
            for it in (known, plain)
        ]
        assert told[0] == told[1]


@pytest.mark.parametrize("name", ["hello", "words", "shapes", "tally"])
@pytest.mark.parametrize("option", ["--no-stack-first", "--global-base=70000", "--table-base=5", "--import-memory"])
def test_options_that_move_everything_change_no_function(name: str, option: str) -> None:
    argv, folder = command(name)
    moved = link_in(folder, [*argv, option])
    assert linked(name).emit is not None
    assert moved.emit is not None
    found = diff_modules(read(linked(name).emit.data, "a"), read(moved.emit.data, "b"))
    assert {one.change for one in found.entries if one.group == "functions"} <= {"moved"}
    assert found.entries


def test_reordered_objects_move_everything_and_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "one.o").write_bytes(compiled("int a[2] = {1, 2}; int f(void) { return a[0]; }", *FLAGS).read_bytes())
    main = compiled("int f(void); extern int a[]; int b = 5; int _start(void) { return f() + a[1] + b; }", *FLAGS)
    (tmp_path / "two.o").write_bytes(main.read_bytes())
    a, b = (link_in(tmp_path, list(order)) for order in (("one.o", "two.o"), ("two.o", "one.o")))
    found = diff_links(a, b)
    assert told(found, "load") == {("order", "changed", "the order of files")}
    assert told(found, "resolve") == set()
    assert {one.change for phase in ("layout", "index") for one in of(found, phase)} == {"moved"}
    assert found.output is not None
    assert {one.change for one in found.output.entries} == {"moved"}
    outputs = [reference(list(order), tmp_path).output for order in (("one.o", "two.o"), ("two.o", "one.o"))]
    assert [found.output.a.data, found.output.b.data] == outputs
