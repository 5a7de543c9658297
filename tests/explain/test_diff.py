"""How modules differ: what the reference makes of a program and of the same program after one change."""

from __future__ import annotations

import shlex
import tomllib
from pathlib import Path
from random import Random

import pytest

from tests.explain.changed_sources import FLAGS, changed_object, reference_link
from tests.explain.sample_links import reference_output
from tests.toolchain import OUTPUT, ROOT, compiled, reference
from wasmscope.explain.comparing.diff import Difference, Entry, diff_modules
from wasmscope.explain.comparing.diff_hunks import hunks, rows
from wasmscope.format.code import body
from wasmscope.format.module import Module, read

STRIPPED = ("-s",)


def difference(change: str, *options: str) -> Difference:
    """The program before and after a change, linked by the reference."""
    return diff_modules(reference_link("nothing", *options), reference_link(change, *options))


def objects(change: str) -> Difference:
    """The program's object before and after a change."""
    return diff_modules(*(read(changed_object(one).read_bytes(), f"{one}.o") for one in ("nothing", change)))


def told(found: Difference, *groups: str) -> list[tuple[str, str, str]]:
    """(group, change, name) of every entry, of `groups` only if there are any."""
    return [(one.group, one.change, one.name) for one in found.entries if not groups or one.group in groups]


def entry(found: Difference, group: str, change: str) -> Entry:
    (one,) = [one for one in found.entries if (one.group, one.change) == (group, change)]
    return one


def shown(found: Difference, one: Entry) -> list[str]:
    """The lines of an entry that differ."""
    return [
        f"{row.mark} {(row.before or row.after).text.strip()}"  # type: ignore[union-attr]
        for hunk in hunks(found, one)
        for row in hunk
        if row.mark != " "
    ]


# --- linked modules ---------------------------------------------------------------------------------------------


def test_the_same_bytes_have_no_difference() -> None:
    found = difference("nothing")
    assert found.same
    assert found.entries == []


@pytest.mark.parametrize("options", [(), STRIPPED], ids=["named", "stripped"])
def test_an_inserted_function_is_one_line_and_those_behind_it_another(options: tuple[str, ...]) -> None:
    found = difference("a function more", *options)
    added, moved = [one for one in found.entries if one.group == "functions"]
    assert (added.change, added.name, added.total, added.delta) == ("added", "half", 1, 8)
    assert (moved.change, moved.total, moved.delta) == ("moved", 4, 0)
    assert moved.before is not None
    assert moved.after is not None
    assert (moved.before.number, moved.after.number) == (1, 2)
    assert told(found, "exports") == [("exports", "added", "half"), ("exports", "moved", "_start")]


def test_what_was_inserted_is_found_removed_the_other_way_round() -> None:
    found = diff_modules(reference_link("a function more"), reference_link("nothing"))
    removed, moved = [one for one in found.entries if one.group == "functions"]
    assert (removed.change, removed.name, removed.delta) == ("removed", "half", -8)
    assert (moved.change, moved.total) == ("moved", 4)


def test_a_removed_function_takes_its_table_slot_with_it() -> None:
    found = difference("a function less")  # nobody takes the address of `square` any more
    assert ("functions", "removed", "square") in told(found)
    assert ("slots", "removed", "square") in told(found)
    assert entry(found, "functions", "changed").name == "_start"
    assert entry(found, "tables", "changed").what == ("3 3 funcref → 2 2 funcref",)


@pytest.mark.parametrize("options", [(), STRIPPED], ids=["named", "stripped"])
def test_a_changed_constant_is_one_changed_function(options: tuple[str, ...]) -> None:
    found = difference("a constant", *options)
    (one,) = found.entries
    assert (one.group, one.change, one.what, one.delta) == ("functions", "changed", ("body",), 3)
    assert shown(found, one) == ["+ i32.const 20", "+ i32.mul", "- i32.shl", "+ i32.or"]


