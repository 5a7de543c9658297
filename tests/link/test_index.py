"""Phase 5: what gets a number, in which order, and what is exported and why."""

import pytest

from tests import toolchain
from tests.link.inputs import (
    GIVES_I32,
    NO_STRIP,
    SEGMENT_TLS,
    TAKES_I32,
    address,
    alike,
    c,
    call,
    datum,
    errors,
    exports,
    function,
    global_,
    got,
    kept,
    slot,
    use_global,
)
from tests.link.scenes import NOTHING, Declared, Mention
from wasmscope.format.types import EXTERNREF, FUNCREF, I32, I64, FuncType, GlobalType, Limits, TableType

# --- the function table -----------------------------------------------------------------------------------------


def test_a_got_entry_of_a_function_makes_the_function_table():
    """Nothing else mentions the table, but the entry holds a slot number."""
    result = alike("--no-entry --export-all", a=[kept(got("f")), function("f")])
    assert (result.mark.table, result.index.table.name) == (None, "__indirect_function_table")
    assert exports(result)["__indirect_function_table"] == "--export-all"


def test_a_got_entry_imports_the_function_table_after_everything_else():
    """With --import-table; the imports are counted before LLD scans."""
    result = alike("--no-entry --import-table --allow-undefined", a=[kept(got("f"), call("g")), function("f")])
    assert [one.name for one in result.index.imports] == ["g", "__indirect_function_table"]


def test_a_got_entry_of_a_weak_undefined_function_is_null_and_named_after_its_stub():
    """There is a table, and no slot in it."""
    result = alike("--no-entry", a=[kept(got("absent", weak=True))])
    assert not result.index.slots


# --- start-up functions -----------------------------------------------------------------------------------------

SIZES = ("I32", "I64")
THREADS = "--no-entry --shared-memory --max-memory=1048576 --features=atomics,bulk-memory"


@pytest.mark.parametrize("wide", ["", "-mwasm64 "])
def test_words_of_thread_local_data_that_a_got_global_knows_are_stored_for_each_thread(wide: str):
    """`__wasm_apply_tls_relocs` reads the global, adds the addend and stores; other words are as linked."""
    uses = kept(got("far", "data"), address("own", how="TLS_SLEB"))
    words = [address(name, addend, how=how) for name in ("far", "near") for addend in (0, 5, -3) for how in SIZES]
    own = datum("own", b"", *words, segment=".tdata", segment_flags=SEGMENT_TLS)
    alike(f"{wide}{THREADS}", a=[uses, datum("far", segment=".bss"), datum("near"), own])


# --- types ------------------------------------------------------------------------------------------------------

TWO = FuncType((I32, I32), ())


def test_types_are_interned_in_order_of_use():
    """Indirect calls first, as the scan meets them; then imports, then functions, then tags."""
    calls = [Mention("TYPE_INDEX_LEB", "type", "", type) for type in (TWO, GIVES_I32, TWO)]
    throws = Mention("TAG_INDEX_LEB", "tag", "x", FuncType((I64,), ()))
    source = [kept(*calls, call("f", TAKES_I32), throws), Declared("tag", "x", FuncType((I64,), ()))]
    result = alike("--no-entry --import-undefined", a=source)
    assert list(result.index.type_index) == [TWO, GIVES_I32, TAKES_I32, NOTHING, FuncType((I64,), ())]


def test_types_that_nothing_uses_are_left_out():
    """Objects list more than what is live needs."""
    result = alike("--no-entry", a=[function("dead", type=TWO), kept()])
    assert list(result.index.type_index) == [NOTHING]


# --- imports ----------------------------------------------------------------------------------------------------


def host(name: str, field: str | None, module: str = "host", type: FuncType = NOTHING) -> Declared:
    return Declared("extern", name, type, text="function", module=module, import_name=field)


def test_equal_imports_share_a_number_and_the_first_name():
    """Equal in module, field and type; another type makes another import."""
    source = [host("f", "field"), host("g", "field"), host("h", "field", type=TAKES_I32), host("i", "field", "env"),
              kept(call("g"), call("f"), call("h", TAKES_I32), call("i"), slot("g"))]  # fmt: skip
    result = alike("--no-entry", a=source)
    assert [(one.module, one.name, one.symbol.name, one.number) for one in result.index.imports] == [
        ("host", "field", "f", 0), ("host", "field", "h", 1), ("env", "field", "i", 2),
    ]  # fmt: skip


def test_an_import_name_permits_a_symbol_to_be_undefined_and_a_module_alone_does_not():
    """A quirk of LLD."""
    assert [one.rule for one in alike("--no-entry", a=[host("f", "f"), kept(call("f"))]).index.imports] == [
        "the object gives it an import name"
    ]
    assert errors(alike("--no-entry", a=[host("f", None), kept(call("f"))])) == ["a.o: undefined symbol: f"]


