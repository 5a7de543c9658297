"""One record of a linked module is changed, and `audit` says what it must be, what it is, and what mistake that is.

The modules are the reference's. What a change does to a program is the specification's: the words are ours.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.explain import sample_links
from tests.explain.sample_links import link_in
from tests.link.generate import scene
from tests.link.scenes import write
from tests.toolchain import ROOT, compiled, reference
from wasmscope.explain.auditing.audit import Audit, audit
from wasmscope.explain.auditing.audit_findings import AuditFinding
from wasmscope.format import sections
from wasmscope.format.expr import const_expr
from wasmscope.format.leb128 import uleb
from wasmscope.format.module import Module, read
from wasmscope.format.module_value import build_section
from wasmscope.format.sections import Export, Table
from wasmscope.format.types import FUNCREF, FUNCTION, GLOBAL, Limits, TableType
from wasmscope.link.model import Link

PROGRAM = """
volatile int order[4], n;
__attribute__((constructor(300))) static void third(void) { order[n++] = 3; }
__attribute__((constructor(100))) static void first(void) { order[n++] = 1; }
__attribute__((constructor(200))) static void second(void) { order[n++] = n ? 2 : 5; }
__attribute__((noinline)) static int add(int a) { return a + order[0]; }
__attribute__((noinline)) static int sub(int a) { return a - order[1]; }
int (*const table[])(int) = {add, sub};
__attribute__((export_name("pick"))) int pick(int a, int b) { return table[a & 1](b); }
__attribute__((export_name("count"))) int count(void) { return n; }
__attribute__((visibility("hidden"))) int times(int a) { return a * order[2]; }
__attribute__((visibility("hidden"))) int less(int a) { return a - times(n); }
__attribute__((export_name("use"))) int use(int a) { return less(times(a)) + 1; }
"""
LINKS = {
    "a program": ["--no-entry", "--export=__wasm_call_ctors"],
    "without names": ["--no-entry", "--export=__wasm_call_ctors", "--strip-all"],
    "wrapped": ["--no-entry"],
    "stack": ["--no-entry", "--export=__heap_base", "--export=__wasm_call_ctors"],
    "imports": ["--no-entry", "--export=__wasm_call_ctors", "--import-undefined"],
    "imported": ["--no-entry", "--export=__wasm_call_ctors", "--import-memory"],
    "threads": ["--no-entry", "--export=__wasm_call_ctors", "--shared-memory", "--max-memory=1048576"],
}
HOST = """
int host(long long a);
__attribute__((export_name("ask"))) int ask(int a) { return host(a) + 1; }
"""
SOURCES = {"imports": (PROGRAM, HOST)}
FLAGS = ("-O1", "-g0", "-fno-inline", "-mcpu=generic+atomics+bulk_memory+mutable_globals")


@cache
def linked(name: str) -> tuple[Link, bytes]:
    """Our own link, and what the reference makes of it."""
    output = reference(command(name)).output
    assert output is not None
    return link_in(ROOT, command(name)), output


def command(name: str) -> list[str]:
    """The command line of a link, without -o."""
    return [*LINKS[name], *(str(compiled(source, *FLAGS)) for source in SOURCES.get(name, (PROGRAM,)))]


def audited(name: str, change: Callable[[Module], tuple[int, bytes]] | None = None) -> Audit:
    """The audit of a link whose module has one section with other contents: its id and those, or None to drop it."""
    link, data = linked(name)
    if change is not None:
        data = changed(data, *change(read(data, "linked.wasm")))
    return audit(link, read(data, "linked.wasm"))


def changed(data: bytes, id: int, contents: bytes | None) -> bytes:
    section = read(data, "linked.wasm").section(id)
    assert section is not None
    return data[: section.start] + (b"" if contents is None else build_section(id, contents)) + data[section.end :]


STARTS = ("call", "type of", "slot", "__stack_pointer", "__heap_base", ".bss")
"""How messages begin, besides by the sort of record."""


def only(found: Audit) -> AuditFinding:
    """The one thing that is found."""
    (finding,) = found.findings
    assert finding.message.startswith((finding.record, *STARTS)), finding.message
    assert 0 < finding.offset <= finding.end <= len(found.matching.module.data)
    return finding


@pytest.mark.parametrize("name", LINKS)
def test_nothing_is_wrong_in_what_the_reference_makes(name: str) -> None:
    found = audited(name)
    assert not found.findings
    assert not found.records_unchecked
    assert found.records["export"] >= 3
    assert found.records["constructor call"] == 3
    module = read(linked(name)[1], "linked.wasm")
    assert found.records["export"] <= len(module.exports)  # none is counted twice
    assert found.records["global"] <= module.total(GLOBAL)


# --- exports ----------------------------------------------------------------------------------------------------------


def exports(change: Callable[[dict[str, Export]], None]) -> Callable[[Module], tuple[int, bytes]]:
    def changing(module: Module) -> tuple[int, bytes]:
        by_name = {one.name: one for one in module.exports}
        change(by_name)
        return 7, sections.EXPORTS.write(by_name.values())

    return changing


def swap(by_name: dict[str, Export]) -> None:
    one, other = by_name["pick"], by_name["use"]
    by_name.update(pick=one._replace(index=other.index), use=other._replace(index=one.index))


@pytest.mark.parametrize("name", ["a program", "without names"])
def test_exports_that_were_swapped(name: str) -> None:
    right = {one.name: one.index for one in read(linked(name)[1], "linked.wasm").exports}
    found = audited(name, exports(swap))
    (group,) = found.groups
    assert group.sentence == "2 exports: the export leads to something else than its name says"
    told = {one.message.partition(":")[0]: (one.expected, one.found) for one in found.findings}
    assert told == {
        "export pick": (right["pick"], right["use"]),
        "export use": (right["use"], right["pick"]),
    }
    places = {one.about.name: found.matching.module.data[one.offset : one.end] for one in found.findings if one.about}
    assert places["pick"] == b"\4pick\0" + uleb(right["use"])


def test_an_export_that_leads_nowhere_and_one_of_what_the_linker_made() -> None:
    one = only(audited("a program", exports(lambda all: all.update(use=all["use"]._replace(index=99)))))
    assert one.points_to == "there is no function 99"
    made = linked("a program")[1]
    ctors = next(one.index for one in read(made, "").exports if one.name == "__wasm_call_ctors")
    one = only(audited("a program", exports(lambda all: all.update(use=all["use"]._replace(index=ctors)))))
    assert one.points_to == f"function {ctors} is __wasm_call_ctors"


def test_an_export_that_is_missing() -> None:
    one = only(audited("a program", exports(lambda all: all.pop("count"))))
    assert (one.cause, one.about.name if one.about else "") == ("export missing", "count")
    assert "it is asked for: the object asks for it (export_name or visibility attribute)" in one.message


def test_the_memory_that_nobody_can_reach() -> None:
    one = only(audited("a program", exports(lambda all: all.pop("memory"))))
    assert (one.cause, one.message.partition(":")[0]) == ("export missing", "export memory")


def test_an_export_that_nothing_asks_for() -> None:
    index = next(one.index for one in read(linked("a program")[1], "").exports if one.name == "use") - 2
    one = only(audited("a program", exports(lambda all: all.update(x=Export("times", FUNCTION, index)))))
    assert (one.cause, one.found) == ("export not asked for", index)
    assert "--export=times would" in one.message


# --- constructors -----------------------------------------------------------------------------------------------------


def calls(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Module], tuple[int, bytes]]:
    """Changes the calls in `__wasm_call_ctors`, the first function of the module's own."""

    def changing(module: Module) -> tuple[int, bytes]:
        bodies = [module.data[one.code_start : one.end] for one in module.bodies]
        code = bodies[0]
        assert code[:1] == b"\0"
        assert code[-1:] == b"\x0b"
        assert code[1:-1:2] == b"\x10" * 3
        bodies[0] = b"\0" + b"".join(change([code[at : at + 2] for at in (1, 3, 5)])) + b"\x0b"
        return 10, sections.BODIES.write(bodies)

    return changing


