"""Declarations that are updated, freed and replaced, judged by what the reference linker makes of the object."""

from __future__ import annotations

import pytest

from tests.link.built import FUNCTION, GIVES, MAPS, NOTHING, linked, number
from tests.toolchain import call as run
from wasmscope.errors import LinkError
from wasmscope.format.expr import const_expr
from wasmscope.format.linking import SYM_HIDDEN, SYM_LOCAL
from wasmscope.format.module import read
from wasmscope.format.types import I32, FuncType, GlobalType
from wasmscope.link.builder import ObjectBuilder, body, call


@pytest.fixture
def made():
    return ObjectBuilder()


def names_in(chain):
    return [placed.item.name for placed in chain]


def test_an_update_is_appended_anew(made, tmp_path):
    first = made.function("first", GIVES, number(1))
    made.function("second", GIVES, number(2))
    made.function("third", GIVES, body(call(first)))
    made.update(first, body(("i32.const", 7), ("i32.const", 8), "i32.mul"))
    chain = made.chains["code"]
    assert names_in(chain) == ["second", "third", "first"]
    assert [placed.prev and placed.prev.item.name for placed in chain] == [None, "second", "third"]
    seen = linked(tmp_path, made)
    assert seen.function("second") < seen.function("third") < seen.function("first")
    assert run(seen.data, "third") == 56


def test_an_update_keeps_the_symbol_and_may_change_the_type(made, tmp_path):
    function = made.function("f", GIVES, number(1))
    user = made.function("run", GIVES, body(call(function)))
    made.update(function, body(("local.get", 0)), type=MAPS, flags=SYM_HIDDEN)
    made.update(user, body(("i32.const", 5), call(function)))
    assert (function.symbol, user.symbol) == (0, 1)
    assert run(linked(tmp_path, made).data, "run") == 5


def test_an_update_of_data_and_globals(made, tmp_path):
    datum = made.data("datum", b"short")
    value = made.global_var("value", GlobalType(I32, False), const_expr(1))
    made.update(datum, b"very much longer", align=4)
    made.update(value, init=const_expr(2))
    seen = linked(tmp_path, made)
    assert seen.address("datum") % 16 == 0
    assert seen.memory(seen.address("datum"), 16) == b"very much longer"
    assert seen.address("value") == 2


def test_an_update_may_leave_nothing(made, tmp_path):
    datum = made.data("datum", b"something")
    made.update(datum, b"")
    assert read(made.flush(), "x.o").linking.symbols[0].size == 0
    linked(tmp_path, made)


def test_a_name_is_free_when_its_symbol_becomes_local(made):
    first = made.function("f", GIVES, number(1))
    made.update(first, flags=SYM_LOCAL)
    second = made.function("f", GIVES, number(2))
    with pytest.raises(ValueError, match="f is declared already"):
        made.update(first, flags=SYM_HIDDEN)
    made.free(second)
    made.update(first, flags=SYM_HIDDEN)
    assert made.symbols.by_name == {"f": first}


def test_a_function_is_declared_before_its_body_and_calls_itself(made, tmp_path):
    fact = made.function("fact", MAPS)
    with pytest.raises(LinkError, match="fact was declared, but never given a body"):
        made.flush()
    made.update(fact, body(
        ("local.get", 0), "i32.eqz", ("if", FuncType((), (I32,))), ("i32.const", 1), "else",
        ("local.get", 0), ("local.get", 0), ("i32.const", 1), "i32.sub", call(fact), "i32.mul", "end",
    ))  # fmt: skip
    assert run(linked(tmp_path, made).data, "fact", 5) == 120


def test_a_freed_symbol_leaves_its_place_to_the_next(made, tmp_path):
    places = [made.function(name, GIVES, number(1)) for name in "abc"]
    made.free(places[0])
    made.free(places[1])
    assert names_in(made.chains["code"]) == ["c"]
    later = [made.data("d", b"d"), made.function("b", GIVES, number(5)), made.extern_data("e")]
    assert [one.symbol for one in later] == [1, 0, 3]
    module = read(made.flush(), "x.o")
    assert [one.name for one in module.linking.symbols] == ["b", "d", "c", "e"]
    seen = linked(tmp_path, made)
    assert run(seen.data, "b") == 5
    assert set(seen.exports(FUNCTION)) == {"b", "c", "__wasm_call_ctors"}


def test_a_free_place_that_nobody_took_is_closed(made, tmp_path):
    gone, stays = (made.function(name, GIVES, number(3)) for name in ("gone", "stays"))
    made.function("run", GIVES, body(call(stays)))
    made.free(gone)
    assert run(linked(tmp_path, made).data, "run") == 3


def test_what_is_freed_cannot_be_used(made):
    gone = made.function("gone", NOTHING, body())
    made.function("user", NOTHING, body(call(gone)))
    made.free(gone)
    with pytest.raises(LinkError, match="user refers to gone, which was freed"):
        made.flush()
    for use in (made.free, made.update, made.init, lambda one: made.alias("x", one)):
        with pytest.raises(ValueError, match="gone was freed"):
            use(gone)
    with pytest.raises(ValueError, match="gone was freed"):
        made.function("other", NOTHING, body(call(gone)))


def test_what_another_name_stands_for_outlives_its_first_name(made, tmp_path):
    first = made.function("first", GIVES, number(6))
    made.alias("second", first)
    made.free(first)
    assert run(linked(tmp_path, made).data, "second") == 6


def test_freeing_takes_constructors_and_imports_along(made, tmp_path):
    function = made.function("f", NOTHING, body())
    made.init(function)
    imported = made.extern_function("g", NOTHING, import_name="g")
    made.free(function)
    made.free(imported)
    module = read(made.flush(), "x.o")
    assert (module.linking.init_funcs, [one.name for one in module.imports]) == ([], ["__linear_memory"])
    linked(tmp_path, made)
