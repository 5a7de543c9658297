"""Inputs watched on disk: when a change counts, and what the program makes of it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.tui.stage import HELLO, Stage, play
from wasmscope.debugger.question import Linker, Question
from wasmscope.debugger.reload import PATIENCE, Watched, is_whole
from wasmscope.link.load import file_stamp
from wasmscope.link.model import FileRead
from wasmscope.tui.program import WasmscopeApp


def watched(path: Path) -> Watched:
    return Watched([FileRead(str(path), path.read_bytes(), 0, file_stamp(str(path)))])


def test_a_change_counts_once_the_file_is_whole_and_stays_the_same(tmp_path) -> None:
    path = Path(shutil.copy(HELLO[0], tmp_path / "a.o"))
    whole = HELLO[1].read_bytes()
    found = watched(path)
    assert found.changed() == []
    path.write_bytes(whole[:200])
    assert found.changed() == []  # it may still change
    assert found.changed() == []  # it is not whole
    path.write_bytes(whole)
    assert found.changed() == []
    assert found.changed() == [str(path)]


def test_a_file_deleted_and_made_anew_is_waited_for(tmp_path) -> None:
    path = Path(shutil.copy(HELLO[0], tmp_path / "a.o"))
    found = watched(path)
    path.unlink()
    assert found.changed() == found.changed() == []
    path.write_bytes(HELLO[1].read_bytes())
    assert found.changed() == []
    assert found.changed() == [str(path)]


def test_a_file_that_stays_broken_is_news_after_a_while(tmp_path) -> None:
    path = Path(shutil.copy(HELLO[0], tmp_path / "a.o"))
    found = watched(path)
    path.write_bytes(HELLO[0].read_bytes()[:100])
    looks = [found.changed() for _ in range(PATIENCE + 3)]
    assert looks[-1] == [str(path)]
    assert looks[PATIENCE - 1] == []


def test_what_is_whole(tmp_path) -> None:
    data, path = HELLO[0].read_bytes(), tmp_path / "a.o"
    for contents, whole in ((data, True), (data[:-1], False), (data[:8], True), (data[:3], False), (b"", False),
                            (b"!<arch>\n", True), (b"not wasm at all", True)):  # fmt: skip
        path.write_bytes(contents)
        assert is_whole(str(path)) == whole, contents[:20]


def on_copies(tmp_path: Path, scenario) -> None:
    """Run `scenario` on a link of copies of samples/hello, which may be overwritten."""
    paths = [Path(shutil.copy(one, tmp_path)) for one in HELLO]
    question, linker = Question(tuple(map(str, paths))), Linker()
    app = WasmscopeApp(linker.link, linker.link(question), "", question)

    async def told(stage: Stage) -> None:
        await scenario(stage, app, paths)

    play(app, told)


def test_an_input_that_changes_is_linked_again_and_the_reader_stays_where_they_are(tmp_path) -> None:
    async def scenario(stage: Stage, app: WasmscopeApp, paths: list[Path]) -> None:
        await stage.keys("g")
        await stage.type("greet")
        before = app.debugger.link
        symbol, step = app.place.symbol, app.place.step
        data = paths[1].read_bytes()
        paths[1].write_bytes(data.replace(b"Hello", b"Howdy") if b"Hello" in data else data.replace(b"hello", b"howdy"))
        os.utime(paths[1], ns=(1, 1))
        await stage.until(lambda: app.debugger.link is not before)
        assert app.debugger.before.link is before
        assert app.place.symbol.name == symbol.name
        assert app.place.symbol is not symbol
        assert app.place.step == step
        assert "linked again" in stage.text()
        renewed = app.opened.renewed
        assert renewed
        await stage.keys("2", "end")
        await stage.until(lambda: "∆" in stage.text())

    on_copies(tmp_path, scenario)


def test_a_broken_file_leaves_the_link_on_screen_with_the_error(tmp_path) -> None:
    async def scenario(stage: Stage, app: WasmscopeApp, paths: list[Path]) -> None:
        before = app.debugger.link
        paths[0].write_bytes(paths[0].read_bytes()[:300])
        await stage.keys("R")
        await stage.until(lambda: "the link before stays" in stage.text())
        assert app.debugger.link is before
        paths[0].write_bytes(HELLO[0].read_bytes())
        await stage.until(lambda: app.debugger.link is not before)
        assert not app.debugger.link.failed

    on_copies(tmp_path, scenario)
