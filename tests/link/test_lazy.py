"""Phase 2: archives and --start-lib, whose files join the link only when a symbol asks for them."""

import itertools

import pytest

from tests.link.inputs import (
    LOCAL,
    RETAIN,
    alike,
    call,
    constructor,
    custom,
    datum,
    errors,
    events,
    feature,
    function,
    kept,
    library,
    live_functions,
)
from tests.link.scenes import Declared
from wasmscope.link.model import Link

MAIN = [function("_start", call("f"))]
F, G = [function("f")], [function("g")]


def joined(result: Link) -> list[str]:
    """The objects that take part, in the order that counts for everything later."""
    return [file.name for file in result.resolve.objects]


# --- order ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("line", "order"), [
    ("a.o lib.a", ["a.o", "lib.a(f.o)"]),  # pulled in when the archive is read
    ("lib.a a.o", ["lib.a(f.o)", "a.o"]),  # pulled in while a.o is read, so it is complete before a.o
])  # fmt: skip
def test_a_member_is_pulled_in_wherever_its_archive_stands(line: str, order: list[str]):
    """The order of the line decides only the order of the objects."""
    result = alike(line, a=MAIN, **{"lib.a": library(f=F, g=G)})
    assert joined(result) == order
    assert events(result, "f")[-1] == "refer a.o" if order[0] != "a.o" else "define lib.a(f.o) (lib.a(f.o))"


@pytest.mark.parametrize("members", list(itertools.permutations("fgh")))
@pytest.mark.parametrize("line", ["a.o lib.a", "lib.a a.o"])
def test_members_that_need_each_other_join_in_the_reference_s_order(line: str, members: tuple[str, ...]):
    """f needs g, g needs h and f: what needs an earlier member comes after it, what needs a later one before it."""
    sources = {"f": [function("f", call("g"))], "g": [function("g", call("h"), call("f"))], "h": [function("h")]}
    result = alike(line, a=MAIN, **{"lib.a": library(**{name: sources[name] for name in members})})
    assert sorted(joined(result)) == ["a.o", *(f"lib.a({name}.o)" for name in "fgh")]
    assert live_functions(result) == [atom.name for file in result.resolve.objects for atom in file.functions]


def test_archives_may_need_each_other():
    """Without naming one twice."""
    one, other = library(f=[function("f", call("g"))], h=[function("h")]), library(g=[function("g", call("h"))])
    for line in ("a.o one.a other.a", "other.a one.a a.o", "one.a a.o other.a"):
        alike(line, a=MAIN, **{"one.a": one, "other.a": other})


# --- what pulls in ----------------------------------------------------------------------------------------------


def test_an_extraction_names_the_member_the_symbol_and_who_asked():
    """So that the reason for each object is known."""
    result = alike("a.o lib.a", a=MAIN, **{"lib.a": library(f=[function("f", call("g"))], g=G)})
    assert [(asker, file.name, symbol.name) for asker, file, symbol in result.resolve.extractions] == [
        ("a.o", "lib.a(f.o)", "f"), ("lib.a(f.o)", "lib.a(g.o)", "g"),
    ]  # fmt: skip
    assert "extract lib.a(g.o) (lib.a(f.o))" in events(result, "g")


def test_a_weak_mention_pulls_in_nothing():
    """The function is a stub then; a strong mention elsewhere pulls it in, also after the weak one."""
    weak, strong, lib = [kept(call("f", weak=True))], [kept(call("f"), name="other")], library(f=F)
    for line in ("a.o lib.a --no-entry", "lib.a a.o --no-entry"):
        assert joined(alike(line, a=weak, **{"lib.a": lib})) == ["a.o"]
    for line in ("a.o b.o lib.a --no-entry", "a.o lib.a b.o --no-entry", "lib.a a.o b.o --no-entry"):
        assert "lib.a(f.o)" in joined(alike(line, a=weak, b=strong, **{"lib.a": lib}))


def test_the_first_file_that_offers_a_symbol_gives_it():
    """Whether it is wanted before or after; a definition in a plain object comes before both."""
    one, other = library(f=[function("f"), function("one")]), library(f=[function("f"), function("other")])
    for line in ("a.o one.a other.a", "one.a other.a a.o", "one.a a.o other.a"):
        assert "one.a(f.o)" in joined(alike(line, a=MAIN, **{"one.a": one, "other.a": other}))
    result = alike("one.a a.o b.o", a=MAIN, b=F, **{"one.a": one})
    assert errors(result)[0].startswith("duplicate symbol: f")
    assert joined(alike("b.o one.a a.o", a=MAIN, b=F, **{"one.a": one})) == ["b.o", "a.o"]


