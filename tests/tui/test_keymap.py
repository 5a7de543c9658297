"""Keys of one's own: ids, presets, a file of keys and what is wrong in it, and that the screen tells the real keys."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.tui.stage import HELLO, Stage, linked, opened, play
from wasmscope.cli.main import main
from wasmscope.errors import OptionError
from wasmscope.tui.keymap import PRESETS, PROGRAM, clashes, key_name, known
from wasmscope.tui.program import WasmscopeApp
from wasmscope.tui.settings import Settings, read_settings, settings


def app_with(text: str) -> WasmscopeApp:
    """The app on samples/hello with a file of keys."""
    made = linked(*HELLO)
    return WasmscopeApp(lambda: made, made, settings=read_settings(text, "keys.toml"))


def test_every_binding_has_an_id_words_and_a_place_in_the_list_of_keys() -> None:
    assert len(known()) > 50
    for id, one in known().items():
        assert one.about, id
        assert "." in id, id
    for id in ("time.step", "move.up", "tree.open", "bytes.mode", "space.next-chain", "prompt.complete", "text.close"):
        assert id in known()


@pytest.mark.parametrize("preset", PRESETS)
def test_no_key_of_a_preset_means_two_things_to_the_program(preset: str) -> None:
    keys = [
        key
        for one in known().values()
        if one.where == PROGRAM
        for key in PRESETS[preset].get(one.id, one.keys).split(",")
    ]
    assert len(keys) == len(set(keys)), sorted(key for key in keys if keys.count(key) > 1)


@pytest.mark.parametrize(
    ("typed", "name"),
    [("?", "question_mark"), ("o", "o"), (",", "comma"), ("F3", "f3"), ("Enter", "enter"), ("ctrl+x", "ctrl+x"),
     ("shift+tab", "shift+tab"), ("space", "space"), ("full_stop", "full_stop"), ("slash", "slash"),
     ("Ctrl+D", "ctrl+d"), ("ctrl+shift+Q", "ctrl+shift+q"), ("Alt+X", "alt+X"),
     ("PgUp", "pageup"), ("esc", "escape"), ("ctrl+PgDn", "ctrl+pagedown")],
)  # fmt: skip
def test_keys_are_written_as_people_write_them(typed: str, name: str) -> None:
    assert key_name(typed) == name


@pytest.mark.parametrize("typed", ["", "oo", "ctrl+", "hyperspace", "mod+x"])
def test_what_is_no_key_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        key_name(typed)


def test_every_mistake_in_a_file_is_named_with_its_line_and_the_rest_holds() -> None:
    made = read_settings(
        'preset = "emacs"\ntheme = "light"\ntime.over = "O"\ntime.ovr = "p"\nmove.up = "nokey"\n\n[view]\nzoom = 3\n'
        'link = "s"\n',
        "keys.toml",
    )
    assert made.theme == "light"
    assert made.keys == {"time.over": "O"}
    assert [text.split(": ", 1)[0] for text in made.problems] == [
        "keys.toml:1", "keys.toml:4", "keys.toml:5", "keys.toml:8", "keys.toml:9",
    ]  # fmt: skip
    told = "\n".join(made.problems)
    assert "there is no preset emacs: they are gdb, vim" in told
    assert "did you mean time.over?" in told
    assert "nokey is no key" in told
    assert "s is the key of time.step" in told


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        ("time.over = \n", "line 2"),
        ("time.over = [\n  'p',\n  'P'\nmove.up = 'k'\n", "at line"),  # not closed: the statement begins in line 2
        ("time.over = '''\np\n", "end of document"),
        ("preset = 'gdb'\n", "line 2"),  # set twice
        ("[time\nover = 'p'\n", "line 2"),
    ],
)
def test_what_stands_before_a_line_that_is_no_toml_holds(broken: str, where: str) -> None:
    made = read_settings(f'preset = "vim"\n{broken}view.zoom = "Z"\n', "keys.toml")
    assert made.keys == PRESETS["vim"]
    (told,) = made.problems
    assert where in told
    assert told.endswith("the rest, from line 2 on, was not read")


@pytest.mark.parametrize("text", ["time.over = \n", "time.over", 'a = """\n' + "no end\n" * 2_000])
def test_of_a_file_that_is_no_toml_from_the_start_nothing_is_read(text: str) -> None:
    made = read_settings(text, "keys.toml")
    assert made.keys == {}
    assert made.problems[0].endswith("nothing of it was read")


