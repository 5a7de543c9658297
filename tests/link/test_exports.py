"""Phase 5: what is exported and why, and what runs around an export: constructors and destructors."""

import pytest

from tests import toolchain
from tests.link.inputs import (
    EXPORTED,
    GIVES_I32,
    HIDDEN,
    LOCAL,
    NO_STRIP,
    TAKES_I32,
    WEAK,
    address,
    alike,
    c,
    call,
    constructor,
    datum,
    exports,
    feature,
    function,
    global_,
    got,
    kept,
    slot,
    use_global,
)
from tests.link.scenes import NOTHING, Declared
from wasmscope.format.types import FUNCREF, I32, I64, FuncType, GlobalType, Limits, TableType

# --- exports ----------------------------------------------------------------------------------------------------


def test_the_function_table_is_exported_by_name_though_it_is_made_late():
    """LLD makes the table after it has marked, and looks at the exports once more after that."""
    result = alike("--no-entry --export=__indirect_function_table", a=[kept(slot("f")), function("f")])
    assert exports(result)["__indirect_function_table"] == "--export"


def test_the_start_of_a_segment_that_an_object_wants_is_exported_by_name():
    """`__start_X` is defined after layout, and --export finds it all the same."""
    result = alike("--no-entry --export-if-defined=__start_hooks --export-if-defined=__start_none",
                   a=[kept(address("__start_hooks")), datum("hook", segment="hooks", flags=NO_STRIP)])  # fmt: skip
    assert exports(result) == {"__start_hooks": "--export"}


def test_the_function_table_that_a_got_entry_wants_comes_too_late_to_be_exported_by_name():
    """LLD looks at the exports before it scans; with undefined symbols tolerated that is no error."""
    source = [kept(got("f")), function("f")]
    result = alike("--no-entry --export-if-defined=__indirect_function_table", a=source)
    assert exports(result) == {}
    alike("--no-entry --allow-undefined --export=__indirect_function_table", a=source)


LINES = ["", "--export-all", "--export-dynamic", "--export=f --export=d --export=n --export=x",
         "--export-if-defined=f --export-if-defined=none", "--export=t --export-table"]  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_exports_are_in_symbol_table_order_each_with_its_reason(line: str):
    """Memory first; data as globals that hold addresses, after all other globals."""
    source = [datum("d"), function("f"), global_("n", GlobalType(I32, False)), function("g", flags=HIDDEN | EXPORTED),
              Declared("tag", "x", NOTHING), Declared("table", "t", TableType(FUNCREF, Limits(0, 2))),
              datum("e", flags=EXPORTED), feature("mutable-globals")]  # fmt: skip
    alike(f"--no-entry {line}", a=source)
    asks = "the object asks for it (export_name or visibility attribute)"
    assert exports(alike("--no-entry --export=f", a=source)) == {"f": "--export", "g": asks, "e": asks}


def test_an_export_name_replaces_the_symbol_s():
    """Even if --export asks for the symbol."""
    source = [function("f", export_name="shown"), Declared("alias", "g", text="f")]
    result = alike("--no-entry --export=f --export=g", a=source)
    assert [one.export.name for one in result.index.exports] == ["memory", "shown", "shown"]


def test_what_is_exported_must_exist_unless_told_otherwise():
    """--export of something undefined, weakly undefined, local, and with undefined symbols tolerated."""
    source = [function("l", flags=LOCAL), kept(call("w", weak=True))]
    for name in ("l", "w", "absent", "__heap_base", "__start_x"):
        alike(f"--no-entry --export={name}", a=source)
        alike(f"--no-entry --export={name} --unresolved-symbols=ignore-all", a=source)
        alike(f"--no-entry --export={name} --warn-unresolved-symbols", a=source)


FEATURES = ["", "--no-check-features", "--extra-features=mutable-globals", "--features=mutable-globals"]