def test_another_function_in_the_same_slot_is_a_change() -> None:
    found = difference("another callee")  # `twice` is gone, `square` is in slot 1: the constant is the same
    one = entry(found, "functions", "changed")
    assert one.name == "_start"
    assert shown(found, one)[0] == "- i32.const 1"


def test_a_changed_number_is_a_byte_of_data() -> None:
    found = difference("a number")
    (one,) = found.entries
    assert (one.group, one.name, one.what) == ("data", ".data", ("1 byte changed",))
    before, after = [row for hunk in hunks(found, one) for row in hunk if row.mark != " "]
    assert before.before is not None
    assert after.after is not None
    lines = [side.data[line.start : line.end] for side, line in ((found.a, before.before), (found.b, after.after))]
    assert [pair for pair in zip(*lines, strict=True) if pair[0] != pair[1]] == [(7, 8)]
    assert before.before.text.startswith("05 00 00 00 06 00 00 00 07 00 00 00")


@pytest.mark.parametrize("options", [(), STRIPPED], ids=["named", "stripped"])
def test_addresses_follow_the_data_that_moved(options: tuple[str, ...]) -> None:
    found = difference("a longer string", *options)
    assert [(one.group, one.change, one.delta) for one in found.entries] == [
        ("functions", "moved", 0), ("data", "changed", 7), ("data", "moved", 0),
    ]  # fmt: skip
    assert entry(found, "data", "changed").what == ("7 bytes added",)
    moved = entry(found, "data", "moved")
    assert moved.before is not None
    assert moved.after is not None
    assert moved.after.address - moved.before.address == 8
    assert shown(found, entry(found, "functions", "moved")) == ["~ i32.load offset=65544"]


def test_the_heap_starts_behind_the_data_wherever_that_ends() -> None:
    found = difference("a larger table", "--export=__heap_base")
    one = entry(found, "globals", "moved")
    assert one.name == "__heap_base"
    (what,) = one.what
    inits = [side.module.globals[1].init[0].args[0] for side in (found.a, found.b)]
    assert what == f"starts as i32.const {inits[0]} → i32.const {inits[1]}"
    assert {one.change for one in found.entries if one.group == "functions"} == {"moved"}


def test_an_address_that_stayed_while_its_data_moved_is_a_change() -> None:
    right, moved = (reference_link(change).data for change in ("nothing", "a longer string"))
    stale = bytes.fromhex("88808480 00")  # 65544, where the table was; it is at 65552 now
    assert right.count(stale) == 1
    wrong = moved.replace(bytes.fromhex("90808480 00"), stale)
    found = diff_modules(read(right, "a.wasm"), read(wrong, "b.wasm"))
    assert [one.name for one in found.entries if one.change == "changed"] == ["visit", ".rodata"]


def test_locals_and_types_are_told() -> None:
    assert entry(difference("a local"), "functions", "changed").what == ("locals", "body")
    by_name = {one.name: one.what for one in difference("a signature").entries}
    assert by_name["count"] == ("type (i32) -> i32 → (i32, i32) -> i32", "body")
    assert set(by_name) == {"count", "_start"}


def test_options_change_sections() -> None:
    found = diff_modules(reference_link("nothing"), reference_link("nothing", "-s", "--import-memory"))
    assert ("sections", "removed", "memory") in told(found)
    assert ("sections", "removed", "name") in told(found)
    assert ("imports", "added", "env.memory") in told(found)
    assert told(found, "functions", "data", "slots") == []


def test_the_name_that_a_linker_gives_the_module() -> None:
    data = reference_link("nothing").data
    found = diff_modules(read(data, "a"), read(data.replace(b"linked.wasm", b"renamed.dll"), "b"))
    assert [(one.group, one.what) for one in found.entries] == [("module name", ("linked.wasm → renamed.dll",))]


