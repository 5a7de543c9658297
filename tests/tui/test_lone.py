"""The screen over a finished module without its objects."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.samples import FOLDER
from tests.toolchain import reference
from tests.tui.stage import Stage, matches, play
from wasmscope.debugger.lone.cards import module_lines
from wasmscope.debugger.lone.commands import NO_STEPS
from wasmscope.debugger.lone.opened import OpenedModule
from wasmscope.debugger.lone.session import LoneSession
from wasmscope.format.leb128 import uleb
from wasmscope.format.module import read
from wasmscope.tui.module_program import ModuleApp
from wasmscope.tui.palette_commands import choices

HELLO = [str(FOLDER / "hello" / name) for name in ("main.o", "greet.o")]
SIZES = {"wide": (120, 36), "small": (80, 24)}
VIEWS = ("module", "items", "relocs", "bytes", "diff", "why")


def app_over(*options: str) -> ModuleApp:
    output = reference([*HELLO, "--import-undefined", *options]).output or b""
    return ModuleApp(read(output, "hello.wasm"))


def on(size: tuple[int, int], scenario: Callable[[Stage, ModuleApp], Awaitable[None]], *options: str) -> None:
    app = app_over(*options)

    async def told(stage: Stage) -> None:
        await scenario(stage, app)

    play(app, told, size)


@pytest.mark.parametrize("name", SIZES)
def test_the_views_read_as_their_snapshots(name: str) -> None:
    async def scenario(stage: Stage, app: ModuleApp) -> None:
        await stage.keys("colon")
        await stage.type("goto greet")
        for number, view in enumerate(VIEWS, 1):
            await stage.keys(str(number))
            await stage.until(lambda: "being" not in stage.text())
            matches(f"lone-{view}-{name}", stage.snapshot())

    on(SIZES[name], scenario, "--emit-relocs")


def test_a_type_is_whole_on_80_columns_where_the_other_columns_leave_it_room() -> None:
    async def scenario(stage: Stage, app: ModuleApp) -> None:
        await stage.keys("2")
        listed = stage.text().partition("Items")[2].partition("Code")[0]
        shown = [one.what for one in app.debugger.opened.rows[1:5]]
        assert all(one in listed for one in shown), shown
        assert "← env.log" in listed or "← wasi" in listed

    on((80, 24), scenario)


def test_a_size_of_nine_digits_stands_apart_from_its_offset() -> None:
    size = 100_000_000
    module = read(b"\0asm\1\0\0\0\0" + uleb(size) + b"\1x" + bytes(size - 2), "large.wasm")
    lines = ["".join(text for text, _ in one.spans) for one in module_lines(LoneSession(OpenedModule(module)).scene())]
    assert [line.split() for line in lines if line.endswith(" x")] == [["0x000008", f"{size + 5:,}", "x"]]


def test_a_module_that_changes_on_disk_is_read_again_once_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wasmscope.tui.module_program.LOOK", 0.05)
    path = tmp_path / "hello.wasm"
    first, other = (reference([*HELLO, "--import-undefined", *more]).output for more in ((), ("--export-all",)))
    path.write_bytes(first)
    app = ModuleApp(read(first, str(path)))

    async def scenario(stage: Stage) -> None:
        await stage.keys("colon")
        await stage.type("goto greet")
        path.write_bytes(other[:-40])
        await stage.until(lambda: "is not whole" in stage.text())
        assert app.debugger.opened.module.data == first
        path.write_bytes(other)
        await stage.until(lambda: app.debugger.opened.module.data == other)
        assert app.debugger.opened.naming.of(app.debugger.place.item) == "greet"
        assert "read again" in stage.text()

    play(app, scenario, (100, 30))


def test_enter_leads_from_an_export_to_its_code_and_its_bytes() -> None:
    async def scenario(stage: Stage, app: ModuleApp) -> None:
        await stage.keys("tab", "tab", "down", "enter")
        exports = app.debugger.opened.lone.exports
        assert app.debugger.place.view == 1
        assert app.debugger.place.item == (exports[1].kind, exports[1].number)
        start = app.debugger.place.start
        await stage.keys("enter")
        assert (app.debugger.place.view, app.debugger.place.start) == (3, start)
        await stage.keys("u", "u")
        assert app.debugger.place.view == 0

    on((120, 36), scenario)


def test_keys_of_time_say_why_they_do_nothing() -> None:
    async def scenario(stage: Stage, app: ModuleApp) -> None:
        for key in ("s", "n", "f", "c", "b", "w", "minus", "t", "equals_sign"):
            await stage.keys(key)
            assert NO_STEPS in stage.text()

    on((120, 36), scenario)


def test_code_that_is_none_says_why_beside_its_bytes_in_its_card_and_by_a_key() -> None:
    """`sleb-unsigned` has an operand that no engine reads."""
    path = FOLDER / "broken" / "sleb-unsigned" / "linked.wasm"
    why = "i32.const: LEB is outside"

    async def scenario(stage: Stage) -> None:
        await stage.keys("2")
        lines = stage.lines()
        assert any("41 80 80 80 80 08 21… ? " + why in line for line in lines)  # the code, at any column
        assert any("│! " + why in line for line in lines)  # the card
        await stage.keys("exclamation_mark")
        await stage.until(lambda: "undecodable-code" in stage.text())
        assert "an engine refuses the module" in stage.text()

    play(ModuleApp(read(path.read_bytes(), "linked.wasm")), scenario, (120, 36))


def test_an_indirect_call_says_its_type_and_columns_of_code_stay() -> None:
    path = FOLDER / "broken" / "type-not-renumbered" / "linked.wasm"

    async def scenario(stage: Stage) -> None:
        await stage.keys("2", "down")
        lines = stage.lines()
        assert any("call_indirect (type 0)  <(i64, i32) -> i64" in line for line in lines)
        (column,) = {line.index("local.get 0") for line in lines if "local.get 0" in line}
        await stage.keys("down")  # a function of shorter lines
        assert [line.index("local.get 0") for line in stage.lines() if "local.get 0" in line] == [column]

    play(ModuleApp(read(path.read_bytes(), "linked.wasm")), scenario, (140, 36))


def test_a_module_without_relocations_says_so_in_one_line() -> None:
    async def scenario(stage: Stage, app: ModuleApp) -> None:
        await stage.keys("3")
        assert "no relocation was kept" in stage.text()

    on((80, 24), scenario)


@pytest.mark.parametrize("size", [(40, 12), (59, 20), (80, 14), (100, 30), (200, 60)])
def test_every_view_and_pane_in_every_size(size: tuple[int, int]) -> None:
    async def scenario(stage: Stage, app: ModuleApp) -> None:
        for view in "123456":
            await stage.keys(view, "tab", "tab", "down", "enter", "z", "z", "question_mark", "escape")

    on(size, scenario)


def test_a_module_is_read_again() -> None:
    async def scenario(stage: Stage, app: ModuleApp) -> None:
        await stage.keys("R")
        assert "the module before stays" in stage.text()

    on((80, 24), scenario)


def test_the_help_and_the_palette_leave_out_what_only_a_link_has() -> None:
    async def scenario(stage: Stage, app: ModuleApp) -> None:
        await stage.keys("question_mark")
        assert "Moving in time" not in stage.text()
        assert "step" not in [one.line for one in choices(app)]
        assert "goto" in [one.line for one in choices(app)]

    on((120, 60), scenario)


def test_marks_and_notes_are_made_with_keys_and_outlive_a_rebuild(tmp_path: Path) -> None:
    path = tmp_path / "hello.wasm"
    path.write_bytes(reference([*HELLO, "--import-undefined"]).output or b"")
    app = ModuleApp(read(path.read_bytes(), str(path)))

    async def scenario(stage: Stage) -> None:
        await stage.keys("g")
        await stage.type("greet")
        await stage.keys("m", "g")
        assert "marked as g: function greet" in stage.text()
        await stage.keys("semicolon")
        await stage.type("says hello")
        table = next(line for line in stage.lines() if " greet " in line and "function" in line)
        assert ";" in table
        assert "says hello" in stage.text()
        await stage.keys("backslash")
        await stage.type("kind:function")
        path.write_bytes(reference([*HELLO, "--import-undefined", "--no-gc-sections"]).output or b"")
        await stage.keys("R")
        assert "read again" in stage.text()
        assert app.debugger.opened.naming.of(app.debugger.place.item) == "greet"
        assert "filter: kind:function" in stage.text()
        await stage.keys("1", "apostrophe", "g")
        assert app.debugger.place.view == 1
        assert "says hello" in stage.text()

    play(app, scenario)


def test_letters_of_bytes_are_explained() -> None:
    async def scenario(stage: Stage, app: ModuleApp) -> None:
        await stage.keys("4", "home", "z")
        assert "!! error  . here: no section ─┘" in stage.text()
        await stage.keys("end", "p", "p")
        assert "── t here: section target_features ─┘" in stage.text()
        await stage.keys("g")
        await stage.type("mem:0")
        assert "── s here: stack ─┘" in stage.text()

    on((120, 36), scenario, "-z", "stack-size=64")