@pytest.mark.parametrize("name", ["a program", "without names"])
def test_a_constructor_that_is_not_called(name: str) -> None:
    one = only(audited(name, calls(lambda all: [all[0], all[2]])))
    assert (one.cause, one.formula) == ("constructor not run", "index(second)")
    assert one.message.startswith("call of second of ")
    assert one.message.endswith(": nothing calls the constructor")


@pytest.mark.parametrize("name", ["a program", "without names"])
def test_constructors_in_another_order(name: str) -> None:
    found = audited(name, calls(lambda all: [all[0], all[2], all[1]]))
    assert {one.cause for one in found.findings} == {"constructors in another order"}
    first, second = found.findings
    assert first.formula == "index(second, of priority 200)"
    assert first.points_to.endswith(", of priority 300")
    assert (second.expected, second.found) == (first.found, first.expected)


def test_a_call_that_is_no_constructors() -> None:
    pick = next(one.index for one in read(linked("a program")[1], "").exports if one.name == "count")
    one = only(audited("a program", calls(lambda all: [all[0], b"\x10" + uleb(pick), all[2]])))
    assert (one.cause, one.formula, one.found) == ("wrong constructor", "index(second)", pick)
    assert one.points_to.startswith(f"function {pick} is count of ")


def test_a_constructor_that_is_called_twice() -> None:
    one = only(audited("a program", calls(lambda all: [*all, all[2]])))
    assert one.cause == "constructor run twice"


