"""Phase 3: what is kept, and what kept it."""

import pytest

from tests.link.inputs import (
    EXPORTED,
    HIDDEN,
    LOCAL,
    NO_STRIP,
    RETAIN,
    STRINGS,
    address,
    alike,
    c,
    call,
    constructor,
    custom,
    datum,
    errors,
    function,
    global_,
    got,
    kept,
    library,
    live_functions,
    slot,
    use_global,
)
from tests.link.scenes import NOTHING, Declared, Mention
from wasmscope.format.types import FUNCREF, I32, GlobalType, Limits, TableType
from wasmscope.link.model import Link, Symbol


def test_a_stub_is_kept_for_a_relative_slot_but_not_for_an_absolute_one():
    """LLD knows the absolute slot of a weak undefined function to be 0; for the relative one it keeps the stub."""
    absolute = alike("--no-entry", a=[kept(slot("absent", weak=True))])
    relative = alike("--no-entry", a=[kept(slot("absent", weak=True, how="REL_SLEB"))])
    for result, names in ((absolute, ["keeper"]), (relative, ["absent", "keeper"])):
        assert [atom.name for atom in result.index.functions] == names


def test_a_constructor_that_is_imported_keeps_the_call_of_constructors():
    """--wrap makes the constructor an undefined `__wrap_f`, which the host provides."""
    result = alike("--no-entry --allow-undefined --wrap=f", a=[function("f"), constructor("f")])
    assert [(atom.name, number) for atom, number in result.index.functions.items()] == [("__wasm_call_ctors", 1)]
    assert live_functions(result) == []


def test_what_a_function_calls_is_kept_by_that_call():
    """The reason is the relocation: its atom, its row, its symbol."""
    result = alike("--no-entry", a=[kept(call("f")), function("f"), function("unused")])
    why = {atom.name: reason for atom, reason in result.mark.why.items()}
    assert "unused" not in why
    assert (why["f"].by.name, why["f"].rule) == ("keeper", "relocation")
    assert why["keeper"].rule == "no-strip (attribute used)"


# --- strings ----------------------------------------------------------------------------------------------------

TEXT = datum("text", b"one\0two\0", segment=".rodata.text", segment_flags=STRINGS)
END = Declared("alias", "end", number=8, text="text")


@pytest.mark.parametrize("mention", [address("end"), got("end", "data")])
def test_keeping_a_symbol_past_the_last_merged_string_is_an_error(mention: Mention):
    """LLD marks the string that a symbol is at, and there is none; it stops before it looks at the memory."""
    result = alike("--no-entry --initial-memory=65536", a=[TEXT, END, kept(mention)])
    assert errors(result) == ["a.o:(.rodata.text): offset is outside the section"]
    assert result.failed == "mark"
    assert result.layout is None


def test_a_symbol_past_the_last_string_does_no_harm_when_dead_or_not_merged():
    """Without optimisation strings stay as they are."""
    alike("--no-entry", a=[TEXT, END, kept(address("text"))])
    alike("--no-entry -O0", a=[TEXT, END, kept(address("end"))])


# --- roots ------------------------------------------------------------------------------------------------------


def reasons(result: Link) -> dict[str, str]:
    """Why each atom, global, table and tag is kept: a root's rule, or "relocation of NAME"."""
    return {
        thing.name: f"relocation of {kept_by.by.name}" if kept_by.by is not None else kept_by.rule
        for thing, kept_by in result.mark.why.items()
        if not isinstance(thing, Symbol)
    }


def test_the_entry_exports_and_no_strip_symbols_are_roots():
    """Each says which of them it is."""
    source = [function("_start"), function("used", flags=NO_STRIP), function("asked"), function("dead"),
              function("flagged", flags=EXPORTED), function("named", export_name="shown")]  # fmt: skip
    found = reasons(alike("--export=asked", a=source))
    assert found["_start"] == "entry"
    assert found["used"] == "no-strip (attribute used)"
    assert found["asked"] == "exported: --export"
    assert found["flagged"] == found["named"]
    assert found["named"].startswith("exported: the object asks for it")
    assert "dead" not in found


def test_export_dynamic_keeps_what_is_not_hidden_and_export_all_keeps_that_too():
    """Locals are kept by neither."""
    source = [function("f"), function("h", flags=HIDDEN), function("l", flags=LOCAL), datum("d")]
    assert {"f", ".data.d"} <= reasons(alike("--no-entry --export-dynamic", a=source)).keys()
    assert live_functions(alike("--no-entry --export-dynamic", a=source)) == ["f"]
    assert live_functions(alike("--no-entry --export-all", a=source)) == ["f", "h"]


def test_retained_data_is_kept_and_what_it_points_to():
    """A quirk beside it: a `used` static function is not, as no-strip counts only for global symbols."""
    pointer = datum("d", b"", address("target", how="I32"), slot("f", how="I32"), flags=LOCAL, segment_flags=RETAIN)
    source = [pointer, datum("target"), function("f"), function("static", flags=LOCAL | NO_STRIP)]
    assert reasons(alike("--no-entry", a=source)) == {
        ".data.d": "RETAIN (attribute retain or used)", ".data.target": "relocation of .data.d",
        "f": "relocation of .data.d", "__stack_pointer": "the linker always keeps it",
        "__indirect_function_table": "no-strip (attribute used)",
    }  # fmt: skip


