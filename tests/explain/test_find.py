"""Finding: what a person types, and what it means."""

from __future__ import annotations

from tests.explain.sample_links import calls, link_in, linked
from tests.toolchain import ROOT, compiled, reference
from wasmscope.explain.find import Found, find, find_exactly
from wasmscope.explain.steps import steps
from wasmscope.format.module import read
from wasmscope.link.model import Atom, ImportEntry, Link, Symbol


def only(link: Link, text: str) -> Found:
    (found,) = find(link, text)
    return found


def test_a_symbol_by_its_name() -> None:
    link = linked("hello")
    assert only(link, "visit_all") == ("symbol", link.resolve.by_name["visit_all"])


def test_a_symbol_by_the_name_that_the_host_knows_it_by() -> None:
    source = """
    __attribute__((import_module("web"), import_name("host-log"))) void log_it(int);
    __attribute__((export_name("outside"))) int inside(int x) { log_it(x); return x; }
    """
    argv = [str(compiled(source, "-O1", "-g0")), "--no-entry"]
    link, module = link_in(ROOT, argv), read(reference(argv).output, "it")
    by_name = link.resolve.by_name
    exported = next(one.name for one in module.exports if one.kind == 0)
    imported = module.imported(0)[0]
    assert only(link, exported) == ("symbol", by_name["inside"])
    for name in (imported.name, f"{imported.module}.{imported.name}"):
        assert only(link, name) == ("symbol", by_name["log_it"])
    assert only(link, "inside") == ("symbol", by_name["inside"])


def test_a_symbol_by_its_demangled_name() -> None:
    link = linked("shapes")
    for text in ("_Z5titlev", "title()"):
        assert {one.thing for one in find(link, text)} >= {link.resolve.by_name["_Z5titlev"]}


def test_a_local_symbol_by_its_file() -> None:
    link = linked("hello")
    main, greet = (next(file for file in link.load.files if file.name == name) for name in ("main.o", "greet.o"))
    for file in (main, greet):
        found = only(link, f"{file.name}:.L.str")
        assert found.thing in link.resolve.bindings[file]
    assert [one.thing.file for one in find(link, ".L.str")] == [main, greet]


def test_a_file_by_its_name_and_a_member_by_its_own() -> None:
    assert only(linked("hello"), "greet.o").kind == "file"
    link = linked("words")
    member = next(file for file in link.load.files if file.name.endswith("(sinh.o)"))
    assert find(link, member.name) == find(link, "sinh.o") == find(link, "libc.a(sinh.o)") == [("file", member)]


def test_a_place_in_a_file_is_a_relocation_and_its_atom() -> None:
    link = linked("hello")
    start = link.resolve.by_name["_start"].target
    site = start.start + start.site(start.lo)
    relocation, atom = find(link, f"main.o:{site:#x}")
    assert (relocation.kind, relocation.thing) == ("relocation", (start, start.lo))
    assert (atom.kind, atom.thing) == ("atom", start)
    assert [one.kind for one in find(link, f"main.o:{start.start}")] == ["atom"]
    assert [one.kind for one in find(link, "main.o:9")] == ["section"]


def test_numbers_of_the_output() -> None:
    link = linked("hello")
    print_ = link.resolve.by_name["print"].target
    assert only(link, f"func:{link.index.functions[print_]}").thing is print_
    assert isinstance(only(link, "func:0").thing, ImportEntry)
    assert only(link, "global:0").thing.name == "__stack_pointer"
    assert only(link, "table:0").thing.name == "__indirect_function_table"
    (slot,) = (number for key, number in link.index.slots.items() if getattr(key, "name", "") == "greet")
    assert only(link, f"slot:{slot}").thing is link.resolve.by_name["greet"]
    assert only(link, "type:0").thing == link.index.types[0]
    assert find(link, "func:999") == []


def test_atoms_by_number_are_in_link_order() -> None:
    link = linked("hello")
    atoms, number = [], 0
    while found := find(link, f"atom:{number}"):
        atoms.append(found[0].thing)
        number += 1
    made = len(link.resolve.synthetic_functions)
    expected = [one for file in link.resolve.objects for one in (*file.functions, *file.segments, *file.customs)]
    assert atoms[made:] == expected
    assert all(isinstance(atom, Atom) for atom in atoms)


def test_an_offset_of_the_output() -> None:
    link = linked("hello")
    section = next(one for one in link.emit.sections if one.name == "code")
    piece = next(one for one in section.pieces if one.atom is not None)
    assert ("atom", piece.atom) in find(link, f"{piece.start:#x}")
    assert ("section", section) in find(link, f"{section.start:#x}")


def test_steps_segments_and_sections() -> None:
    link = linked("hello")
    assert only(link, "@5") == ("step", 5)
    assert find(link, f"@{len(steps(link)) + 1}") == []
    assert only(link, ".rodata").kind == "segment"
    assert only(link, "code").kind == "section"


def test_part_of_a_name_finds_all_that_contain_it() -> None:
    link = linked("hello")
    names = {one.thing.name for one in find(link, "print")} | {one.thing.name for one in find(link, "PRINT_")}
    assert "print_number" in names
    assert all(isinstance(one.thing, Symbol) for one in find(link, "rint"))
    assert {one.thing.name for one in find(link, "rint")} >= {"print", "print_number"}
    assert len(find(linked("words"), "a", limit=7)) == 7
    assert find(link, "no such name") == find(link, "") == find(link, "   ") == []


def test_a_failing_link_can_be_searched() -> None:
    assert only(linked("no entry"), "visit_all").kind == "symbol"
    assert find(linked("no entry"), "func:1") == []
    assert find(linked("no such file"), "main.o")[0].kind == "file"


def test_a_name_costs_the_same_in_a_large_link() -> None:
    link = linked("words")
    find(link, "qsort")
    assert calls(lambda: find(link, "qsort")) < 60


def test_a_symbol_of_cpp_by_its_name_without_parameters_and_arguments_of_templates() -> None:
    source = """
    template <class K, class V> struct Ledger { void add(K, V); };
    template <class K, class V> __attribute__((noinline)) void Ledger<K, V>::add(K, V) {}
    namespace shop { template <class T> struct Box { T t; }; }
    extern "C" void _start() { Ledger<shop::Box<int>, double>().add({}, 1); Ledger<char, int>().add('a', 1); }
    void twice(int) {}
    """
    link = link_in(ROOT, [str(compiled(source, "-O0", "-g0", language="c++")), "--no-gc-sections"])
    adds = [one for one in link.resolve.symbols if "Ledger" in one.name and "add" in one.name]
    assert len(adds) == 2
    assert [one.thing for one in find_exactly(link, "Ledger::add")] == adds
    assert [one.thing for one in find_exactly(link, "Ledger<char, int>::add")] == [
        one for one in adds if "IciE" in one.name
    ]
    assert [one.thing.name for one in find_exactly(link, "twice")] == ["_Z5twicei"]
    assert not find_exactly(link, "Ledger")
    assert [one.thing for one in find(link, "edger::ad")] == adds