@pytest.mark.parametrize("line", FEATURES)
@pytest.mark.parametrize("how", ["--export=n", "--export-all", "--export-dynamic", "--export=__stack_pointer", ""])
def test_mutable_globals_cross_the_boundary_only_with_their_feature(line: str, how: str):
    """The linker's own are left out without it, unless they are asked for by name."""
    alike(f"--no-entry {line} {how}", a=[global_("n", GlobalType(I32, True))])
    alike(f"--no-entry {line} {how} --allow-undefined", a=[kept(use_global("n", GlobalType(I32, True)))])
    alike(f"--no-entry {line} {how}", a=[global_("n", GlobalType(I32, False))])


# --- constructors and commands ----------------------------------------------------------------------------------


def test_a_constructor_with_arguments_is_called_by_the_name_of_its_stub():
    """Another object defines the name with another signature, so this object's constructor is a stub."""
    alike("--no-entry", a=[function("f")], b=[function("f", type=TAKES_I32), constructor("f")])
    alike("--no-entry", a=[function("f", type=TAKES_I32), constructor("f")], b=[kept(call("f"))])


def test_a_constructor_that_takes_arguments_is_told_before_mutable_globals():
    """The check of mutable globals only comes when there was no error before."""
    source = [function("f", type=TAKES_I32, flags=WEAK), constructor("f")]
    alike("--no-entry --export=__stack_pointer", a=source)


def test_constructors_run_by_priority_and_then_in_object_order():
    """Results are dropped."""
    first = [function("a"), constructor("a", 5), function("b", type=GIVES_I32), constructor("b"), constructor("a", 3)]
    second = [function("c"), constructor("c", 5), constructor("c", 0)]
    result = alike("--no-entry --export=__wasm_call_ctors", a=first, b=second)
    assert [(priority, symbol.name) for priority, symbol in result.index.init_functions] == [
        (0, "c"), (3, "a"), (5, "a"), (5, "c"), (65535, "b"),
    ]  # fmt: skip


def test_each_export_of_a_command_runs_the_constructors_and_destructors():
    """If nobody else calls them: a wrapper takes the export's name, passes arguments and results."""
    init, dtor = [function("init"), constructor("init")], [function("__wasm_call_dtors")]
    export = [function("f", type=FuncType((I32, I64), (I32,)), flags=EXPORTED), function("go", export_name="start")]
    for more in (init, dtor, init + dtor, []):
        result = alike("--no-entry", a=[*export, *more])
        wrappers = ["f.command_export", "go.command_export"] if more else []
        assert [atom.name for atom in result.index.wrappers] == wrappers
        alike("--no-entry --export-all", a=[*export, *more])
        alike("--no-entry --export-dynamic --no-demangle", a=[*export, *more, kept(slot("f", export[0].type))])


CALLERS = ["--export=__wasm_call_ctors", "--entry=__wasm_call_ctors", "--export-all", "call", "dead call"]


@pytest.mark.parametrize("how", CALLERS)
def test_there_are_no_wrappers_when_someone_calls_the_constructors(how: str):
    """By name, in an object or through an export."""
    source = [function("init"), constructor("init"), function("f", flags=EXPORTED)]
    caller = [function("_start", call("__wasm_call_ctors")) if how == "call" else function("_start"),
              *([function("dead", call("__wasm_call_ctors"))] if how == "dead call" else [])]  # fmt: skip
    result = alike(f"{'' if 'call' in how[-4:] else how}", a=source, b=caller)
    assert not result.index.wrappers or how == "--export-all"


def test_c_constructors_and_destructors_run_around_an_export():
    """As a command's would: each call starts anew."""
    source = c("int n; __attribute__((constructor(200))) static void two(void) { n *= 2; }"
               "__attribute__((constructor(100))) static void one(void) { n = 3; }"
               '__attribute__((export_name("get"))) int get(void) { return n++; }')  # fmt: skip
    result = alike("--no-entry", a=source)
    assert toolchain.call(result.emit.data, "get") == 6


def test_destructors_must_be_a_plain_function():
    """Without arguments or results; as data it is an error too."""
    for declared in (function("__wasm_call_dtors", type=TAKES_I32), function("__wasm_call_dtors", type=GIVES_I32),
                     datum("__wasm_call_dtors")):  # fmt: skip
        alike("", a=[function("_start"), declared])
    alike("", a=[function("_start", call("__wasm_call_dtors"))])