def test_an_export_that_runs_before_the_constructors() -> None:
    inner = {one.name: one.index for one in read(linked("a program")[1], "").exports}  # the same numbers
    true = {one.name: one.index for one in read(linked("wrapped")[1], "").exports}
    assert inner["count"] not in true.values()
    one = only(audited("wrapped", exports(lambda all: all.update(count=all["count"]._replace(index=inner["count"])))))
    assert one.cause == "constructor not run"
    assert "it leads to the function itself, not to one that calls __wasm_call_ctors first" in one.message


# --- the start function -----------------------------------------------------------------------------------------------


def test_a_start_function_that_is_missing_or_another() -> None:
    true = read(linked("threads")[1], "")
    one = only(audited("threads", lambda module: (8, None)))  # type: ignore[arg-type,return-value]
    assert (one.cause, one.expected, one.formula) == ("start function missing", true.start, "index(__wasm_init_memory)")
    count = next(one.index for one in true.exports if one.name == "count")
    one = only(audited("threads", lambda module: (8, uleb(count))))
    assert (one.cause, one.expected, one.found) == ("start function wrong", true.start, count)
    assert f"(function {count} is count of " in one.message
    assert one.about is not None
    assert one.about.name == "count"


def test_a_start_function_where_there_is_to_be_none() -> None:
    data = linked("a program")[1]
    module = read(data, "")
    code = module.section(10)
    assert code is not None
    count = next(one.index for one in module.exports if one.name == "count")
    at = min(one.start for one in module.sections if one.id in (9, 10, 12))
    started = data[:at] + build_section(8, uleb(count)) + data[at:]
    one = only(audit(linked("a program")[0], read(started, "linked.wasm")))
    assert (one.cause, one.found) == ("start function wrong", count)
    assert "it is an object's, which no linker runs at once" in one.message


# --- the function table -----------------------------------------------------------------------------------------------


def test_a_slot_that_holds_another_function() -> None:
    (element,) = read(linked("a program")[1], "").elements
    add, sub = (int(str(one)) for one in element.items)
    other = element._replace(items=(add, sub + 3))
    one = only(audited("a program", lambda module: (9, sections.ELEMENTS.write([other]))))
    assert (one.cause, one.expected, one.formula, one.found) == ("slot holds another", sub, "index(sub)", sub + 3)
    assert one.message.startswith("slot 2: found ")
    assert "1 relocation takes the slot for it" in one.message
    assert read(linked("a program")[1], "").data[one.offset : one.end] == uleb(sub), "the place is the item's"


def test_a_slot_that_nothing_fills_and_a_table_without_room() -> None:
    (element,) = read(linked("a program")[1], "").elements
    fewer = element._replace(items=element.items[:1])
    one = only(audited("a program", lambda module: (9, sections.ELEMENTS.write([fewer]))))
    assert (one.cause, one.found) == ("slot holds another", None)
    assert "and nothing fills it" in one.message
    small = Limits(1, 2, 2)
    table = Table(TableType(FUNCREF, small))
    one = only(audited("a program", lambda module: (4, sections.TABLES.write([table]))))
    assert (one.cause, one.expected, one.found) == ("table too small", 3, 2)


