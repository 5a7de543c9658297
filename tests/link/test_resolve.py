"""Phase 2: names to definitions, and the rules that decided."""

import itertools

import pytest
import wasmtime

from tests import toolchain
from tests.link.inputs import (
    GIVES_I32,
    HIDDEN,
    LOCAL,
    TAKES_I32,
    WEAK,
    address,
    alike,
    call,
    datum,
    errors,
    events,
    exports,
    function,
    global_,
    got,
    kept,
    slot,
    use_global,
)
from tests.link.scenes import NOTHING, Declared, Mention
from wasmscope.format.types import EXTERNREF, FUNCREF, I32, I64, GlobalType, Limits, TableType

# --- definitions and mentions -----------------------------------------------------------------------------------


def test_the_first_mention_gives_a_symbol_its_place():
    """Whoever defines it later: the order of the table is that of first mention."""
    result = alike("--no-entry", a=[function("a", call("z"))], b=[function("m"), function("z")])
    assert [symbol.name for symbol in result.resolve.symbols] == ["__wasm_call_ctors", "__stack_pointer", "a", "z", "m"]
    assert events(result, "z") == ["mention a.o", "define b.o (a.o)"]


@pytest.mark.parametrize(("first", "second", "last"), [
    (WEAK, 0, "replace b.o (a.o)"),
    (WEAK, WEAK, "keep b.o (a.o)"),
    (0, WEAK, "keep b.o (a.o)"),
])  # fmt: skip
def test_a_strong_definition_beats_a_weak_one_and_the_first_of_equals_stays(first: int, second: int, last: str):
    """For functions and data alike; the events name both files and the rule."""
    for kind in (function, datum):
        result = alike("--no-entry --export=x", a=[kind("x", flags=first)], b=[kind("x", flags=second)])
        assert events(result, "x")[:2] == ["define a.o", last]
    assert events(alike("--no-entry --export=x", b=[function("x", flags=WEAK)]), "x")[0] == "define b.o"


@pytest.mark.parametrize("kind", [
    lambda flags: function("x", flags=flags),
    lambda flags: datum("x", flags=flags),
    lambda flags: global_("x", GlobalType(I32, False), flags=flags),
    lambda flags: Declared("tag", "x", NOTHING, flags),
    lambda flags: Declared("table", "x", TableType(FUNCREF, Limits(0, 1)), flags),
])  # fmt: skip
def test_two_strong_definitions_are_an_error_that_names_both(kind):
    """And the phase stops the link; --allow-multiple-definition lets the first one stay."""
    inputs = {"a": [kind(0)], "b": [kind(0)], "c": [kind(WEAK)]}
    result = alike("--no-entry", **inputs)
    assert errors(result) == ["duplicate symbol: x\n>>> defined in a.o\n>>> defined in b.o"]
    assert (result.failed, result.mark) == ("resolve", None)
    assert events(alike("--no-entry -z muldefs --export=x", **inputs), "x")[:3] == [
        "define a.o", "keep b.o (a.o)", "keep c.o (a.o)",
    ]  # fmt: skip


def test_local_symbols_of_one_name_have_nothing_to_do_with_each_other():
    """Nor with a global one: each object has its own."""
    def source(flags: int) -> list[Declared]:
        return [function("f", flags=flags), datum("d", flags=flags), kept(call("f"), address("d"))]

    alike("--no-entry -z muldefs", a=source(LOCAL), b=source(LOCAL), c=source(0))
    result = alike("--no-entry", a=[function("f", flags=LOCAL)], b=[kept(call("f"))])
    assert errors(result) == ["b.o: undefined symbol: f"]


def test_a_hidden_definition_is_found_by_other_objects_and_not_exported():
    """Hidden is about the module's outside."""
    result = alike("--no-entry --export-dynamic", a=[kept(call("f"))], b=[function("f", flags=HIDDEN)])
    assert list(exports(result)) == ["keeper"]


def test_what_wins_does_not_depend_on_hidden():
    """The winner's own visibility counts, whatever the loser's was."""
    weak_hidden, strong = [function("f", flags=WEAK | HIDDEN)], [function("f")]
    assert "f" in exports(alike("--no-entry --export-dynamic", a=weak_hidden, b=strong))
    assert "f" in exports(alike("--no-entry --export-dynamic", a=strong, b=weak_hidden))


# --- undefined symbols ------------------------------------------------------------------------------------------


def test_each_use_of_an_undefined_symbol_is_an_error_that_knows_its_place():
    """LLD names the file; the subject is the relocation."""
    result = alike("--no-entry", a=[kept(call("helo"), call("helo"), address("absent")), function("hello")])
    assert errors(result) == ["a.o: undefined symbol: helo"] * 2 + ["a.o: undefined symbol: absent"]
    uses = [one.subject for one in result.diagnostics]
    assert [(use.atom.name, use.row, use.symbol.name) for use in uses] == [
        ("keeper", 0, "helo"), ("keeper", 1, "helo"), ("keeper", 2, "absent"),
    ]  # fmt: skip


