"""Changing the question: the link made in the session is the one that wasm-ld makes of the command line it states."""

from __future__ import annotations

import shlex

import pytest

from tests.samples import SAMPLES
from tests.toolchain import reference
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.question import Linker, Question
from wasmscope.debugger.session import Debugger, opened_on
from wasmscope.link.model import Atom


def session(sample: str = "hello", *more: str, monkeypatch: pytest.MonkeyPatch) -> Debugger:
    one = SAMPLES[sample]
    monkeypatch.chdir(one.folder)
    return opened_on(Question((*one.link, *more, "-o", "linked.wasm")), Linker())


def run(debugger: Debugger, line: str) -> str:
    answer = COMMANDS.run(debugger, line)
    assert not answer.refused, answer.notice
    return "\n".join("".join(text for text, _ in one) for one in answer.lines)


@pytest.mark.parametrize(
    "lines",
    [
        ["set --no-gc-sections"],
        ["set --export=greet", "set --global-base=4096", "set --no-stack-first"],
        ["set --strip-all", "set --export-all", "unset --strip-all"],
        ["set -z stack-size=32768"],
        ["set --no-gc-sections", "set --gc-sections", "set --export-dynamic"],
    ],
)
def test_the_link_is_the_reference_s_of_the_command_line_that_is_stated(lines, monkeypatch) -> None:
    debugger = session(monkeypatch=monkeypatch)
    for line in lines:
        run(debugger, line)
    said = shlex.split(run(debugger, "command-line"))
    assert said[0] == "wasm-ld"
    assert debugger.link.emit is not None
    assert debugger.link.emit.data == reference(said[1:], SAMPLES["hello"].folder).output
    assert debugger.before is not None


def test_an_object_left_out_is_missed_by_those_that_need_it_as_by_the_reference(monkeypatch) -> None:
    debugger = session(monkeypatch=monkeypatch)
    run(debugger, "leave-out greet.o")
    said = run(debugger, "command-line")
    assert "greet.o" not in said
    texts = [one.text for one in debugger.link.diagnostics]
    assert not debugger.link.failed
    assert "--import-undefined" in debugger.link.assumed, texts
    run(debugger, "leave-out greet.o")
    assert not debugger.question.changed
    assert not debugger.link.assumed


@pytest.mark.parametrize("left_out", ["greet.o", "main.o"])
def test_what_is_assumed_is_in_the_command_line_that_is_stated(left_out: str, monkeypatch) -> None:
    debugger = session(monkeypatch=monkeypatch)
    run(debugger, f"leave-out {left_out}")
    assert debugger.link.assumed
    command, *notes = run(debugger, "command-line").splitlines()
    assert debugger.link.emit is not None
    assert debugger.link.emit.data == reference(shlex.split(command)[1:], SAMPLES["hello"].folder).output
    assert any(" ".join(debugger.link.assumed) in note for note in notes)


def test_a_member_left_out_cannot_be_said_in_a_command_line_and_that_is_said(monkeypatch) -> None:
    debugger = session("words", monkeypatch=monkeypatch)
    assert debugger.link.load is not None
    member = next(file for file in debugger.link.resolve.objects if "(puts.o)" in file.name)
    run(debugger, f"leave-out {member.name}")
    assert member.name not in [file.name for file in debugger.link.load.files]
    assert "no option does that" in run(debugger, "command-line")


def test_an_unplugged_function_is_undefined_where_it_was_called(monkeypatch) -> None:
    debugger = session(monkeypatch=monkeypatch)
    run(debugger, "goto greet")
    atom = debugger.place.atom
    assert isinstance(atom, Atom)
    run(debugger, "unplug")
    index, live = debugger.link.index, debugger.link.mark
    assert live is not None
    assert atom not in live.why
    assert index is not None
    assert "greet" in [one.name for one in index.imports]
    run(debugger, "unplug greet")
    assert not debugger.question.changed


def test_what_changes_nothing_or_is_no_option_is_refused(monkeypatch) -> None:
    debugger = session(monkeypatch=monkeypatch)
    run(debugger, "why .")  # nothing is looked at
    for line, why in (
        ("set --gc-sections", "that changes nothing"),
        ("set --nonsense", "unknown argument: --nonsense"),
        ("set greet.o", "is an input"),
        ("unset --gc-sections", "was not added"),
        ("leave-out", "leave which object out?"),
        ("leave-out nothing.o", "no object is called nothing.o"),
        ("unplug", "unplug which atom?"),
        ("unplug nobody", "no atom is called nobody"),
        ("unplug __wasm_call_ctors", "cannot be unplugged"),
    ):
        answer = COMMANDS.run(debugger, line)
        assert answer.refused, line
        assert why in answer.notice