# --- types ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a program", "without names"])
def test_a_function_of_another_type(name: str) -> None:
    module = read(linked(name)[1], "")
    pick = next(one.index for one in module.exports if one.name == "pick")
    wrong = next(number for number, one in enumerate(module.types) if number != module.functions[pick])

    def changing(module: Module) -> tuple[int, bytes]:
        module.functions[pick] = wrong
        return 3, sections.FUNCTIONS.write(module.functions)

    found = [one for one in audited(name, changing).findings if one.cause == "function of another type"]
    (one,) = found
    assert one.message.startswith("type of pick of ")
    assert one.points_to == f"type {wrong} is {module.types[wrong]}"
    assert one.formula == "a type of (i32, i32) -> i32"
    assert one.about is not None
    assert one.about.name == "pick"


def test_an_import_of_another_type() -> None:
    (number,) = (at for at, one in enumerate(read(linked("imports")[1], "").imports) if one.name == "host")

    def changing(module: Module) -> tuple[int, bytes]:
        there = module.imports[number]
        module.imports[number] = there._replace(desc=next(at for at in range(9) if at != there.desc))
        return 2, sections.IMPORTS.write(module.imports)

    assert not audited("imports").findings
    one = only(audited("imports", changing))
    assert one.cause == "import of another type"
    assert "and (i64) -> i32 in the objects" in one.message


# --- memory and globals -----------------------------------------------------------------------------------------------


def pointing(value: int) -> Callable[[Module], tuple[int, bytes]]:
    """Another initial value of the stack pointer, which is the first global."""

    def changing(module: Module) -> tuple[int, bytes]:
        module.globals[0] = module.globals[0]._replace(init=const_expr(value, False))
        return 6, sections.GLOBALS.write(module.globals)

    return changing


def test_a_stack_that_begins_elsewhere() -> None:
    for value, why in ((65520, ""), (65536 + 8, "it is no multiple of 16"), (65552, "into data, which is at 0x10000")):
        one = only(audited("stack", pointing(value)))
        assert (one.cause, one.expected, one.found) == ("stack pointer wrong", 65536, value)
        assert one.formula == "end of the stack, of 0x10000 bytes"
        assert why in one.why
        assert bool(one.why) == bool(why)


def test_a_stack_in_the_data_of_a_layout_of_which_nothing_was_told() -> None:
    """Data first, at 0x400, and the command line that is told has the stack first."""
    data = reference(["--no-stack-first", *command("stack")]).output
    assert data is not None
    module = read(data, "linked.wasm")
    assert not audit(linked("stack")[0], module).findings
    moved = read(changed(data, *pointing(1040)(module)), "linked.wasm")
    one = only(audit(linked("stack")[0], moved))
    assert (one.cause, one.expected, one.found) == ("stack pointer wrong", None, 1040)
    assert "the stack grows down from there into data, which is at 0x400 to " in one.message


def test_memory_that_is_too_small() -> None:
    one = only(audited("stack", lambda module: (5, sections.MEMORIES.write([Limits(0, 1)]))))
    assert (one.cause, one.expected, one.found) == ("memory too small", 2, 1)
    assert one.points_to == "0x10000 bytes"
    assert "data ends at 0x10" in one.why


def test_an_exported_address_of_the_linkers_that_is_wrong() -> None:
    true = read(linked("stack")[1], "")
    number = next(one.index for one in true.exports if one.name == "__heap_base")

    def lower(module: Module) -> tuple[int, bytes]:
        module.globals[number] = module.globals[number]._replace(init=const_expr(0x10000, False))
        return 6, sections.GLOBALS.write(module.globals)

    one = only(audited("stack", lower))
    assert (one.cause, one.found, one.formula) == ("linker symbol wrong", 0x10000, "address(__heap_base)")
    assert one.why.startswith("data ends at 0x10")


# --- what code sets when the module is loaded -------------------------------------------------------------------------


def stored(change: Callable[[bytes], bytes]) -> Callable[[Module], tuple[int, bytes]]:
    """Changes the code of `__wasm_apply_data_relocs`."""

    def changing(module: Module) -> tuple[int, bytes]:
        (index,) = (one.index for one in module.exports if one.name == "__wasm_apply_data_relocs")
        own = index - module.num_imported(FUNCTION)
        bodies = [module.data[one.code_start : one.end] for one in module.bodies]
        bodies[own] = change(bodies[own])
        return 10, sections.BODIES.write(bodies)

    return changing


