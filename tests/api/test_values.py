"""What links and files hold, against what the reference wrote."""

from __future__ import annotations

import wasmscope
from tests.api.asking import FILES, HELLO, as_json, facts, printed
from tests.test_broken import ran
from tests.toolchain import OUTPUT, reference
from wasmscope.format.types import I32, FuncType
from wasmscope.link.builder import ObjectBuilder, body, call, instruction


def test_what_is_in_the_output_is_what_the_reference_wrote(hello, linked: bytes) -> None:
    module = wasmscope.open(linked).module
    assert [one.name for one in hello.functions] == [module.function_names[i] for i in range(len(hello.functions))]
    assert [one.name for one in hello.exports] == [one.name for one in module.exports]
    assert [(one.module, one.name) for one in hello.imports] == [(one.module, one.name) for one in module.imports]
    written = [one.address for one in wasmscope.open(linked).segments]
    assert [one.address for one in hello.segments if not one.bss] == written
    live = {one.name for one in hello.symbols if one.kind == "function" and hello.why(one.name).live}
    assert set(module.function_names.values()) - {"shout"} == live  # which is static


def test_relocations_are_those_that_the_reference_keeps(hello) -> None:
    kept = reference([*FILES, "--emit-relocs"], HELLO).output
    there = [one for one in wasmscope.open(kept).relocations if one.section in ("CODE", "DATA", "code", "data")]
    mine = wasmscope.link(*FILES, "--emit-relocs").relocations
    assert [(one.type, one.addend) for one in mine] == [(one.type, one.addend) for one in there]
    value = next(one for one in hello.relocations if one.file == "main.o" and one.offset == 0xE4)
    assert (value.target, value.value) == ("greet", hello.why("greet").slot)


def test_the_symbols_of_an_object_are_those_that_dump_lists() -> None:
    told = facts("dump", "main.o")[0]
    found = wasmscope.open("main.o")
    assert [one.name for one in found.symbols] == [one["name"] for one in told["symbols"]]
    assert [one.names for one in found.relocations] == [one["names"] for one in told["relocations"]]
    assert [one.name for one in found.sections] == [one["name"] for one in told["sections"]]
    assert f"{found.dump()}\n" == printed("dump", "main.o")


def test_why_has_attributes(hello) -> None:
    greet, forget = hello.why("greet"), hello.why("forget")
    assert (greet.live, greet.kind, greet.name, greet.slot, greet.dropped, greet.trap) == (
        True, "symbol", "greet", 1, None, None,
    )  # fmt: skip
    assert greet.value == wasmscope.open(hello.data).why("greet").index
    assert (forget.live, forget.path, forget.value) == (False, (), None)
    assert forget.dropped is not None
    for option in forget.dropped.options:  # each alone keeps it, as it says, in the reference
        output = reference([*FILES, option], HELLO).output
        assert "forget" in wasmscope.open(output).module.function_names.values()
    assert hello.why("_start").exports == ("_start",)


def test_a_link_can_be_walked(hello) -> None:
    greet = next(one for one in hello.symbols if one.name == "greet")
    told = [one for one in hello.steps if one.subject is greet]
    assert hello.state(told[0].number - 1).symbol(greet).state == ""
    assert hello.state(told[0].number).symbol(greet).state == "undefined"
    assert hello.state(len(hello.steps)).symbol(greet).value == hello.why("greet").value


def test_what_happened_between_two_steps_is_what_the_command_says(hello) -> None:
    told = hello.between(30, 60)
    assert as_json(told.facts) == facts("diff", "--step", "30..60", *FILES)
    assert f"{told}\n" == printed("diff", "--step", "30..60", *FILES)


def test_the_map_is_that_of_the_reference() -> None:
    assert wasmscope.link(*FILES, "-o", OUTPUT).map() == reference([*FILES, "--Map=-"], HELLO).stdout


def test_objects_are_made_and_linked_in_memory() -> None:
    maths, program = wasmscope.ObjectBuilder(), ObjectBuilder()
    given = instruction("local.get", 0)
    maths.function("twice", FuncType((I32,), (I32,)), body(given, given, "i32.add"))
    twice = program.extern_function("twice", FuncType((I32,), (I32,)))
    program.function("run", FuncType((), (I32,)), body(instruction("i32.const", 21), call(twice)), export_name="run")
    found = wasmscope.link(("run.o", program.flush()), ("maths.o", maths.flush()), "--no-entry", strict=True)
    assert found.ok
    assert found.why("twice").path[-1].startswith("twice of maths.o")
    assert ran(found.data, ()) == 42

