"""Inputs watched on disk: when a change counts, and what the program makes of it."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest

from tests.toolchain import zig
from tests.tui.stage import HELLO, Stage, play
from wasmscope.debugger.question import Linker, Question
from wasmscope.debugger.reload import PATIENCE, Watched, is_whole
from wasmscope.link.load import file_stamp
from wasmscope.link.model import FileRead, Link
from wasmscope.tui.program import WasmscopeApp


@pytest.fixture(autouse=True)
def _quick_looks(monkeypatch) -> None:
    monkeypatch.setattr("wasmscope.tui.program.LOOK", 0.05)


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


def test_an_archive_is_whole_when_its_last_member_is(tmp_path) -> None:
    shutil.copy(HELLO[0], tmp_path / "a.o")
    zig("ar", "rcs", "lib.a", "a.o", cwd=tmp_path)
    path = tmp_path / "lib.a"
    assert is_whole(str(path))
    path.write_bytes(path.read_bytes()[:-100])
    assert not is_whole(str(path))
    path.unlink()
    assert not is_whole(str(path))


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
        paths[1].write_bytes(paths[1].read_bytes().replace(b"hello", b"howdy"))
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


def test_a_file_that_a_thin_archive_names_is_an_input_too(tmp_path) -> None:
    main, greet = (Path(shutil.copy(one, tmp_path)) for one in HELLO)
    zig("ar", "rcsT", "thin.a", greet.name, cwd=tmp_path)
    question, linker = Question((str(main), str(tmp_path / "thin.a"))), Linker()

    async def scenario(stage: Stage) -> None:
        before = app.debugger.link
        greet.write_bytes(greet.read_bytes().replace(b"hello", b"howdy"))
        os.utime(greet, ns=(1, 1))
        await stage.until(lambda: app.debugger.link is not before)
        assert b"howdy" in app.debugger.link.emit.data
        greet.unlink()
        await stage.until(lambda: "greet.o is gone" in stage.text())
        assert b"howdy" in app.debugger.link.emit.data

    app = WasmscopeApp(linker.link, linker.link(question), "", question)
    play(app, scenario)


def test_a_broken_file_leaves_the_link_on_screen_with_the_error(tmp_path) -> None:
    async def scenario(stage: Stage, app: WasmscopeApp, paths: list[Path]) -> None:
        before = app.debugger.link
        paths[0].write_bytes(paths[0].read_bytes()[:300])
        await stage.keys("R")
        await stage.until(lambda: "the link before stays" in stage.text())
        assert app.debugger.link is before
        assert app.notice.endswith("main.o: malformed uleb128, extends past end (section data, offset 0x12c)")
        paths[0].write_bytes(HELLO[0].read_bytes())
        await stage.until(lambda: app.debugger.link is not before)
        assert not app.debugger.link.failed

    on_copies(tmp_path, scenario)


def test_a_reload_without_an_input_names_it(tmp_path) -> None:
    async def scenario(stage: Stage, app: WasmscopeApp, paths: list[Path]) -> None:
        before = app.debugger.link
        paths[0].unlink()
        await stage.keys("R")
        await stage.until(lambda: "the link before stays" in stage.text())
        assert app.notice == f"the link before stays, as now: cannot open {paths[0]}: No such file or directory"
        assert app.debugger.link is before
        assert "! out of date" in stage.lines()[0]

    on_copies(tmp_path, scenario)


def test_a_file_that_is_gone_is_told_and_what_was_passed_over_is_no_news(tmp_path) -> None:
    path, other = (Path(shutil.copy(one, tmp_path)) for one in HELLO)
    found = Watched([FileRead(str(one), one.read_bytes(), 0, file_stamp(str(one))) for one in (path, other)])
    path.unlink()
    other.write_bytes(other.read_bytes()[:100])
    looks = [found.changed() for _ in range(PATIENCE + 2)]
    assert looks == [[]] * len(looks)  # a build is under way: all that changed is linked together
    assert found.gone == [str(path)]
    path.write_bytes(HELLO[0].read_bytes())
    assert [found.changed(), found.changed()][-1] == [str(path), str(other)]
    assert found.gone == []
    found.pass_over()
    assert found.changed() == []


def test_a_pipe_is_never_read_to_see_whether_it_is_whole(tmp_path) -> None:
    path = Path(shutil.copy(HELLO[0], tmp_path / "a.o"))
    found = watched(path)
    path.unlink()
    os.mkfifo(path)  # opening it would wait for a writer, for ever
    assert [found.changed() for _ in range(PATIENCE + 2)][-1] == []
    assert found.gone == [str(path)]


def test_a_file_that_is_gone_is_said_until_it_is_back(tmp_path) -> None:
    async def scenario(stage: Stage, app: WasmscopeApp, paths: list[Path]) -> None:
        before = app.debugger.link
        paths[0].unlink()
        await stage.until(lambda: "main.o is gone" in stage.text())
        await stage.keys("S")
        assert "main.o is gone" not in stage.text()
        assert "out of date" in stage.lines()[0]
        paths[0].write_bytes(HELLO[0].read_bytes())
        await stage.until(lambda: app.debugger.link is not before)
        await stage.settle()
        assert "out of date" not in stage.lines()[0]

    on_copies(tmp_path, scenario)


def test_a_link_that_was_not_waited_for_is_made_when_an_input_changes_again(tmp_path) -> None:
    may = threading.Event()

    def slow(question: Question) -> Link:
        may.wait(20)
        return Linker().link(question)

    async def scenario(stage: Stage, app: WasmscopeApp, paths: list[Path]) -> None:
        app.background._linker = slow
        before = app.debugger.link
        paths[1].write_bytes(HELLO[1].read_bytes())
        await stage.until(lambda: app.background.waiting)
        app.stop()
        assert not app.background.waiting
        may.set()
        paths[1].write_bytes(HELLO[1].read_bytes())
        await stage.until(lambda: app.debugger.link is not before)

    on_copies(tmp_path, scenario)


def test_questions_asked_before_the_answer_is_there_are_asked_together(tmp_path) -> None:
    async def scenario(stage: Stage, app: WasmscopeApp, paths: list[Path]) -> None:
        app.run_line("set --no-gc-sections")
        app.run_line("set --export-all")
        app.run_line("diff --strip-all")  # a link to compare with is another matter
        await stage.until(lambda: not app.background.waiting)
        assert app.debugger.question.more == ("--no-gc-sections", "--export-all")
        app.run_line("set --export-dynamic")
        app.stop()
        app.run_line("set --no-entry")
        await stage.until(lambda: not app.background.waiting)
        assert app.debugger.question.more == ("--no-gc-sections", "--export-all", "--no-entry")

    on_copies(tmp_path, scenario)