@pytest.mark.parametrize("name", ["a shared library", "a position-independent program"])
def test_a_word_that_is_not_set_and_one_that_is_set_wrongly(name: str) -> None:
    link, data = sample_links.linked(name), sample_links.reference_output(name)
    module = read(data, "linked.wasm")
    assert audit(link, module).records["runtime relocation"] >= 6
    less = read(changed(data, *stored(lambda code: code[:1] + b"\x0b")(module)), "linked.wasm")
    found = audit(link, less).findings
    assert {one.cause for one in found} == {"word not set"}
    assert len(found) == audit(link, module).records["runtime relocation"]
    wrong = read(changed(data, *stored(bumped)(module)), "linked.wasm")
    (one,) = audit(link, wrong).findings
    assert (one.cause, one.found) == ("word set wrongly", (one.expected or 0) + 1)
    assert one.formula == "what __memory_base holds, plus the offset"


def bumped(code: bytes) -> bytes:
    """The first store, of `__memory_base` and 0, with 1 in place of the 0."""
    assert code[5:13] == b"\x6a\x23" + code[4:5] + b"\x41\x00\x6a\x36\x02"
    return code[:9] + b"\1" + code[10:]


def test_memory_of_the_hosts_that_is_not_cleared_and_data_that_is_not_copied() -> None:
    (code,) = (one for one in read(linked("imported")[1], "").sections if one.id == 10)
    body = linked("imported")[1][code.contents : code.end]
    fill, less = b"\x41\x14\xfc\x0b\0", b"\x41\x10\xfc\x0b\0"
    assert body.count(fill) == 1
    one = only(audited("imported", lambda module: (10, body.replace(fill, less))))
    assert (one.cause, one.record) == ("zeros not cleared", "data segment")
    assert "and no memory.fill covers that" in one.message
    (code,) = (one for one in read(linked("threads")[1], "").sections if one.id == 10)
    body = linked("threads")[1][code.contents : code.end]
    copy = b"\xfc\x08\0\0"
    assert body.count(copy) == 1
    found = audited("threads", lambda module: (10, body.replace(copy, b"\x1a\x1a\x1a\1"))).findings
    assert "data not copied" in {one.cause for one in found}


@pytest.mark.parametrize(
    ("source", "options"),
    [
        ("int f(void) { return 1; } int (*pointer)(void) = f;", "-shared --experimental-pic"),
        ("extern char __data_end; char *end(void) { return &__data_end; }", "--shared-memory --max-memory=1048576"),
    ],
    ids=["a slot that the dynamic linker gives", "no data in a shared memory"],
)
def test_what_random_links_showed_to_be_right(source: str, options: str) -> None:
    argv = [str(compiled(source, *FLAGS, "-fPIC", "-fvisibility=default")), *options.split(), "--no-entry", "-E"]
    output = reference(argv).output
    assert output is not None
    assert not audit(link_in(ROOT, argv), read(output, "linked.wasm")).findings


def audited_scene(seed: int, options: str, folder: Path) -> Audit:
    """The audit of what the reference links from a random scene with more options."""
    random = scene(seed)
    write(random, folder)
    argv = [*random.argv, *options.split()]
    output = reference(argv, folder).output
    assert output is not None
    return audit(link_in(folder, argv), read(output, "linked.wasm"))


def test_exported_zeros_that_nothing_else_leads_to_are_where_the_export_says(tmp_path: Path) -> None:
    found = audited_scene(343, "-shared --experimental-pic", tmp_path)
    assert not found.findings
    assert found.records_unchecked.total() == 1


@pytest.mark.parametrize(
    ("seed", "options"),
    [
        (320, "--shared-memory --max-memory=1048576 --no-check-features"),
        (352, "-shared --experimental-pic"),
        (394, "-shared --experimental-pic"),
        (443, "-shared --experimental-pic"),
        (463, "-shared --experimental-pic"),
        (468, "-shared --experimental-pic"),
        (516, "--experimental-pic --export-all"),
    ],
    ids=["a global that debug information alone names", "an address of the linker's that nothing live names",
         "aligned zeros that the file holds", "zeros that the file holds", "exported zeros", "more exported zeros",
         "a GOT global that debug information alone names"],
)  # fmt: skip
def test_what_random_scenes_showed_to_be_right(seed: int, options: str, tmp_path: Path) -> None:
    found = audited_scene(seed, options, tmp_path)
    assert found.identical
    assert not found.findings
    assert not found.records_unchecked