def test_used_and_retained_things_of_c_are_kept_as_the_compiler_marks_them():
    """`used` data in sections, functions and statics."""
    source = c(
        "__attribute__((used)) static int fn(void) { return 1; } __attribute__((used)) static int number = 3;"
        "__attribute__((used, section(\"hooks\"))) static int (*hook)(void) = 0; int dead(void) { return number; }"
        "__attribute__((used)) int global(void) { return 2; } __attribute__((retain, used)) int kept = 5;"
    )
    assert live_functions(alike("--no-entry", a=source)) == ["global"]


def test_constructors_are_roots_and_what_they_call():
    """Whether or not anyone runs them; the function that calls them is kept for them."""
    source = [function("init", call("f")), function("f"), constructor("init")]
    for line in ("--no-entry", "--no-entry --export=__wasm_call_ctors"):
        found = reasons(alike(line, a=source))
        assert (found["init"], found["f"]) == ("constructor of a.o", "relocation of init")
        assert "__wasm_call_ctors" in found


def test_the_function_that_runs_destructors_is_a_root():
    """Though nobody mentions it."""
    found = reasons(alike("", a=[function("_start"), function("__wasm_call_dtors")]))
    assert found["__wasm_call_dtors"] == "the linker calls it after each exported function"


# --- edges ------------------------------------------------------------------------------------------------------


def test_every_relocation_but_a_type_s_keeps_what_it_names():
    """Functions, data, globals, tables, tags, and through GOT globals; the row says which relocation it was."""
    table = TableType(FUNCREF, Limits(0, 1))
    constant = GlobalType(I32, False)
    mentions = [call("f"), slot("g"), got("h"), address("d"), got("e", "data"), use_global("n", constant),
                Mention("TABLE_NUMBER_LEB", "table", "t", table),
                Mention("TAG_INDEX_LEB", "tag", "x", NOTHING)]  # fmt: skip
    things = [*(function(name) for name in "fgh"), datum("d"), datum("e"), global_("n", constant),
              Declared("table", "t", table), Declared("tag", "x", NOTHING)]  # fmt: skip
    result = alike("--no-entry", a=[kept(*mentions)], b=things)
    rows = {thing.name: why.row for thing, why in result.mark.why.items() if why.by is not None}
    assert rows == {"f": 0, "g": 1, "h": 2, ".data.d": 3, ".data.e": 4, "n": 5, "t": 6, "x": 7}


def test_a_cycle_keeps_nothing_by_itself():
    """Something outside has to ask."""
    cycle = [function("a", call("b")), function("b", call("a"))]
    assert live_functions(alike("--no-entry", a=cycle)) == []
    assert live_functions(alike("--no-entry --export=b", a=cycle)) == ["a", "b"]


def test_custom_sections_are_kept_and_keep_nothing():
    """Debug information of dead code must not bring it to life."""
    offset = Mention("FUNCTION_OFFSET_I32", "function", "dead", NOTHING)
    debug = custom(".debug_info", b"", offset, address("d", how="I32"))
    note = custom("note", b"x", slot("dead", how="I32"))
    result = alike("--no-entry", a=[function("dead"), datum("d"), debug, note])
    assert [one.name for one in result.layout.customs] == [".debug_info", "note"]
    assert live_functions(result) == []


def test_one_name_of_a_function_keeps_it_for_all():
    """Aliases share the body."""
    source = [function("f"), Declared("alias", "g", text="f"), kept(call("g"))]
    assert live_functions(alike("--no-entry", a=source)) == ["f", "keeper"]


def test_segments_are_kept_whole():
    """Several symbols in one segment stand or fall together."""
    data = [datum("d", b"12345678"), Declared("alias", "e", text="d", number=4)]
    result = alike("--no-entry", a=[*data, kept(address("e"))])
    assert [segment.size for segment in result.layout.segments] == [8]


def test_without_garbage_collection_everything_is_kept():
    """Also the call of constructors that do not exist."""
    source = [function("f"), datum("d"), global_("n", GlobalType(I32, False)), function("l", flags=LOCAL)]
    result = alike("--no-entry --no-gc-sections", a=source)
    assert set(reasons(result).values()) == {"--no-gc-sections"}
    assert [atom.name for atom in result.index.functions] == ["__wasm_call_ctors", "f", "l"]


def test_a_chain_of_many_members_is_no_deep_recursion():
    """Each function calls the next one, in a member of its own."""
    count = 1500
    members = {f"m{number}": [function(f"f{number}", call(f"f{number + 1}"))] for number in range(count)}
    last = [function(f"f{count}")]
    result = alike("a.o lib.a", a=[function("_start", call("f0"))], **{"lib.a": library(**members, last=last)})
    assert len(live_functions(result)) == count + 2
