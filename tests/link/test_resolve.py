"""Phase 2: names to definitions, and the rules that decided."""

import pytest

from tests.link.inputs import TAKES_I32, WEAK, address, alike, call, datum, errors, events, function, got, kept
from tests.link.scenes import NOTHING, Declared, Mention

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
