"""What a relink renewed: what was written anew in the source, not what only moved or got another number."""

from __future__ import annotations

from tests.toolchain import compiled
from wasmscope.explain.comparing.renewed import renewed
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link
from wasmscope.link.model import Atom, Link, Symbol

A = "int b(void); int shared = {}; int a(void) {{ return b() + {}; }} {} int c(void) {{ return a() + shared; }}"
B = "int b(void) { return 2; }"


def made(a: str, b: str = B, *more: str) -> Link:
    objects = [str(compiled(source, "-ffunction-sections", "-fdata-sections", "-g0")) for source in (a, b)]
    return link(parse(["--no-entry", "--export=c", "-o", "out.wasm", *more, *objects]))


def names(found: frozenset[Atom | Symbol]) -> set[str]:
    return {one.name for one in found}


def test_a_function_with_another_body_and_a_datum_with_another_value_are_new() -> None:
    old = made(A.format(5, 1, ""))
    assert renewed(old, made(A.format(5, 1, ""))) == frozenset()
    # other sources are other files here, so both objects' names differ: they are paired by order of their ends
    changed = renewed(old, made(A.format(5, 7, "")))
    assert "a" in names(changed)
    assert {"b", "c"}.isdisjoint(names(changed))
    assert names(renewed(old, made(A.format(6, 1, "")))) >= {"shared"}


def test_what_only_moved_is_not_new() -> None:
    old = made(A.format(5, 1, ""))
    inserted = renewed(old, made(A.format(5, 1, "int extra(void) { return 9; }"), B, "--export=extra"))
    assert "extra" in names(inserted)
    assert {"a", "b", "c", "shared"}.isdisjoint(names(inserted))


def test_what_other_options_drop_or_keep_is_new() -> None:
    source = A.format(5, 1, "int extra(void) { return 9; }")
    found = renewed(made(source), made(source, B, "--export=extra"))
    assert names(found) == {"extra"}
