"""Phase 2: objects from before tables had symbols, and others that no builder makes by itself."""

import pytest

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
    call,
    custom,
    datum,
    function,
    global_,
    kept,
    library,
    placed,
    slot,
)
from tests.link.scenes import NOTHING, Declared
from tests.toolchain import reference
from wasmscope.format.expr import const_expr
from wasmscope.format.linking import SYM_UNDEFINED, SymbolRecord
from wasmscope.format.sections import DataSegment, Global, Import, Table
from wasmscope.format.types import EXTERNREF, FUNCREF, I32, TABLE, GlobalType, Limits, TableType
from wasmscope.link.builder import ObjectBuilder, body

TABLE_NAME = "__indirect_function_table"


def drafted(*tables: Import | Table, symbols: int = 0) -> bytes:
    """An object with table imports and definitions, of which the first `symbols` have a symbol."""
    builder = ObjectBuilder()
    builder.function("f", NOTHING, body())
    draft = builder.draft()
    draft.imports += [one for one in tables if isinstance(one, Import)]
    draft.tables += [one for one in tables if isinstance(one, Table)]
    imports = len(draft.imports) - 1
    draft.linking.symbols.extend(
        SymbolRecord(5, SYM_UNDEFINED if number < imports else 0, None if number < imports else f"t{number}", number)
        for number in range(symbols)
    )
    return draft.build()


def imported(name: str, elem: int = FUNCREF) -> Import:
    return Import("env", name, TABLE, TableType(elem, Limits(0, 0)))


DEFINED = Table(TableType(FUNCREF, Limits(0, 1)))
OBJECTS = {
    "one function table": drafted(imported(TABLE_NAME)),
    "a table of another name": drafted(imported("t")),
    "a table of another type": drafted(imported(TABLE_NAME, EXTERNREF)),
    "two tables": drafted(imported(TABLE_NAME), imported("t")),
    "two tables and one symbol": drafted(imported("t"), imported("u"), symbols=1),
    "a definition": drafted(DEFINED),
    "a definition with a symbol": drafted(DEFINED, symbols=1),
    "a definition and an import": drafted(imported(TABLE_NAME), DEFINED),
    "two definitions and one symbol": drafted(DEFINED, DEFINED, symbols=1),
}
NEW = [kept(slot("g")), function("g"), Declared("table", "t", TableType(EXTERNREF, Limits(0, 2)), NO_STRIP)]


@pytest.mark.parametrize("name", OBJECTS)
@pytest.mark.parametrize("line", ["", "--no-gc-sections", "--import-table", "--export-table", "--emit-relocs", "-r"])
def test_tables_without_symbols_are_taken_or_refused_as_the_reference_does(name: str, line: str):
    """Alone, and beside an object that uses the function table and has one of its own."""
    line = line if line == "-r" else f"--no-entry {line}"
    alike(line, a=OBJECTS[name])
    alike(f"a.o b.o {line}", a=OBJECTS[name], b=NEW)
    alike(f"b.o a.o {line}", a=OBJECTS[name], b=NEW)
    alike(f"lib.a b.o {line}", b=[kept(call("f")), *NEW[1:]], **{"lib.a": library(m=OBJECTS[name])})


def test_a_function_symbol_without_a_call_to_it_has_no_say_in_the_signature():
    """An object made by hand may mention a function that it never uses."""
    unused = Declared("extern", "f", TAKES_I32, text="function")
    alike("--no-entry", a=[unused, kept()], b=[function("f", type=GIVES_I32), kept(call("f", GIVES_I32), name="k")])


@pytest.mark.parametrize("flags", [LOCAL, LOCAL | NO_STRIP])
@pytest.mark.parametrize("line", ["", "--warn-unresolved-symbols", "--unresolved-symbols=ignore-all"])
def test_an_undefined_local_symbol_is_its_object_s_own(flags: int, line: str):
    """It meets no definition, not even of its name. (The reference crashes when it is to be imported.)"""
    own = Declared("extern", "f", NOTHING, flags, text="function")
    source = [own, kept(call("f"), slot("f"))]
    alike(f"--no-entry {line}", a=source, b=[function("f")])
    alike(f"--no-entry {line}", a=source, b=[own, kept(call("f"), name="k")])


@pytest.mark.parametrize("flags", [NO_STRIP, EXPORTED, NO_STRIP | EXPORTED, NO_STRIP | WEAK, HIDDEN])
@pytest.mark.parametrize("line", ["", "--allow-undefined", "--import-undefined", "--unresolved-symbols=ignore-all"])
def test_flags_of_a_symbol_that_stays_undefined(flags: int, line: str):
    """No-strip keeps its import though nobody calls it."""
    undefined = Declared("extern", "f", NOTHING, flags, text="function")
    alike(f"--no-entry {line}", a=[undefined])
    alike(f"--no-entry {line}", a=[undefined, kept(call("f"))])
    alike(f"--no-entry {line} --export-all", a=[undefined], b=[function("f", flags=WEAK)])
    alike(f"--no-entry {line}", a=[Declared("extern", "d", None, flags, text="data"), kept(address("d"))])


# --- what relocatable links leave behind ------------------------------------------------------------------------

LOST = [function("f", comdat="f"), datum("d", comdat="f"), kept(call("f"))]


@pytest.mark.parametrize("line", ["", "--no-gc-sections", "--no-gc-sections --export-all", "--emit-relocs", "-s", "-r"])
def test_relocatable_output_is_linked_again(line: str):
    """In it are functions that lost their symbol but not their name, which LLD counts and does not write."""
    note = custom("note", b"x", slot("f", how="I32"))
    folder = placed(a=[*LOST, global_("n", GlobalType(I32, False), 5, LOCAL)], b=[function("f", comdat="f"), note])
    first = reference(["a.o", "b.o", "-r"], folder)
    alike(line if line == "-r" else f"--no-entry {line}", both=first.output)


def test_globals_and_segments_without_a_name_are_not_named():
    """An object may have no symbol for a global, and no information about its segments."""
    builder = ObjectBuilder()
    builder.function("f", NOTHING, body())
    draft = builder.draft()
    draft.globals.append(Global(GlobalType(I32, False), const_expr(3)))
    draft.datas.append((DataSegment(0, 0, const_expr(0), 0, 0), b"1234"))
    for line in ("--no-entry --no-gc-sections", "--no-entry"):
        alike(line, a=draft.build())