def test_two_bindings_cannot_have_one_key() -> None:
    assert "time.step" in clashes({"view.zoom": "s"}, ["view.zoom"])["view.zoom"]
    assert not clashes({"view.zoom": "s", "time.step": "alt+x"}, ["view.zoom", "time.step"])
    assert clashes({"move.up": "s"}, ["move.up"])  # the program takes its keys before panes do


def test_a_key_is_not_given_twice_in_one_kind_of_pane() -> None:
    made = read_settings('move.first = ["alt+x", "alt+y"]\nmove.last = "alt+y"\ntree.open = "alt+y"', "keys.toml")
    assert made.problems == ["keys.toml:2: move.last: alt+y is the key of move.first: give that another one first"]


def test_who_loses_a_key_to_another_no_longer_says_that_it_has_it() -> None:
    app = app_with(
        'time.over = "j"\nmove.page-down = "Ctrl+D"\napp.leave = "q"\nmove.first = "alt+h"\nmove.up = "home"'
    )

    async def scenario(stage: Stage) -> None:
        assert not app.settings.problems
        await stage.keys("2", "question_mark")
        told = stage.text()
        for keys, about in (
            ("ctrl\\+d", "page down"), ("ctrl\\+u", "half a page up"), ("", "half a page down"), ("Down", "down"),
            ("Home", "up"), ("alt\\+h", "first"),
        ):  # fmt: skip
            assert re.search(rf"│   {keys} +{about} ", told), about
        await stage.keys("escape", "colon")
        await stage.type("settings")
        assert re.search(r"move.half-down +no key: another has it", stage.text())
        assert stage.text().count("no key:") == 1

    play(app, scenario)


def test_the_mark_that_some_editors_put_in_front_of_a_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text('theme = "light"\n', encoding="utf-8-sig")
    assert settings(str(tmp_path / "keys.toml")) == Settings(theme="light", path=str(tmp_path / "keys.toml"))


def test_the_file_is_found_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert settings() == Settings()
    (tmp_path / "wasmscope").mkdir()
    (tmp_path / "wasmscope" / "keys.toml").write_text('preset = "vim"\n')
    assert settings().keys == PRESETS["vim"]
    assert settings("gdb").keys == {}
    (tmp_path / "wasmscope" / "keys.toml").unlink()
    (tmp_path / "wasmscope" / "keys.toml").mkdir()
    assert settings().problems == [f"cannot open {tmp_path}/wasmscope/keys.toml: Is a directory"]
    other = tmp_path / "other.toml"
    other.write_text('view.zoom = "Z"\n')
    assert settings(str(other)).keys == {"view.zoom": "Z"}
    with pytest.raises(OptionError, match="presets are gdb, vim"):
        settings(str(tmp_path / "none"))


def test_the_vim_preset_searches_with_n_and_steps_over_with_o() -> None:
    app = app_with('preset = "vim"')

    async def scenario(stage: Stage) -> None:
        await stage.keys("g")
        await stage.type("top")
        await stage.keys("o")
        assert app.place.step == 14
        await stage.keys("O")
        assert app.place.step == 0
        await stage.keys("2", "slash")
        await stage.type("print")
        first = app.place.symbol
        await stage.keys("n")
        second = app.place.symbol
        assert second is not first
        await stage.keys("N")
        assert app.place.symbol is first
        assert "o O over" in stage.lines()[-1]
        await stage.keys("question_mark")
        assert re.search(r" o +over the object", stage.text())

    play(app, scenario)