def test_what_is_dead_may_be_undefined():
    """Only what a live atom mentions is asked for."""
    alike("--no-entry", a=[function("dead", call("absent"), address("nothing"))])


UNRESOLVED = ["--allow-undefined", "--import-undefined", "--unresolved-symbols=ignore-all", "--warn-unresolved-symbols",
              "--unresolved-symbols=report-all", "--unresolved-symbols=ignore-all --import-undefined",
              "--warn-unresolved-symbols --import-undefined", "--warn-unresolved-symbols --fatal-warnings"]  # fmt: skip


@pytest.mark.parametrize("line", UNRESOLVED)
def test_undefined_symbols_of_every_kind_are_tolerated_as_told(line: str):
    """Functions, data, globals, tables and tags; strong and weak; called first or taken by address first."""
    table = Declared("table", "t", TableType(FUNCREF, Limits(0, 1)))
    uses = [call("f"), slot("g"), call("g"), call("h"), slot("h"), call("w", weak=True), slot("w", weak=True),
            address("d", 4), address("e", 4, weak=True)]  # fmt: skip
    alike(f"--no-entry {line}", a=[kept(*uses)], b=[kept(call("f"), name="other")])
    alike(f"--no-entry {line}", a=[kept(use_global("n", GlobalType(I32, False)))])
    alike(f"--no-entry {line}", a=[kept(Mention("TABLE_NUMBER_LEB", "table", "t", table.type))])
    alike(f"--no-entry {line}", a=[kept(Mention("TAG_INDEX_LEB", "tag", "t", NOTHING))])


def test_a_weak_function_that_nobody_defines_becomes_a_stub():
    """A call of it traps, its address is null."""
    result = alike("--no-entry --export=try", a=[function("try", call("absent", weak=True), slot("absent", weak=True))])
    assert events(result, "absent") == ["mention a.o", "stub"]
    symbol = result.resolve.by_name["absent"]
    assert (symbol.stub, symbol.debug_name) == (True, "undefined_weak:absent")
    with pytest.raises(wasmtime.Trap):
        toolchain.call(result.emit.data, "try")


def test_a_strong_mention_makes_a_weak_one_strong():
    """Then the symbol has to be defined."""
    weak, strong = [kept(call("f", weak=True))], [kept(call("f"), name="other")]
    for inputs in ({"a": weak, "b": strong}, {"a": strong, "b": weak}):
        assert errors(alike("--no-entry", **inputs)) == [f"{name}.o: undefined symbol: f" for name in inputs]


# --- kinds and types --------------------------------------------------------------------------------------------

KINDS = {
    "function": (function("x"), call("x")),
    "data": (datum("x"), address("x")),
    "global": (global_("x", GlobalType(I32, False)), use_global("x", GlobalType(I32, False))),
    "tag": (Declared("tag", "x", NOTHING), Mention("TAG_INDEX_LEB", "tag", "x", NOTHING)),
    "table": (Declared("table", "x", TableType(FUNCREF, Limits(0, 1))),
              Mention("TABLE_NUMBER_LEB", "table", "x", TableType(FUNCREF, Limits(0, 1)))),
}  # fmt: skip


@pytest.mark.parametrize(("defined", "wanted"), list(itertools.permutations(KINDS, 2)))
def test_a_name_means_one_kind_of_thing(defined: str, wanted: str):
    """The message names both kinds and both files; whichever comes first."""
    definition, mention = [KINDS[defined][0]], [kept(KINDS[wanted][1])]
    for inputs in ((definition, mention), (mention, definition), (definition, [KINDS[wanted][0]])):
        first, second = inputs
        result = alike("--no-entry", a=first, b=second)
        assert errors(result)[0].startswith("symbol type mismatch: x")


@pytest.mark.parametrize("type", [GlobalType(I64, False), GlobalType(I32, True)])
def test_globals_must_agree_on_type_and_mutability(type: GlobalType):
    """Between a mention and a definition, and between definitions."""
    wanted, other = global_("n", GlobalType(I32, False)), GlobalType(I32, False)
    alike("--no-entry", a=[wanted], b=[kept(use_global("n", type))])
    alike("--no-entry", a=[kept(use_global("n", type))], b=[wanted])
    alike("--no-entry", a=[kept(use_global("n", type))], b=[kept(use_global("n", other), name="other")], c=[wanted])
    alike("--no-entry", a=[wanted], b=[global_("n", type, flags=WEAK)])