def test_sizes_of_sections() -> None:
    sizes = {one.name: (one.before, one.after) for one in difference("a function more").sizes}
    old, new = reference_link("nothing"), reference_link("a function more")
    for one in new.sections:
        (before,) = [two.end - two.start for two in old.sections if two.name == one.name]
        assert sizes[one.name] == (before, one.end - one.start)


def test_objects_in_another_order_only_move() -> None:
    one = compiled("int a[4] = {1, 2, 3, 4}; __attribute__((noinline)) int f(int n) { return a[n & 3]; }", "-O1", "-g0")
    two = compiled("int f(int), b[2] = {9, 8}; int _start(void) { return f(b[1]); }", "-O1", "-g0")
    outputs = [reference([str(path) for path in order]).output for order in ((one, two), (two, one))]
    found = diff_modules(*(read(output or b"", "linked.wasm") for output in outputs))
    assert {one.change for one in found.entries if one.group in ("functions", "globals", "exports")} == {"moved"}
    assert told(found, "types") == [("types", "moved", "() -> i32"), ("types", "moved", "(i32) -> i32")]


def test_shorter_relocated_numbers_are_the_same_program() -> None:
    found = diff_modules(reference_link("nothing", "-s"), reference_link("nothing", "-s", "--compress-relocations"))
    assert {one.change for one in found.entries if one.group == "functions"} == {"moved"}
    assert {one.group for one in found.entries} <= {"functions"}


@pytest.mark.parametrize("name", ["hello", "words", "shapes", "kernel", "shapes, stripped"])
def test_one_bit_in_a_body_is_one_changed_function(name: str) -> None:
    data = reference_output(name)
    module = read(data, "a.wasm")
    random = Random(7)
    for _ in range(25):
        position = random.randrange(len(module.bodies))
        one = module.bodies[position]
        frame = body(data, one.start, one.end)
        if frame.code_start + 1 < one.end:
            flipped = bytearray(data)
            flipped[random.randrange(frame.code_start, one.end - 1)] ^= 1 << random.randrange(7)
            (found,) = diff_modules(module, read(bytes(flipped), "b.wasm")).entries
            assert (found.group, found.change) == ("functions", "changed")
            assert found.before is not None
            assert found.before.start == one.start


@pytest.mark.parametrize("name", ["hello", "words", "kernel"])
def test_one_bit_of_data_is_one_changed_byte(name: str) -> None:
    data = reference_output(name)
    module = read(data, "a.wasm")
    random = Random(8)
    for _ in range(25):
        position = random.randrange(len(module.datas))
        one = module.datas[position]
        flipped = bytearray(data)
        flipped[random.randrange(one.start, one.end)] ^= 1 << random.randrange(8)
        (found,) = diff_modules(module, read(bytes(flipped), "b.wasm")).entries
        assert (found.group, found.change, found.what) == ("data", "changed", ("1 byte changed",))
        assert found.before is not None
        assert found.before.start == one.start


# --- objects ----------------------------------------------------------------------------------------------------


def test_an_object_changes_as_its_source_did() -> None:
    assert told(objects("a constant")) == [("functions", "changed", "twice")]
    assert told(objects("a number")) == [("data", "changed", ".data.table")]
    assert objects("nothing").entries == []


def test_relocations_to_other_symbols_change_a_function() -> None:
    found = objects("another callee")
    one = entry(found, "functions", "changed")
    assert (one.name, one.what) == ("_start", ("relocations",))
    assert shown(found, one) == ["- i32.const $twice", "+ i32.const $square"]


def test_relocations_of_data_are_shown_under_its_bytes() -> None:
    sources = [f"extern int one, two; int *to = &{name};" for name in ("one", "two")]
    found = diff_modules(*(read(compiled(source, *FLAGS).read_bytes(), "a.o") for source in sources))
    one = entry(found, "data", "changed")
    assert one.what == ("relocations",)
    assert shown(found, one) == ["- R_WASM_MEMORY_ADDR_I32 one", "+ R_WASM_MEMORY_ADDR_I32 two"]


