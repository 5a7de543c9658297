"""Sessions on disk: what was left comes back by name, also after a build in between; files are whole or not there."""

from __future__ import annotations

import json
import os
import shutil
import time

import pytest

from tests.tui.stage import HELLO
from tests.tui.test_terminal import Terminal
from wasmscope.debugger import saved
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.question import Linker, Question
from wasmscope.debugger.session import Debugger, opened_on


def session(*words: str) -> Debugger:
    return opened_on(Question(tuple(map(str, words or HELLO))), Linker())


def left(debugger: Debugger, *lines: str) -> saved.Facts:
    for line in lines:
        answer = COMMANDS.run(debugger, line)
        assert not answer.refused, answer.notice
    return json.loads(json.dumps(saved.facts_of(debugger)))


def test_place_stops_watches_and_checkpoints_come_back() -> None:
    first = session()
    facts = left(
        first, "break symbol greet*", "break emit", "disable 2", "watch greet.state", "goto @44", "checkpoint here",
        "view symbols", "goto @77", "goto greet",
    )  # fmt: skip
    second = session()
    saved.restore(second, facts)
    assert [(one.spec, one.enabled) for one in second.stops.breakpoints] == [
        (one.spec, one.enabled) for one in first.stops.breakpoints
    ]
    assert [one.spec for one in second.stops.watches] == ["greet.state"]
    assert not COMMANDS.run(second, "goto $here").refused
    assert second.place.step == 44
    saved.restore(session(), facts)
    third = session()
    saved.restore(third, facts)
    assert (third.place.step, third.place.view) == (first.place.step, first.place.view)
    assert third.place.symbol is not None
    assert third.place.symbol.name == "greet"
    assert (third.place.start, third.place.end) == (first.place.start, first.place.end)


@pytest.mark.parametrize("view", ["symbols", "relocs", "bytes"])
def test_whatever_is_looked_at_comes_back(view: str) -> None:
    """Also what is not the first of its symbol: a relocation, an atom without a name of its own, a file."""
    first, second = session(), session()
    opened = first.opened
    merged = dict.fromkeys(merge.atom for merge in first.link.layout.merges.values())
    things: list[object] = [*merged, *opened.symbols, *opened.steps.symbols.atoms, *first.link.load.files]
    things += (opened.steps.places.relocation_at(row) for row in range(first.link.relocate.first[-1]))
    shown = 0
    for number, thing in enumerate(things[::2]):
        left(first, f"goto @{number}")
        place = first.followed(thing)
        if isinstance(place, str):
            continue
        first.go(place)
        left(first, f"view {view}")
        saved.restore(second, left(first))
        assert repr(second.place) == repr(first.place), thing
        shown += 1
    assert shown >= 30


def test_another_link_of_the_inputs_has_the_same_place_by_name() -> None:
    facts = left(session(), "goto greet", "goto @59")
    other = session("--no-gc-sections", *map(str, HELLO))
    saved.restore(other, facts)
    assert other.steps[other.place.step].phase == "mark"
    assert "greet" in other.steps[other.place.step].text


def test_a_link_that_fails_leaves_the_place_where_it_was(tmp_path) -> None:
    """The session file of working, failing and working links of the same inputs; and one session over all of them."""
    path, first = tmp_path / "x.json", session()
    saved.SessionFile(path).keep(left(first, "view symbols", "goto @100", "goto greet"))
    file, failing = saved.SessionFile(path), session("--strict", "--entry=nothing", *map(str, HELLO))
    assert failing.steps.failures
    saved.restore(failing, file.facts)
    assert failing.place.step > len(failing.steps) - len(failing.steps.failures)
    file.keep(left(failing, "goto @3", "note seen"))
    assert kept(path)["place"]["moment"] == kept(path)["place"]["moment"] | {"phase": first.steps.locate(100)[0]}
    assert [one["text"] for one in kept(path)["notes"]] == ["seen"]
    again = session()
    saved.restore(again, saved.SessionFile(path).facts)
    mended = session("--entry=nothing", *map(str, HELLO))
    saved.restore(mended, saved.SessionFile(path).facts)
    assert mended.steps.failures
    left(mended, "set --entry=_start")
    for one in (again, mended):
        assert one.place.symbol is not None
        assert (one.place.step, one.place.symbol.name) == (100, "greet")
    left(again, "goto @90", "goto count", "set --entry=nothing")
    assert again.steps.failures
    assert left(again, "goto @2")["place"] == left(again, "goto @3")["place"]
    left(again, "unset --entry")
    assert again.place.symbol is not None
    assert (again.place.step, again.place.symbol.name) == (90, "count")
    left(again, "back")
    assert again.place.step == 3