def test_local_symbols_of_a_member_offer_nothing():
    """Nor do its undefined ones."""
    result = alike("a.o lib.a", a=MAIN, **{"lib.a": library(m=[function("f", flags=LOCAL)], n=[kept(call("f"))])})
    assert errors(result) == ["a.o: undefined symbol: f"]


OPTIONS = ["-u f", "--export=f", "--export-if-defined=f", "--entry=f", "--undefined=f --export=g"]


@pytest.mark.parametrize("option", OPTIONS)
def test_options_pull_members_in(option: str):
    """As a mention would; -u keeps nothing alive."""
    result = alike(f"lib.a --no-entry {option}", **{"lib.a": library(f=F, g=G, h=[function("h")])})
    assert "lib.a(f.o)" in joined(result)
    assert "lib.a(h.o)" not in joined(result)
    assert ("f" in live_functions(result)) == ("-u" not in option)


def test_the_function_that_runs_destructors_is_pulled_in_unasked():
    """LLD looks for `__wasm_call_dtors` when nobody names the constructors' function."""
    lib = library(d=[function("__wasm_call_dtors")], f=F)
    assert "lib.a(d.o)" in joined(alike("a.o lib.a", a=MAIN, **{"lib.a": lib}))
    alike("a.o lib.a --export=__wasm_call_ctors", a=MAIN, **{"lib.a": lib})
    alike("a.o lib.a", a=[function("_start", call("__wasm_call_ctors"))], **{"lib.a": lib})


@pytest.mark.parametrize("option", ["--wrap=f", "--wrap=f --allow-undefined", "--wrap=_start"])
def test_wrapping_pulls_in_the_wrapper(option: str):
    """`__wrap_f` is mentioned by the option itself."""
    lib = library(w=[function("__wrap_f", call("__real_f"))], v=[function("__wrap__start")], f=F)
    alike(f"a.o lib.a {option}", a=MAIN, **{"lib.a": lib})


# --- what a lazy file does --------------------------------------------------------------------------------------


def test_a_lazy_file_that_nobody_asks_for_leaves_nothing_behind():
    """Not its custom sections, features, producers or constructors."""
    member = [function("g"), constructor("g"), custom("note", b"mine"), feature("simd128"),
              Declared("producer", "clang", data=b"1", text="language")]  # fmt: skip
    result = alike("a.o --start-lib b.o --end-lib", a=[function("_start")], b=member)
    assert joined(result) == ["a.o"]
    assert [section.name for section in result.emit.sections][-1] == "name"


def test_a_member_is_live_only_once_something_of_it_is_used():
    """Pulled in for what turns out to be dead, it runs no constructors and keeps no RETAIN data."""
    member = [function("f"), function("init"), constructor("init"), datum("d", segment_flags=RETAIN)]
    dead = alike("a.o lib.a", a=[function("_start"), function("dead", call("f"))], **{"lib.a": library(m=member)})
    used = alike("a.o lib.a", a=MAIN, **{"lib.a": library(m=member)})
    assert [len(one.index.init_functions) for one in (dead, used)] == [0, 1]
    assert [file.name for file in used.resolve.objects if file in used.mark.files] == ["a.o", "lib.a(m.o)"]
    assert [file.name for file in dead.resolve.objects if file in dead.mark.files] == ["a.o"]


@pytest.mark.parametrize("line", ["--whole-archive lib.a a.o", "a.o --whole-archive lib.a --no-whole-archive lib.a"])
def test_a_whole_archive_takes_part_like_plain_files(line: str):
    """Its constructors run, whether it is used or not."""
    member = [function("init"), constructor("init")]
    result = alike(line, a=[function("_start")], **{"lib.a": library(m=member)})
    assert [symbol.name for _, symbol in result.index.init_functions] == ["init"]


def test_objects_between_start_lib_and_end_lib_are_an_archive_without_a_file():
    """Their names are those of plain files."""
    result = alike("--start-lib b.o c.o --end-lib a.o", a=MAIN, b=F, c=G)
    assert joined(result) == ["b.o", "a.o"]
