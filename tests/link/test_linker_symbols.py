"""Symbols that the linker makes itself: the entry's search, optional data symbols, the function table, constructors."""

import pytest

from tests.link.inputs import (
    HIDDEN,
    NO_STRIP,
    SEGMENT_TLS,
    WEAK,
    address,
    alike,
    call,
    datum,
    errors,
    exports,
    feature,
    function,
    global_,
    kept,
    live_functions,
    use_global,
)
from tests.link.scenes import Declared
from wasmscope.format.types import FUNCREF, I32, GlobalType, Limits, TableType

POINTER, CONSTANT = GlobalType(I32, True), GlobalType(I32, False)
OPTIONAL = ("__dso_handle", "__data_end", "__stack_low", "__stack_high", "__global_base", "__heap_base", "__heap_end",
            "__memory_base", "__table_base", "__wasm_first_page_end")  # fmt: skip
LAYOUTS = ["", "--no-stack-first", "--initial-heap=65536", "--initial-memory=327680", "--page-size=1",
           "--global-base=200000 --table-base=9", "-z stack-size=32 --no-stack-first"]  # fmt: skip

# --- the entry --------------------------------------------------------------------------------------------------


def test_the_entry_must_be_defined_and_is_exported_and_kept():
    """And shown, though its object hides it."""
    result = alike("--entry=go", a=[function("go", flags=HIDDEN), function("_start")])
    assert exports(result) == {"go": "--entry"}
    assert result.mark.why[result.resolve.by_name["go"].target].rule == "entry"
    assert live_functions(result) == ["go"]


def test_an_entry_that_is_missing_is_an_error():
    """--no-entry says that there is none."""
    result = alike("", a=[function("start")])
    assert errors(result) == ["entry symbol not defined (pass --no-entry to suppress): _start"]
    alike("--no-entry", a=[function("start")])
    alike("--entry=absent --no-entry", a=[function("start")])
    alike("--no-entry --entry=absent", a=[function("start")])


def test_an_entry_may_be_weak_undefined_or_data():
    """LLD asks only that it is defined."""
    alike("--entry=f", a=[kept(call("f", weak=True))])
    alike("--entry=f", a=[function("f", flags=WEAK)])
    alike("--entry=d", a=[datum("d")])


# --- optional data symbols --------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", LAYOUTS)
def test_the_linker_s_data_symbols_have_their_addresses(line: str):
    """Each where the layout put it; from code, data and exports."""
    words = [address(name, how="I32") for name in OPTIONAL]
    data = [datum("d", b"12345", *words, flags=NO_STRIP), datum("b", bytes(9), segment=".bss", flags=NO_STRIP)]
    source = [kept(*(address(name, 4) for name in OPTIONAL)), *data]
    alike(f"--no-entry {line}", a=source)
    alike(f"--no-entry {line} --export-all", a=source)
    exported = " ".join(f"--export={name}" for name in reversed(OPTIONAL))
    alike(f"--no-entry {line} {exported}", a=[datum("d", flags=NO_STRIP)])


@pytest.mark.parametrize("name", OPTIONAL)
def test_an_optional_symbol_exists_only_when_something_wants_it(name: str):
    """A mention, also a dead one; an export; or --export-all."""
    def has(line: str, *declared: Declared) -> bool:
        result = alike(f"--no-entry {line}", a=[function("f"), *declared])
        return name in result.resolve.linker

    assert not has("")
    assert has("", function("dead", address(name)))
    assert has("", kept(address(name, weak=True)))
    assert has(f"--export={name}")
    assert has(f"--export-if-defined={name}")
    assert has("--export-all")
    assert not has("", datum(name))


def test_the_heap_begins_at_16_bytes_only_when_it_is_asked_for():
    """Without `__heap_base` the memory may end sooner."""
    data = datum("d", bytes(65536 - 8), flags=NO_STRIP)
    apart = [alike("--no-entry --page-size=1", a=[data, *more]).layout.memory.limits.min
             for more in ([], [kept(address("__heap_base"))])]  # fmt: skip
    assert [size % 16 for size in apart] == [8, 0]