def test_imports_come_before_definitions_in_each_index_space():
    """Memory and function table first, the others in symbol table order."""
    constant = GlobalType(I32, False)
    uses = kept(use_global("n", constant), call("f"), slot("f"), use_global("own", constant),
                Mention("TABLE_NUMBER_LEB", "table", "t", TableType(FUNCREF, Limits(0, 2))),
                Mention("TAG_INDEX_LEB", "tag", "x", NOTHING))  # fmt: skip
    result = alike("--no-entry --import-memory --import-table --allow-undefined", a=[uses, global_("own", constant)])
    assert [one.name for one in result.index.imports] == ["memory", "__indirect_function_table", "n", "f", "t", "x"]
    assert result.index.imports[0].rule == "--import-memory"


def test_the_compiler_s_import_attributes_are_honoured():
    """import_module and import_name of C."""
    source = c('__attribute__((import_module("m"), import_name("n"))) int f(int); int g(void) { return f(1); }')
    result = alike("--no-entry --export=g", a=source)
    assert [(one.module, one.name) for one in result.index.imports] == [("m", "n")]


# --- table slots ------------------------------------------------------------------------------------------------


TABLES = ["", "--table-base=5", "--growable-table", "--import-table", "--export-table", "-mwasm64",
          "--export-table --growable-table", "--import-table --table-base=3"]  # fmt: skip


@pytest.mark.parametrize("line", TABLES)
def test_slots_are_given_in_order_of_the_first_address_taken(line: str):
    """Functions, then data, object by object; from the table's base on. Stubs have none."""
    how = "SLEB64" if "64" in line else "SLEB"
    word = "I64" if "64" in line else "I32"
    first = [kept(slot("g", how=how), slot("f", how=how), slot("absent", weak=True, how=how), slot("g", how=how)),
             datum("d", b"", slot("h", how=word), flags=NO_STRIP), function("f")]  # fmt: skip
    second = [function("g"), function("h"), kept(slot("i", how=how), name="k"), function("i")]
    result = alike(f"--no-entry {line}", a=first, b=second)
    base = result.layout.table_base
    assert [(atom.name, number) for atom, number in result.index.slots.items()] == [
        ("g", base), ("f", base + 1), ("h", base + 2), ("i", base + 3),
    ]  # fmt: skip


def test_two_names_of_a_function_share_a_slot():
    """A function has one address."""
    source = [function("f"), Declared("alias", "g", text="f"), kept(slot("f"), slot("g"))]
    assert list(alike("--no-entry", a=source).index.slots.values()) == [1]


def test_tables_of_objects_come_before_the_function_table():
    """Which then has another number than 0, and says so in its element segment."""
    table = Declared("table", "t", TableType(EXTERNREF, Limits(0, 3)), NO_STRIP)
    result = alike("--no-entry", a=[table, kept(slot("f")), function("f")])
    assert [entity.name for entity in result.index.tables] == ["t", "__indirect_function_table"]


def test_an_object_of_the_first_webassembly_has_the_function_table_as_number_0():
    """It imports a table and has no symbol for it, and its instructions say 0."""
    flags = ("-mno-reference-types", "-mno-call-indirect-overlong", "-mcpu=mvp")
    source = "int call(int (*f)(void)) { return f(); } int g(void) { return 1; } int h(void) { return call(g); }"
    old = c(source, *flags)
    table = [Declared("table", "t", TableType(EXTERNREF, Limits(0, 3)), NO_STRIP)]
    result = alike("--no-entry --export=h", a=old)
    assert result.resolve.legacy_table
    assert toolchain.call(result.emit.data, "h") == 1
    alike("--no-entry --export=h", a=old, b=table)
    alike("--no-entry --export=h", a=table, b=old)


# --- GOT globals ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["", "-mwasm64", "--no-demangle", "--export-all", "--no-gc-sections"])
def test_position_independent_objects_get_constant_globals_for_addresses(line: str):
    """One for each symbol, after all other globals; data holds addresses, functions slots."""
    uses = kept(got("f"), got("d", "data"), got("f"), got("_Z3foov"), got("absent", weak=True),
                got("none", "data", weak=True))  # fmt: skip
    own = global_("n", GlobalType(I32, False), 7, NO_STRIP)
    source = [uses, function("f"), function("_Z3foov"), datum("d"), own]
    result = alike(f"--no-entry {line}", a=source)
    names = [symbol.name for symbol in result.index.got]
    assert names == ["f", "d", "_Z3foov", "absent", "none"]
    assert min(one.number for one in result.index.got.values()) == len(result.index.globals)


def test_a_c_object_compiled_for_position_independence_runs_in_a_static_link():
    """Through its GOT globals and the bases that are constants."""
    source = "int n = 40; static int two(void) { return 2; } int (*p)(void) = two; int sum(void) { return n + p(); }"
    result = alike("--no-entry --export=sum", a=c(source, "-fPIC", "-fvisibility=default"))
    assert toolchain.call(result.emit.data, "sum") == 42
