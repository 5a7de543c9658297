"""Phase 2: functions that are called and defined with different signatures."""

import pytest
import wasmtime

from tests import toolchain
from tests.link.inputs import GIVES_I32, TAKES_I32, WEAK, alike, call, errors, events, function, kept, library, slot
from tests.link.scenes import NOTHING, Declared
from wasmscope.format.types import F64, I32, I64, FuncType
from wasmscope.link.model import Link

BOTH = FuncType((I32, I64), (I32, F64))


def variants(result: Link) -> list[str]:
    """The stubs for other signatures in the output."""
    return [atom.debug_name for atom in result.index.functions if atom.debug_name.startswith("signature_mismatch:")]


def warnings(result: Link) -> list[str]:
    return [one.text for one in result.diagnostics if one.severity == "warning"]


# --- calls that do not fit --------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["a.o b.o", "b.o a.o"])
def test_a_call_with_another_signature_traps_in_a_stub(line: str):
    """The definition stays as it is for all others; the warning names both signatures and files."""
    result = alike(f"{line} --no-entry --export=try", a=[function("try", call("f"))], b=[function("f", type=TAKES_I32)])
    assert warnings(result) == [
        "function signature mismatch: f\n>>> defined as () -> void in a.o\n>>> defined as (i32) -> void in b.o"
    ]
    assert variants(result) == ["signature_mismatch:f"]
    with pytest.raises(wasmtime.Trap):
        toolchain.call(result.emit.data, "try")


def test_only_what_is_called_has_to_fit():
    """An address has no signature of its own, and call_indirect checks when it runs."""
    result = alike("--no-entry", a=[kept(slot("f"))], b=[function("f", type=TAKES_I32)])
    assert (warnings(result), variants(result)) == ([], [])


def test_a_call_decides_the_signature_over_an_address():
    """Whichever is mentioned first."""
    takes, calls = [kept(slot("f"), name="taker")], [kept(call("f", TAKES_I32))]
    for line in ("a.o b.o", "b.o a.o"):
        result = alike(f"{line} --no-entry --allow-undefined", a=takes, b=calls)
        assert [one.symbol.signature for one in result.index.imports] == [TAKES_I32]


def test_calls_that_do_not_fit_each_other_are_an_error_without_a_definition():
    """Nobody says which is right; with one, each wrong signature has a stub of its own."""
    one, two, three = kept(call("f")), kept(call("f", TAKES_I32), name="b"), kept(call("f", GIVES_I32), name="c")
    result = alike("--no-entry --allow-undefined", a=[one], b=[two], c=[three])
    assert errors(result)[0].startswith("function signature mismatch: f")
    result = alike("--no-entry", a=[one], b=[two], c=[three], d=[function("f", type=TAKES_I32)])
    assert (len(warnings(result)), len(variants(result))) == (2, 2)


def test_calls_that_agree_share_a_stub():
    """One for each signature, whoever calls."""
    sources = {name: [kept(call("f"), name=f"k{name}")] for name in "ab"}
    assert len(variants(alike("--no-entry", **sources, c=[function("f", type=TAKES_I32)]))) == 1


@pytest.mark.parametrize("flags", [0, WEAK])
def test_definitions_of_different_signatures_are_no_duplicates(flags: int):
    """A quirk: the last one is what the name means, and earlier callers get its stub."""
    sources = {"a": [function("f"), kept(call("f"))], "b": [function("f", type=TAKES_I32, flags=flags)]}
    result = alike("--no-entry --export=f", **sources)
    assert "variant b.o (a.o)" in events(result, "f")


def test_signatures_of_several_results_are_told_by_their_first():
    """As LLD does."""
    result = alike("--no-entry", a=[kept(call("f", BOTH))], b=[function("f")])
    assert warnings(result)[0].splitlines()[1] == ">>> defined as (i32, i64) -> i32 in a.o"


def test_a_weak_call_that_does_not_fit_gets_a_stub_too():
    """It is as wrong as any."""
    result = alike("--no-entry", a=[kept(call("f", weak=True))], b=[function("f", type=TAKES_I32)])
    assert variants(result) == ["signature_mismatch:f"]


def test_names_are_demangled_in_messages_and_stubs():
    """Unless told not to."""
    sources = {"a": [kept(call("_Z3foov", TAKES_I32))], "b": [function("_Z3foov")]}
    assert variants(alike("--no-entry", **sources)) == ["signature_mismatch:foo()"]
    assert variants(alike("--no-entry --no-demangle", **sources)) == ["signature_mismatch:_Z3foov"]


def test_a_member_is_pulled_in_though_it_does_not_fit():
    """The name is what is wanted."""
    alike("a.o lib.a --no-entry", a=[kept(call("f"))], **{"lib.a": library(m=[function("f", type=TAKES_I32)])})
    alike("lib.a a.o --no-entry", a=[kept(call("f"))], **{"lib.a": library(m=[function("f", type=TAKES_I32)])})


def test_main_with_and_without_arguments_are_two_functions():
    """clang calls the one with arguments `__main_argc_argv`; messages and names call both main."""
    wants = [function("_start", call("main", GIVES_I32))]
    result = alike("", a=wants, b=[function("__main_argc_argv", type=FuncType((I32, I32), (I32,)))])
    assert errors(result) == ["a.o: undefined symbol: main"]


# --- what imports must agree on ---------------------------------------------------------------------------------


def host(module: str, name: str | None, symbol: str = "f") -> Declared:
    return Declared("extern", symbol, NOTHING, text="function", module=module, import_name=name)


OTHERS = [host("env", "f"), host("host", "g"), host("host", "f"), host("env", None), host("host", None)]


@pytest.mark.parametrize("other", OTHERS)
def test_two_mentions_must_name_the_same_import(other: Declared):
    """Module and name, where both give one."""
    alike("--no-entry --allow-undefined", a=[host("host", "f"), kept(call("f"))], b=[other, kept(call("f"), name="k")])
    alike("--no-entry --allow-undefined", a=[host("env", None), kept(call("f"))], b=[other, kept(call("f"), name="k")])


def test_a_definition_makes_the_import_s_attributes_meaningless():
    """Nothing is imported then."""
    for line in ("a.o b.o", "b.o a.o"):
        result = alike(f"{line} --no-entry", a=[host("host", "g"), kept(call("f"))], b=[function("f")])
        assert result.index.imports == []