def test_an_object_s_own_definition_of_a_linker_symbol_stays():
    """Weak or strong; the linker's own functions and globals clash instead."""
    alike("--no-entry --export=__heap_base", a=[datum("__heap_base", b"mine"), kept(address("__heap_base"))])
    alike("--no-entry", a=[datum("__data_end", b"mine", flags=WEAK), kept(address("__data_end"))])
    alike("--no-entry", a=[function("__wasm_call_ctors")])
    alike("--no-entry", a=[function("__wasm_call_ctors", flags=WEAK)])
    alike("--no-entry", a=[global_("__stack_pointer", POINTER)])


def test_the_stack_pointer_is_a_global_that_is_always_there():
    """It is at the stack's top, mentioned or not, and must be what objects think it is."""
    for line in ("", "-z stack-size=32", "--no-stack-first", "--no-stack-first --global-base=64 -z stack-size=16"):
        result = alike(f"--no-entry {line}", a=[datum("d", b"12345", flags=NO_STRIP)])
        assert result.layout.values[result.resolve.linker["__stack_pointer"]] % 16 == 0
    alike("--no-entry", a=[kept(use_global("__stack_pointer", POINTER))])
    alike("--no-entry", a=[kept(use_global("__stack_pointer", CONSTANT))])


def test_a_thread_s_base_is_a_constant_when_there_is_one_thread():
    """`__tls_base` is the start of the thread-local data, or 0."""
    uses = kept(use_global("__tls_base", CONSTANT), address("t", how="TLS_SLEB"))
    data = [datum("t", b"abcd", segment=".tdata", segment_flags=SEGMENT_TLS), datum("d", flags=NO_STRIP)]
    alike("--no-entry", a=[feature("atomics"), feature("bulk-memory"), uses, *data])
    alike("--no-entry", a=[kept(use_global("__tls_base", CONSTANT))])


def test_position_independent_bases_are_globals_of_a_static_link():
    """Memory begins at 0, the table at its base."""
    bases = kept(*(use_global(name, CONSTANT) for name in ("__memory_base", "__table_base")))
    for line in ("", "--table-base=7", "--export-all"):
        alike(f"--no-entry {line}", a=[bases])


# --- starts and stops of segments -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["hooks", "_hooks2", "Hooks", "no-identifier", ".data", "hooks.more", "", "ünicode"])
def test_a_segment_has_a_start_and_a_stop_if_its_name_is_an_identifier(name: str):
    """Its own name or that of the output segment that it goes to."""
    data = [datum(f"d{number}", bytes(number + 1), segment=name, align=2, flags=NO_STRIP) for number in range(3)]
    alike("--no-entry", a=[*data, kept(address(f"__start_{name}"), address(f"__stop_{name}", weak=True))])
    alike("--no-entry --export-all", a=data)


def test_starts_and_stops_do_not_keep_their_segment():
    """What is only reached through them is dropped, and then they are undefined."""
    result = alike("--no-entry", a=[datum("d", segment="hooks"), kept(address("__start_hooks"))])
    assert errors(result) == ["a.o: undefined symbol: __start_hooks"]
    alike("--no-entry", a=[datum("d", segment="hooks"), kept(address("__start_hooks", weak=True))])
    alike("--no-entry --no-gc-sections", a=[datum("d", segment="hooks"), kept(address("__start_hooks"))])


@pytest.mark.parametrize("option", ["--export=__start_hooks", "--export-if-defined=__stop_hooks", "--export-all"])
def test_starts_and_stops_are_exported_on_demand(option: str):
    """Whether an object mentions them or not."""
    data = datum("d", segment="hooks", flags=NO_STRIP)
    for more in ([], [kept(address("__stop_hooks"))], [kept(address("__start_hooks"))]):
        alike(f"--no-entry {option}", a=[data, *more])


def test_a_start_is_defined_when_relocations_are_looked_at():
    """Thread-local and relative ones too. (With threads the reference crashes.)"""
    uses = kept(address("__start_hooks", how="TLS_SLEB"), address("__stop_hooks", how="REL_SLEB"))
    alike("--no-entry", a=[datum("d", segment="hooks", flags=NO_STRIP), uses])


# --- the function table -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("declared", [
    Declared("table", "__indirect_function_table", TableType(FUNCREF, Limits(0, 1))),
    function("__indirect_function_table"),
    datum("__indirect_function_table"),
])  # fmt: skip
def test_the_function_table_is_the_linker_s_own(declared: Declared):
    """An object may mention it, as a table."""
    result = alike("--no-entry", a=[declared])
    assert errors(result)[0].startswith("reserved symbol must ")