def test_tables_must_agree_on_their_elements_and_tags_are_only_warned_of():
    """Sizes of tables may differ."""
    table = [Declared("table", "t", TableType(FUNCREF, Limits(0, 1)))]
    for type in (TableType(FUNCREF, Limits(0, 9)), TableType(EXTERNREF, Limits(0, 1))):
        alike("--no-entry", a=table, b=[kept(Mention("TABLE_NUMBER_LEB", "table", "t", type))])
    throws = [kept(Mention("TAG_INDEX_LEB", "tag", "t", TAKES_I32))]
    result = alike("--no-entry", a=[Declared("tag", "t", NOTHING)], b=throws)
    assert [one.severity for one in result.diagnostics] == ["warning"]


# --- duplicates -------------------------------------------------------------------------------------------------


def test_a_second_definition_is_used_when_the_link_goes_on_in_spite_of_it():
    """--noinhibit-exec makes a warning of it, and the later one wins; --allow-multiple-definition keeps the first."""
    inputs = {"a": [kept(address("d")), datum("d", b"first")], "b": [datum("d", b"second")]}
    later, first = alike("--no-entry --noinhibit-exec", **inputs), alike("--no-entry -z muldefs", **inputs)
    assert events(later, "d")[-1] == "replace b.o (a.o)"
    assert events(first, "d")[-1] == "keep b.o (a.o)"


# --- lazy files -------------------------------------------------------------------------------------------------


def test_a_weak_mention_of_what_stays_in_its_archive_loses_its_import_name():
    """It is a plain undefined symbol afterwards."""
    host = Declared("extern", "f", NOTHING, WEAK, text="function", import_name="field")
    alike("-r a.o --start-lib b.o --end-lib", a=[host, kept(call("f"))], b=[function("f")])


@pytest.mark.parametrize("mention", [got("d", "data", weak=True), address("d", weak=True, how="REL_SLEB")])
def test_a_weak_mention_of_data_that_stays_in_its_archive_is_null(mention: Mention):
    """And no error where an undefined symbol would be one; a GOT entry of it needs no function table."""
    result = alike("--no-entry a.o --start-lib b.o --end-lib", a=[kept(mention)], b=[datum("d")])
    assert events(result, "d") == ["mention a.o", "lazy b.o"]


# --- signatures -------------------------------------------------------------------------------------------------


def test_a_second_definition_is_a_duplicate_though_it_has_the_signature_of_a_call():
    """The variant that the call made is there already, and then the first definition is in the way."""
    result = alike("--no-entry", a=[kept(call("f"))], b=[function("f", type=TAKES_I32)], c=[function("f")])
    assert errors(result)[0].startswith("duplicate symbol: f")


def test_a_weak_second_definition_loses_and_yet_its_signature_is_the_name_s():
    """A quirk: the variant that lost becomes what the name means."""
    result = alike("--no-entry --allow-undefined", a=[kept(call("f"))], b=[function("f", type=TAKES_I32)],
                   c=[function("f", flags=WEAK)])  # fmt: skip
    assert events(result, "f")[-2:] == ["keep c.o (b.o)", "stub"]


# --- wrapping ---------------------------------------------------------------------------------------------------


def test_a_wrapper_that_nobody_defines_has_the_signature_of_what_it_wraps():
    """`__wrap_f` is imported as (i32) -> void."""
    source = [kept(call("f", TAKES_I32)), function("f", type=TAKES_I32)]
    result = alike("--no-entry --allow-undefined --wrap=f", a=source)
    assert [(one.name, one.symbol.signature) for one in result.index.imports] == [("__wrap_f", TAKES_I32)]


@pytest.mark.parametrize("line", ["-r", "--no-entry --no-gc-sections --allow-undefined"])
def test_the_real_name_of_what_is_wrapped_is_used_no_more(line: str):
    """All its mentions mean the wrapped function now, so it is neither imported nor listed."""
    alike(f"--wrap=f {line}", a=[kept(call("f"), call("__real_f"))])
    alike(f"--wrap=f {line}", a=[kept(call("__real_f")), function("f"), function("__real_f")])


def test_wrapping_mentions_the_wrapper_strongly():
    """A weak mention of the same name is weak no more, so it has to be defined."""
    result = alike("--no-entry --wrap=f", a=[kept(call("__wrap_f", weak=True)), function("f")])
    assert errors(result) == ["a.o: undefined symbol: __wrap_f"]


def test_what_wraps_must_be_a_function():
    """So says the mention that --wrap is."""
    result = alike("--no-entry --wrap=f", a=[kept(address("__wrap_f")), function("f")])
    assert errors(result)[0].startswith("symbol type mismatch: __wrap_f")


def test_wrapping_a_name_whose_first_holder_is_a_stub_changes_no_name():
    """A quirk: LLD has renamed the symbol to its stub's name, and finds nothing under the old one."""
    sources = {"a": [function("f", type=GIVES_I32)], "b": [function("f")]}
    alike("--wrap=f --entry=f --export=__real_f", **sources)
