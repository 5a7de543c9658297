"""Why a symbol is exported, imported, in the table, or traps: held against the reference's sections and an engine."""

from __future__ import annotations

import re

import pytest
import wasmtime

from tests.explain.sample_links import COMMANDS, DYNAMIC, command, link_in, linked, linked_sources, reference_output
from tests.toolchain import ROOT, compiled, reference
from wasmscope.explain.naming import title
from wasmscope.explain.reasons.listed import why_exported, why_imported, why_not_exported, why_slot
from wasmscope.explain.reasons.traps import why_symbol_traps, why_traps
from wasmscope.explain.reasons.why import why_dead, why_live
from wasmscope.explain.state import state
from wasmscope.explain.steps import steps
from wasmscope.format.module import read
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.format.types import KIND_NAMES
from wasmscope.link.model import Link


def symbols(link: Link):
    return dict.fromkeys((*link.resolve.symbols, *link.resolve.linker.values(), *link.index.startup.values()))


@pytest.mark.parametrize("name", [*COMMANDS, *DYNAMIC, "hello, data first"])
def test_the_exports_of_all_symbols_are_those_of_the_reference(name: str) -> None:
    link, module = linked(name), read(reference_output(name), "it")
    named = {one for symbol in symbols(link) for one in why_exported(link, symbol)}
    expected = {(one.name, KIND_NAMES[one.kind], one.index) for one in module.exports if one.kind != 2}
    assert {(one.name, one.kind, one.number) for one in named} == expected
    assert all(one.why for one in named)


@pytest.mark.parametrize("name", [*COMMANDS, *DYNAMIC])
def test_the_imports_of_all_symbols_are_those_of_the_reference(name: str) -> None:
    link, module = linked(name), read(reference_output(name), "it")
    found = {one for symbol in symbols(link) for one in why_imported(link, symbol)}
    expected = {
        (f"{one.module}.{one.name}", KIND_NAMES[one.kind], number)
        for kind in range(5)
        for number, one in enumerate(module.imported(kind))
        if kind != 2
    }
    assert {(one.name, one.kind, one.number) for one in found} == expected
    assert all(one.why for one in found)


@pytest.mark.parametrize("name", [*COMMANDS, "kernel, table moved"])
def test_every_slot_of_the_reference_has_a_relocation_that_took_the_address(name: str) -> None:
    link, module = linked(name), read(reference_output(name), "it")
    filled = {
        start: function
        for element in module.elements
        for start, function in enumerate(element.items, element.offset[0].args[0])
    }
    found = {}
    for symbol in [one for bound in link.resolve.bindings.values() for one in bound]:
        slot = why_slot(link, symbol)
        if slot is not None:
            found[slot.number] = slot
            for atom, row in slot.takers:
                assert "TABLE_INDEX" in RELOC_TYPES[atom.relocs.types[row]].name or symbol in link.index.got
                named = link.resolve.bindings[atom.file][atom.relocs.indices[row]]
                assert named.target is symbol.target
            assert slot.takers or symbol in link.index.got
    assert found.keys() == filled.keys()


def test_why_something_is_not_exported() -> None:
    source = """
    __attribute__((visibility("hidden"))) int secret(void) { return 1; }
    __attribute__((visibility("default"))) int shown(void) { return secret(); }
    static int own(void) { return 2; } int (*keep)(void) = own;
    int gone(void) { return 3; }
    int use(void) { return shown() + keep(); }
    """
    object_ = str(compiled(source, "-O0", "-g0"))
    link = link_in(ROOT, [object_, "--no-entry", "--export=use"])
    by_name = link.resolve.by_name
    own = next(one for one in link.resolve.bindings[link.resolve.objects[0]] if one.name == "own")
    assert why_not_exported(link, by_name["secret"]).startswith("it is hidden, and nothing asks for it: --export=sec")
    assert why_not_exported(link, by_name["shown"]).endswith("--export=shown or --export-all or --export-dynamic would")
    assert why_not_exported(link, own) == "it is local to its object"
    assert why_not_exported(link, by_name["gone"]) == "it is not live"
    assert why_not_exported(link, by_name["use"]) == ""
    for option in ("--export=shown", "--export-all", "--export-dynamic"):
        again = link_in(ROOT, [object_, "--no-entry", "--export=use", option])
        assert [one.name for one in why_exported(again, again.resolve.by_name["shown"])] == ["shown"]


