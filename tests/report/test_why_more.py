"""What `why` says beside the winner and the shortest path: facts against the reference's modules, and the text."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.explain.sample_links import COMMANDS, FAILING, SAMPLES, link_in, linked, linked_sources, reference_output
from tests.explain.test_listed import CALLEE, CALLER, OPTIONS
from tests.link.generate import scene
from tests.link.scenes import write
from tests.toolchain import ROOT, compiled
from wasmscope.explain.find import Found, find_exactly
from wasmscope.explain.named_bytes import asked
from wasmscope.explain.story import story
from wasmscope.format.module import read
from wasmscope.link.model import Link
from wasmscope.report.at import at_facts
from wasmscope.report.at import lines as at_lines
from wasmscope.report.size import BY, Subject, size_facts
from wasmscope.report.why import why_facts
from wasmscope.report.why_text import lines


def facts(link: Link, text: str, paths: int = 1) -> dict:
    return why_facts(link, find_exactly(link, text)[0], paths)


def told(link: Link, text: str, paths: int = 1) -> str:
    return "\n".join(lines(facts(link, text, paths)))


def test_paths_are_listed_as_many_as_asked_for() -> None:
    link = linked("hello")
    assert facts(link, "print")["paths"] is None
    two, all = facts(link, "print", 2), facts(link, "print", 50)
    assert len(two["paths"]) == 2
    assert two["more_paths"]
    assert not all["more_paths"]
    assert all["paths"][:2] == two["paths"]
    assert all["paths"][0] == all["live"]
    text = told(link, "print", 2)
    assert "path 2:" in text
    assert "there are more paths" in text


def test_what_it_would_go_with_and_what_with_it() -> None:
    link = linked("hello")
    found = facts(link, "fd_write")
    assert found["keepers"] == ["print of greet.o", "_start of main.o"]
    assert facts(link, "_start")["keepers"] == []
    code = facts(link, "_start")["retained"]["bytes"]["code"]
    module = read(reference_output("hello"), "it")
    bodies = {module.function_names[number]: one.end - one.start for number, one in enumerate(module.bodies, 1)}
    assert code == sum(size for name, size in bodies.items() if name not in ("count", "greeted"))  # which are exported
    assert "it would go with any of: print of greet.o, _start of main.o" in told(link, "fd_write")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_symbol_has_facts_and_text(name: str) -> None:
    link = linked(name)
    for symbol in link.resolve.symbols[::9]:
        assert told(link, symbol.name, 2)


def test_where_it_is_listed_is_what_the_reference_wrote() -> None:
    link, module = linked("hello"), read(reference_output("hello"), "it")
    (start,) = facts(link, "_start")["exported"]
    assert ("_start", start["number"]) in {(one.name, one.index) for one in module.exports}
    (write,) = facts(link, "fd_write")["imported"]
    assert (write["name"], write["number"]) == ("wasi_snapshot_preview1.fd_write", 0)
    assert facts(link, "shout")["taken"]["number"] == 2
    assert module.elements[0].items[1] == facts(link, "shout")["value"]
    assert "in table slot 2: _start (main.o) at " in told(link, "shout")
    assert "exported as _start (function " in told(link, "_start")
    assert "imported as wasi_snapshot_preview1.fd_write (function 0): " in told(link, "fd_write")


def test_an_address_is_told_as_a_sum() -> None:
    link = linked("hello")
    found = facts(link, "names_count")
    assert sum(one["value"] for one in found["address_terms"]) == found["value"]
    assert f"at {found['value']:#x} = 0x10000 stack + " in told(link, "names_count")


def test_the_memory_is_told_block_by_block() -> None:
    found = facts(linked("words"), "memory")
    assert found["pages"] == read(reference_output("words"), "it").memories[0].min
    assert sum(one["size"] for one in found["blocks"]) == found["size"] == found["pages"] * 65536
    text = told(linked("words"), "memory")
    assert text.startswith("memory: 2 pages of 65,536 bytes: 131,072 bytes\n")
    assert "-z stack-size is 65,536" in text


def test_a_file_says_who_pulled_it_in() -> None:
    link = linked("words")
    found = facts(link, "vfprintf.o")
    assert [(one["by"], one["symbol"]) for one in found["extraction"]] == [
        ("main.o", "printf"),
        ("./libc.a(printf.o)", "vfprintf"),
    ]
    assert "main.o pulled in ./libc.a(printf.o) for printf" in told(link, "vfprintf.o")
    assert facts(link, "main.o")["joined"] == "it was named on the command line"
    assert not facts(link, "sinh.o")["linked"]


def test_why_not_names_the_phase_and_the_option() -> None:
    found = facts(linked("words"), "sinh")["dead"]
    assert (found["phase"], found["options"]) == ("resolve", ["--export=sinh"])
    assert "not in the output, since phase resolve: " in told(linked("words"), "sinh")


def test_a_trap_tells_whose_prototype_is_wrong() -> None:
    link = linked_sources(CALLER, CALLEE, options=OPTIONS)
    traps = [one["traps"] for one in (why_facts(link, found) for found in find_exactly(link, "twice")) if one["traps"]]
    assert [one["kind"] for one in traps] == ["signature mismatch"]
    assert link.load.files[1].name in traps[0]["reason"]
    function = next(atom for atom in link.load.files[0].functions if atom.name == "weak")
    site = function.start + function.site(function.lo)
    text = told(link, f"{link.load.files[0].name}:{site:#x}")
    assert "a call of it traps: absent is weak and nobody defines it" in text


# --- links that fail ----------------------------------------------------------------------------------------------


def test_an_undefined_symbol_says_who_needs_it_and_who_nearly_has_it() -> None:
    link = link_in(SAMPLES / "hello", ["main.o"])
    found = facts(link, "visit_all")
    assert [one["by"] for one in found["references"]] == ["_start", "_start"]
    assert found["problems"][0]["text"] == "main.o: undefined symbol: visit_all"
    assert [one["thing"] for one in found["live"]] == ["_start of main.o", "visit_all, undefined"]
    near = linked_sources("int prnit(void); int use(void) { return prnit(); }", "int print(void) { return 1; }",
                          options=("--no-entry", "--export=use", "--import-undefined"))  # fmt: skip
    assert any("print" in line for line in facts(near, "prnit")["near"])
    assert "nobody defines it:" in told(near, "prnit")


def test_a_duplicate_symbol_tells_both_definitions() -> None:
    found = facts(linked("duplicate"), "_start")
    assert found["problems"]
    assert "duplicate symbol: _start" in told(linked("duplicate"), "_start")
    assert found["live"]


def test_a_path_of_a_link_that_failed_before_it_names_no_step() -> None:
    link = linked_sources("int f(void); void _start(void) { f(); }", *2 * ["int f(void) { return 2; }"])
    assert link.failed == "resolve"
    text = told(link, "f")
    assert "it is the entry point" in text
    assert "@0" not in text


@pytest.mark.parametrize("name", FAILING)
def test_whatever_failed_every_symbol_has_text(name: str) -> None:
    link = linked(name)
    for symbol in link.resolve.symbols if link.resolve is not None else ():
        for one in find_exactly(link, symbol.name):
            assert list(lines(why_facts(link, one, 3)))


def test_options_for_memory_that_contradict_each_other_leave_no_address() -> None:
    link = link_in(SAMPLES / "hello", ["main.o", "greet.o", "--stack-first", "--global-base=1024"])
    assert link.failed == "layout"
    assert facts(link, "names")["address_terms"] == []
    assert told(link, "memory").startswith("memory: it has no size")


def test_in_random_links_everything_has_text_and_sizes_add_up() -> None:
    """Also in those that fail, in whichever phase; and in links as older releases make them."""
    ends = set()
    for seed in range(24):
        made = scene(seed)
        with tempfile.TemporaryDirectory() as folder:
            write(made, Path(folder))
            link = link_in(Path(folder), [*made.argv, *(["--lld=20"] if seed % 4 == 0 else [])])
        ends.add(link.failed)
        symbols = link.resolve.symbols if link.resolve is not None else []
        for symbol in symbols[::2]:
            assert list(lines(why_facts(link, Found("symbol", symbol), 2)))
        for file in link.load.files if link.load is not None else ():
            assert list(lines(why_facts(link, Found("file", file))))
            for atom in (*file.functions, *file.segments, *file.customs)[::3] if link.resolve is not None else ():
                assert list(lines(why_facts(link, Found("atom", atom))))
        for by in BY if link.emit is not None else ():
            found = size_facts(Subject("it", link), by)
            assert sum(one["size"] for one in found["rows"]) == len(link.emit.data)
    assert {None, "resolve", "index", "layout"} <= ends


def test_sentences_have_the_names_of_cpp_as_its_programmers_write_them() -> None:
    source = 'int twice(int a) { return 2 * a; } extern "C" int _start() { return twice(2); }'
    link = link_in(ROOT, [str(compiled(source, "-O0", "-g0", language="c++"))])
    why = list(lines(facts(link, "twice(int)")))
    typed = "--export=_Z5twicei"  # wasm-ld knows the raw name alone
    assert [line for line in why if "_Z" in line.replace(typed, "")] == ["  symbol  _Z5twicei"]
    assert any("names twice(int)" in line for line in why)
    at = list(at_lines(at_facts(link, story(link, asked(link, "twice(int)+3")))))
    assert "copied from twice(int)" in at[0]
    assert not [line for line in at if "_Z" in line]