@pytest.mark.parametrize(
    "facts",
    [
        {}, {"version": 2}, {"version": 2, "place": 7, "breakpoints": "x", "watches": [3], "checkpoints": [{}]},
        {"version": 2, "place": {"view": "No", "moment": {"phase": "no", "row": 9, "name": ""}, "bytes": [5, 1 << 40]}},
        {"version": 2, "place": {"things": {"symbol": ["symbol", "", "gone", 0], "atom": 3}}},
        {"version": 2, "place": {"file": "gone.o", "bytes": [0, 1]}},
        {"version": 2, "breakpoints": [{"spec": "gone"}, {"spec": "symbol gone"}], "watches": [{"spec": "gone"}]},
    ],
)  # fmt: skip
def test_what_is_not_understood_or_gone_stays_away(facts) -> None:
    debugger = session()
    saved.restore(debugger, facts)
    assert debugger.place.step == len(debugger.steps)
    assert not COMMANDS.run(debugger, "continue-back").refused


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch) -> None:
    path = tmp_path / "state" / "x.json"
    saved.save(path, {"version": 2, "place": {"file": "a\udc80b"}})
    assert saved.load(path)["place"]["file"] == "a\udc80b"

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    def is_interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    for does, error in ((fails, OSError), (is_interrupted, KeyboardInterrupt)):
        monkeypatch.setattr(os, "replace", does)
        with pytest.raises(error):
            saved.save(path, {"version": 2})
    assert [one.name for one in path.parent.iterdir()] == ["x.json"]
    assert "place" in saved.load(path)


def test_a_file_of_something_else_is_no_session(tmp_path) -> None:
    path = tmp_path / "x.json"
    for text in ("", "[1]", "{", '{"version": 99}'):
        path.write_text(text)
        assert saved.load(path) == {}


def test_the_file_is_that_of_the_inputs(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert saved.path_of(["a.o"]) == saved.path_of([str(tmp_path / "a.o")])
    assert saved.path_of(["a.o"]) != saved.path_of(["a.o", "b.o"])
    assert saved.path_of(["a.o"]).parent == tmp_path / "wasmscope"


def test_the_program_brings_the_session_back(tmp_path) -> None:
    kept_in = {"XDG_STATE_HOME": str(tmp_path / "state")}
    for path in HELLO:
        shutil.copy(path, tmp_path)
    words = [str(tmp_path / path.name) for path in HELLO]
    with Terminal(*words, environment=kept_in) as terminal:
        terminal.read(b"linked")
        terminal.send("g@44\r")
        terminal.read(b"@44")
        terminal.send("2q")
        terminal.read(b"\x1b[?1049l")
        assert terminal.process.wait(20) == 0
    with Terminal(*words, environment=kept_in) as terminal:
        terminal.read(b"@44")
        terminal.send("q")
        terminal.read(b"\x1b[?1049l")
    kept = json.loads(next((tmp_path / "state" / "wasmscope").iterdir()).read_text())
    assert kept["place"]["view"] == "Symbols"
    assert kept["place"]["moment"]["phase"] == "resolve"


def kept(path) -> saved.Facts:
    """What two programs over the same inputs left in a file."""
    return json.loads(path.read_text())


def test_two_programs_lose_nothing_of_each_other(tmp_path) -> None:
    path = tmp_path / "x.json"
    saved.SessionFile(path).keep(left(session(), "break emit", "break greet", "goto greet", "note first"))
    one, other = saved.SessionFile(path), saved.SessionFile(path)
    mine, theirs = session(), session()
    saved.restore(mine, one.facts)
    saved.restore(theirs, other.facts)
    one.keep(left(mine, "delete 1", "goto @44", "mark m"))
    other.keep(left(theirs, "goto count", "note second", "mark n"))
    one.keep(left(mine, "mark o"))
    assert {found["letter"] for found in kept(path)["marks"]} == {"m", "n", "o"}
    assert {found["text"] for found in kept(path)["notes"]} == {"first", "second"}
    assert [found["spec"] for found in kept(path)["breakpoints"]] == ["symbol greet"]  # what was deleted stays away


def test_what_stays_the_same_is_not_written_again(tmp_path) -> None:
    path = tmp_path / "x.json"
    facts = left(session(), "goto greet")
    file = saved.SessionFile(path)
    file.keep(facts)
    path.unlink()
    file.keep(facts)
    assert not path.exists()


def test_a_file_that_is_not_understood_is_put_aside(tmp_path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"version": 2, "notes": [{"text": "precious')
    file = saved.SessionFile(path)
    assert file.strange
    assert file.facts == {}
    file.keep(left(session(), "goto greet"))
    assert "precious" in (tmp_path / "x.json.old").read_text()
    assert kept(path)["version"] == saved.VERSION


def test_a_killed_program_has_kept_its_session(tmp_path) -> None:
    with Terminal("main.o", "greet.o", environment={"XDG_STATE_HOME": str(tmp_path)}) as terminal:
        terminal.read(b"linked")
        terminal.send("ma")
        end = time.monotonic() + 20
        while not list(tmp_path.glob("wasmscope/*.json")) and time.monotonic() < end:
            terminal.read()
        terminal.process.kill()
    (path,) = tmp_path.glob("wasmscope/*.json")
    assert [found["letter"] for found in kept(path)["marks"]] == ["a"]


def test_a_folder_that_cannot_be_written_is_said_and_the_program_goes_on(tmp_path) -> None:
    (tmp_path / "state").write_text("no folder")
    with Terminal("main.o", "greet.o", environment={"XDG_STATE_HOME": str(tmp_path / "state")}) as terminal:
        terminal.read(b"kept:")
        terminal.send("g@44\r")
        terminal.read(b"@44")
        terminal.send("q")
        terminal.read(b"the session is not kept: cannot write")
        assert terminal.process.wait(20) == 0