OWN = """
extern char __start_hooks[]; __attribute__((section("hooks"), used)) char hooked = 1; void many(int);
int use(void) { char big[100]; many((int)big); return __start_hooks[0]; }
"""


@pytest.mark.parametrize("name", ["__stack_pointer", "offered", "__start_hooks"])
def test_an_option_that_is_said_to_export_what_is_special_does_so_in_the_reference(name: str) -> None:
    offered = str(compiled("int offered(void) { return 1; }", "-O0", "-g0"))
    argv = [str(compiled(OWN, "-O0", "-g0", "-mno-mutable-globals")), "--start-lib", offered, "--end-lib"]
    argv += ["--no-entry", "--export=use", "--no-check-features", "--allow-undefined"]
    link = link_in(ROOT, argv)
    told = re.findall(r"--export\S*", why_not_exported(link, link.resolve.by_name[name]))
    options = ("--export-all", "--export-dynamic", f"--export={name}")
    outputs = {option: read(reference([*argv, option]).output, "it") for option in options}
    true = [option for option, module in outputs.items() if name in [one.name for one in module.exports]]
    assert sorted(told) == sorted(true)


def test_no_option_is_said_to_export_what_shares_its_name_with_a_stub() -> None:
    other = "__attribute__((weak)) void many(int a) {} int use(void) { many(1); return 2; }"
    argv = [str(compiled(source, "-O0", "-g0")) for source in ("void many(void) {}", other)]
    argv += ["--no-entry", "--export=use", "--no-gc-sections"]
    link = link_in(ROOT, argv)
    stub, (many,) = link.resolve.by_name["many"], link.resolve.objects[0].functions
    (symbol,) = steps(link).symbols.symbols_at[many]
    assert "no option can mean this one" in why_not_exported(link, symbol)
    assert "it is a stub" in why_not_exported(link, stub)
    for option in ("--export-all", "--export-dynamic", "--export=many"):
        output = reference([*argv, option]).output
        assert output is None or "many" not in [one.name for one in read(output, "it").exports]


def test_a_startup_function_is_exported_by_export_all_alone() -> None:
    object_ = str(compiled("int word = 5; int get(void) { return word; }", "-O0", "-g0", "-matomics", "-mbulk-memory"))
    argv = [object_, "--no-entry", "--export=get", "--shared-memory", "--max-memory=131072"]
    link, name = link_in(ROOT, argv), "__wasm_init_memory"
    assert "--export-all would" in why_not_exported(link, link.index.startup[name])
    assert reference([*argv, f"--export={name}"]).output is None
    module = read(reference([*argv, "--export-all"]).output, "it")
    assert name in [one.name for one in module.exports]


def test_what_is_set_at_the_start_is_in_the_output_though_nothing_names_it() -> None:
    source = "_Thread_local int own = 3; int word = 5; int dead(void) { return own; } int get(void) { return word; }"
    object_ = str(compiled(source, "-O1", "-g0", "-matomics", "-mbulk-memory"))
    argv = [object_, "--no-entry", "--export=get", "--shared-memory", "--max-memory=131072"]
    link = link_in(ROOT, argv)
    base, start = link.resolve.linker["__tls_base"], link.index.startup["__wasm_init_memory"]
    assert base.target not in link.mark.why
    assert len(read(reference(argv).output, "it").globals) == 2  # the other is __stack_pointer
    end = state(link, len(steps(link)))
    assert end.standing(base) == "defined"
    assert [edge.rule for edge in why_live(link, base)] == ["it is set at the start, as memory is shared"]
    assert why_dead(link, base) is None
    made = end.atom(start.target)
    assert made.known
    assert made.live.rule == "it sets memory up at the start"
    assert not state(link, steps(link).ends[4]).atom(start.target).known  # phase index makes it
    assert "--export=__tls_base or --export-all would" in why_not_exported(link, base)
    for option in ("--export=__tls_base", "--export-all"):
        assert "__tls_base" in [one.name for one in read(reference([*argv, option]).output, "it").exports]