def test_bindings_of_panes_can_be_changed_too_and_are_told() -> None:
    app = app_with('move.down = "alt+d"\nmove.up = ["up", "alt+e"]\nbytes.mode = "alt+p"\ntime.step-back = "alt+s"\n')

    async def scenario(stage: Stage) -> None:
        assert "alt+s steps back" in stage.text()
        await stage.keys("2")
        row = app.focused.cursor  # type: ignore[union-attr]
        await stage.keys("alt+d", "alt+d", "alt+e")
        assert app.focused.cursor == row + 1  # type: ignore[union-attr]
        await stage.keys("down")
        assert app.focused.cursor == row + 1  # type: ignore[union-attr]
        await stage.keys("alt+s", "4")
        assert app.place.step == 159
        assert "alt+p mode" in stage.lines()[-1]
        await stage.keys("question_mark")
        assert "alt+p shows labels" in " ".join(stage.text().split())

    play(app, scenario)


def test_stops_panels_and_prompts_tell_the_keys_as_they_are() -> None:
    app = app_with(
        'time.watch = "f8"\ntime.break = "f9"\ntime.run = "f7"\ntext.close = "alt+q"\nprompt.complete = "ctrl+n"\n'
        'space.references-in = "alt+x"\nmove.follow = "alt+f"\npicks.close = "alt+c"\n'
    )

    async def scenario(stage: Stage) -> None:
        assert "F8 watch  F9 break" in stage.text()
        await stage.keys("colon")
        assert "ctrl+n completes" in stage.lines()[-1]
        await stage.type("settings")
        assert "alt+q closes" in stage.text()
        assert re.search(r"keys from +keys.toml", stage.text())
        assert re.search(r"time.watch +F8", stage.text())
        await stage.keys("alt+q", "2", "alt+x")
        assert "alt+f goes there  alt+c closes" in stage.text()
        await stage.keys("alt+c", "1", "tab", "tab", "tab", "question_mark")
        assert "alt+f goes to who changed a watch last" in " ".join(stage.text().split())
        assert re.search(r"next; F7\b", stage.text())

    play(app, scenario)


def test_what_is_wrong_in_the_file_is_shown_and_nothing_stops() -> None:
    app = app_with('time.ovr = "o"\nmove.up = "nokey"\n')

    async def scenario(stage: Stage) -> None:
        assert "keys.toml:1: time.ovr" in stage.text()
        assert "(and 1 more)" in stage.text()
        await stage.keys("colon")
        await stage.type("settings")
        assert "nokey is no key" in stage.text()

    play(app, scenario)


def test_keys_all_lists_every_id() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys("colon")
        await stage.type("keys all")
        seen = stage.text()
        for _ in range(12):
            await stage.keys("pagedown")
            seen += stage.text()
        for id in known():
            assert id in seen, id

    play(app, scenario)


def test_a_click_on_a_key_of_the_bar_presses_it() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        bar = stage.lines()[-1]
        await stage.pilot.click("#keys", offset=(bar.index("s S step") + 2, 0))
        await stage.settle()
        assert app.place.step == 159
        await stage.pilot.click("#keys", offset=(bar.index("s S step") + 5, 0))
        await stage.settle()
        assert app.place.step == 160
        await stage.pilot.click("#keys", offset=(bar.index("? keys") + 3, 0))
        await stage.settle()
        assert "Moving in time" in stage.text()

    play(app, scenario)


@pytest.mark.parametrize("size", [(120, 36), (70, 24)])
def test_a_click_on_a_phase_goes_there(size: tuple[int, int]) -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        line = stage.lines()[1]
        x = line.index("layout") if "layout" in line else line.index("✓") + 3
        await stage.pilot.click("#time", offset=(x, 0))
        await stage.settle()
        assert app.place.step == app.debugger.steps.number("layout", 0)  # type: ignore[union-attr]

    play(app, scenario, size)


def test_the_command_line_lists_every_id(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", "keys"]) == 0
    said = capsys.readouterr().out
    assert all(f"  {id} " in said for id in known())