def test_symbols_of_an_object() -> None:
    found = objects("a longer string")
    assert entry(found, "symbols", "changed").what == ("size 6 → 13",)
    added = objects("a function more")
    assert ("symbols", "added", "half") in told(added)
    assert entry(added, "symbols", "moved").total == 9


def test_strings_that_a_compiler_counts_are_paired_by_contents() -> None:
    texts = ['"one", "two", "three"', '"zero", "one", "two", "three"']
    sources = [f"const char *words[] = {{{text}}};" for text in texts]
    found = diff_modules(*(read(compiled(one, "-O1", "-g0").read_bytes(), "a.o") for one in sources))
    assert [one.name for one in found.entries if (one.group, one.change) == ("data", "added")] == [".rodata..L.str"]
    assert entry(found, "data", "changed").name == ".data.words"


# --- what cannot be read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("whole", [reference_link("nothing"), read(changed_object("nothing").read_bytes(), "a.o")])
def test_a_damaged_module_is_compared_as_far_as_it_can_be_read(whole: Module) -> None:
    for size in range(9, len(whole.data), 7):
        cut = read(whole.data[:size], "cut.wasm")
        for found in (diff_modules(whole, cut), diff_modules(cut, whole)):
            assert found.errors or len(cut.sections) < len(whole.sections)
            assert found.entries
            for one in found.entries:
                hunks(found, one)


def test_nothing_that_a_file_may_hold_upsets_it() -> None:
    random = Random(9)
    files = [reference_link("nothing").data, changed_object("nothing").read_bytes(), reference_output("kernel")]
    for _ in range(60):
        data = random.choice(files)
        flipped = bytearray(data)
        for _ in range(random.choice((1, 2, 5))):
            flipped[random.randrange(8, len(data))] = random.randrange(256)
        found = diff_modules(read(data, "a"), read(bytes(flipped), "b"))
        assert found.same == (not found.entries)
        for one in found.entries:
            hunks(found, one)


def test_rows_show_all_of_both_sides(tmp_path: Path) -> None:
    found = difference("a local")
    one = entry(found, "functions", "changed")
    listed = rows(found, one)
    for side, thing, lines in (
        (found.a, one.before, [row.before for row in listed]),
        (found.b, one.after, [row.after for row in listed]),
    ):
        assert thing is not None
        spans = [(line.start, line.end) for line in lines if line is not None]
        assert spans == sorted(spans)
        assert spans[-1][1] == thing.end
        assert isinstance(side.module, Module)


# --- what buggy linkers wrote -----------------------------------------------------------------------------------

BROKEN = ROOT / "samples" / "broken"
CASES = tomllib.loads((BROKEN / "cases.toml").read_text())


ELSEWHERE = {
    "weak-over-strong": "limit",  # the call is to what has that name; its body is another one
    "got-empty": "GOT.data.internal.limit",  # the code asks for the right global; its value is another one
    "table-sorted": "first",  # a table slot in data is a number as any other; in code it is where a relocation was
}
"""Where else the difference is told than at the sites that are wrong."""


@pytest.mark.parametrize("name", CASES)
def test_a_fault_of_a_linker_is_a_change_and_nothing_that_moved(name: str) -> None:
    case, folder = CASES[name], BROKEN / name
    right = reference(shlex.split(case["link"]), folder).output
    wrong = (folder / OUTPUT).read_bytes()
    found = diff_modules(read(right or b"", "right.wasm"), read(wrong, "wrong.wasm"))
    changed = [one for one in found.entries if one.change in ("changed", "added")]
    if name in ELSEWHERE:
        assert [one.name for one in changed] == [ELSEWHERE[name]]
        return
    spans = [(one.after.start, one.after.end) for one in changed if one.after is not None]
    for site in case["sites"]:
        assert any(start <= site < end for start, end in spans), hex(site)