def test_options_are_listed_with_what_they_are_now(monkeypatch) -> None:
    debugger = session(monkeypatch=monkeypatch)
    run(debugger, "set --no-gc-sections")
    lines = ["".join(text for text, _ in one.spans) for one in COMMANDS.run(debugger, "options gc-sections").picks]
    assert "*[ ] --gc-sections" in [line[:23].rstrip() for line in lines]
    assert "*[x] --no-gc-sections" in [line[:23].rstrip() for line in lines]
    run(debugger, "leave-out main.o")
    first = "".join(text for text, _ in COMMANDS.run(debugger, "options").picks[0].spans)
    assert first == "* as given again; now: --no-gc-sections, without main.o"


def test_the_words_for_a_command_of_ours_are_those_given_and_added_but_for_objects_left_out() -> None:
    given = Question(("main.o", "--no-entry", "greet.o"), strict=True)
    assert given.said() == ["--strict", "main.o", "--no-entry", "greet.o"]
    assert given.with_option("--export=greet").said() == ["--strict", *given.words, "--export=greet"]
    assert sorted(given.leaving_out("main.o").said()) == ["--no-entry", "--strict", "greet.o"]
    assert Question().said() == []


def test_what_was_assumed_in_vain_is_not_said_to_help(monkeypatch) -> None:
    debugger = session(monkeypatch=monkeypatch)
    run(debugger, "unplug .L.str.1")
    assert debugger.link.failed
    assert debugger.link.assumed
    assert "with and without it the link fails" in run(debugger, "command-line")
    run(debugger, "as-given")
    run(debugger, "leave-out greet.o")
    assert ": without it the link fails" in run(debugger, "command-line")


def test_what_is_chosen_among_the_options_is_done(monkeypatch) -> None:
    debugger = session(monkeypatch=monkeypatch)
    for name in ("no-gc-sections", "greet.o"):
        picks = COMMANDS.run(debugger, f"options {name}").picks
        number = next(i for i, one in enumerate(picks, 1) if name in "".join(text for text, _ in one.spans[1:]))
        run(debugger, f"pick {number}")
    assert debugger.question.changes() == ["--no-gc-sections", "without greet.o"]
    run(debugger, "options")
    run(debugger, "pick 1")
    assert not debugger.question.changed


def test_the_reader_stays_at_the_step_about_the_same_thing(monkeypatch) -> None:
    debugger = session(monkeypatch=monkeypatch)
    for name in ("greet", "visit_all"):
        symbol = debugger.link.resolve.by_name[name]
        placed = next(
            number for number in debugger.steps.of(symbol.target) if debugger.steps.locate(number)[0] == "index"
        )
        run(debugger, f"goto @{placed}")
        run(debugger, "set --no-gc-sections")
        assert debugger.steps[debugger.place.step].phase == "index"
        assert debugger.place.symbol.name == name
        run(debugger, "as-given")
        assert debugger.place.step == placed


def test_every_option_that_is_listed_can_be_chosen(monkeypatch) -> None:
    """What a line of the list begins is an option that is known, with a value where one is asked for."""
    debugger = session(monkeypatch=monkeypatch)
    begun = [one.target.text.removeprefix("set ") for one in COMMANDS.run(debugger, "options").picks
             if one.target.text.startswith("set ")]  # fmt: skip
    assert len(begun) == len(set(begun)) > 50
    assert {"-O ", "-z stack-size=", "--no-gc-sections", "--export="} <= set(begun)
    for text in begun:
        question = debugger.question.with_option(f"{text}7" if text.endswith(("=", " ")) else text)
        assert question.more or text in ("--gc-sections", "--demangle") or question == debugger.question, text


def test_a_value_of_nought_and_the_size_of_the_stack_are_listed_as_they_are(monkeypatch) -> None:
    debugger = session(monkeypatch=monkeypatch)
    run(debugger, "set -O 0")
    assert COMMANDS.run(debugger, "set -z stack-size=1024").notice == "linking anew: -O 0, -z stack-size=1024"
    lines = ["".join(text for text, _ in one.spans) for one in COMMANDS.run(debugger, "options").picks]
    assert "*[x] -O 0" in [line[:34].rstrip() for line in lines]
    assert "*[x] -z stack-size=1024" in [line[:34].rstrip() for line in lines]


def test_options_that_ask_for_a_report_are_no_question(monkeypatch) -> None:
    debugger = session(monkeypatch=monkeypatch)
    for option in ("--help", "-v", "--Map=x.map", "--reproduce=x.tar", "-y greet"):
        answer = COMMANDS.run(debugger, f"set {option}")
        assert answer.refused
        assert "has no say in the link" in answer.notice
        assert option.split("=")[0] not in "".join(debugger.question.more)