def test_no_object_asks_for_what_the_loader_calls() -> None:
    link = linked("a shared library")
    (found,) = why_exported(link, link.index.startup["__wasm_apply_data_relocs"])
    assert found.why == "whoever loads the module calls it"


# --- traps ------------------------------------------------------------------------------------------------------

CALLER = """
int twice(int, int);
__attribute__((weak)) int absent(void);
int missing(void);
__attribute__((export_name("mismatch"))) int mismatch(void) { return twice(1, 2); }
__attribute__((export_name("weak"))) int weak(void) { return absent(); }
__attribute__((export_name("undefined"))) int undefined(void) { return missing(); }
int (*volatile held)(void) = absent;
__attribute__((export_name("null"))) int null(void) { return held(); }
"""
CALLEE = "int twice(int a) { return 2 * a; }"
OPTIONS = ("--no-entry", "--unresolved-symbols=ignore-all")


def trapping() -> Link:
    return linked_sources(CALLER, CALLEE, options=OPTIONS)


@pytest.mark.parametrize(
    ("caller", "kind", "said"),
    [
        ("mismatch", "signature mismatch", "which defines it, and is called as"),
        ("weak", "weak undefined", "absent is weak and nobody defines it"),
        ("undefined", "undefined", "missing is undefined, which an option tolerates"),
    ],
)
def test_a_call_that_traps_says_why_and_an_engine_agrees(caller: str, kind: str, said: str) -> None:
    link = trapping()
    function = next(atom for atom in link.resolve.objects[0].functions if atom.name == caller)
    found = [trap for row in range(function.lo, function.hi) if (trap := why_traps(link, function, row)) is not None]
    assert [one.kind for one in found] == [kind]
    assert said in found[0].reason
    assert_traps(link, caller)


def test_a_function_pointer_that_is_null_traps() -> None:
    link = trapping()
    held = next(atom for atom in link.resolve.objects[0].segments if atom.name.endswith("held"))
    found = why_traps(link, held, held.lo)
    assert (found.kind, found.stub) == ("null address", None)
    assert_traps(link, "null")


def assert_traps(link: Link, export: str) -> None:
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    instance = wasmtime.Instance(store, wasmtime.Module(engine, link.emit.data), [])
    with pytest.raises((wasmtime.Trap, wasmtime.WasmtimeError)):
        instance.exports(store)[export](store)


def test_a_mismatch_tells_every_signature_and_who_has_it() -> None:
    link = trapping()
    stub = next(one for one in link.resolve.bindings[link.resolve.objects[0]] if one.name == "twice")
    found = why_symbol_traps(link, stub)
    caller, callee = (file.name for file in link.resolve.objects)
    assert any("(i32) -> i32" in line and f"defined in {callee}" in line for line in found.details)
    assert any("(i32, i32) -> i32" in line and f"of {caller}" in line for line in found.details)


@pytest.mark.parametrize("name", COMMANDS)
def test_no_call_of_a_sample_traps_for_such_reasons(name: str) -> None:
    """kernel has a weak function that nobody defines, and asks before it calls it; nothing else is stubbed."""
    link = linked(name)
    stubbed = {title(symbol) for symbol in symbols(link) if why_symbol_traps(link, symbol) is not None}
    names = read(reference_output(name), "it").function_names.values()
    expected = {one.partition(":")[2] for one in names if one.startswith(("undefined_weak:", "signature_mismatch:"))}
    assert expected <= stubbed
    assert all(why_symbol_traps(link, one).kind == "weak undefined" for one in symbols(link) if title(one) in stubbed)
    assert command(name)
