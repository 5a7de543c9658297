"""Phase 2: names to definitions, and the rules that decided."""

from tests.link.inputs import TAKES_I32, WEAK, alike, call, errors, events, function, kept

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
