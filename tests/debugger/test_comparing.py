"""View 5 without a screen: moments, links with other options, modules on disk."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.samples import SAMPLES
from tests.toolchain import reference
from tests.tui.stage import HELLO
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.comparing import LinksCompared, StepsCompared
from wasmscope.debugger.cursor import DIFF, WHY
from wasmscope.debugger.panes.diff_rows import detail_lines
from wasmscope.debugger.question import Linker, Question
from wasmscope.debugger.session import Debugger, opened_on


@pytest.fixture
def hello(monkeypatch) -> Debugger:
    monkeypatch.chdir(SAMPLES["hello"].folder)
    return opened_on(Question((*SAMPLES["hello"].link, "-o", "linked.wasm")), Linker())


def run(debugger: Debugger, line: str) -> str:
    answer = COMMANDS.run(debugger, line)
    assert not answer.refused, answer.notice
    return "\n".join("".join(text for text, _ in one) for one in answer.lines)


def test_without_a_word_view_5_shows_what_the_last_step_did(hello) -> None:
    run(hello, "goto @20")
    run(hello, "diff")
    assert hello.place.view == DIFF
    found = hello.comparison
    assert isinstance(found, StepsCompared)
    assert [row.source.number for row in found.rows if row.kind == hello.steps[20].kind] == [20]
    run(hello, "step")
    assert hello.comparison.title == "@20 → @21"


def test_two_moments_differ_by_the_steps_between_them(hello) -> None:
    last = len(hello.steps)
    run(hello, f"diff @10 @{last}")
    rows = hello.comparison.rows
    numbers = [row.source.number for row in rows if row.name.startswith("@")]
    assert numbers == list(range(11, last + 1))
    run(hello, "goto @50")
    assert hello.comparison.rows[-1].name == rows[-1].name  # both moments were named: they stay


def test_the_link_with_other_options_differs_where_the_reference_s_files_do(hello) -> None:
    run(hello, "diff --no-gc-sections")
    found = hello.comparison
    assert isinstance(found, LinksCompared)
    assert not hello.question.changed
    sizes = [row for row in found.rows if row.kind == "output"]
    folder = SAMPLES["hello"].folder
    ours, other = (
        len(reference([*SAMPLES["hello"].link, *more], folder).output) for more in ([], ["--no-gc-sections"])
    )
    assert (sizes[0].was, sizes[0].now) == (f"{ours:,}", f"{other:,}")
    assert sizes[0].delta == f"{other - ours:+,}"
    added = [row for row in found.rows if row.kind == "function" and row.mark == "+"]
    assert {row.name for row in added} >= {"forget"}


def test_a_changed_question_is_compared_with_the_one_before(hello) -> None:
    run(hello, "set --export=forget")
    found = hello.comparison
    assert isinstance(found, LinksCompared)
    assert found.title == "as given → --export=forget"
    first = found.found.first
    row = next(row for row in found.rows if row.source is first)
    said = "\n".join("".join(text for text, _ in line.spans) for line in detail_lines(hello.scene(), found, row))
    assert "the first decision that differs" in said
    assert "forget" in run(hello, "show difference all")


def test_a_link_of_other_contents_is_compared_with_the_one_before_the_reload(tmp_path) -> None:
    paths = [Path(shutil.copy(one, tmp_path)) for one in HELLO]
    debugger = opened_on(Question(tuple(map(str, paths))), Linker())
    data = paths[0].read_bytes()
    for options, told in ((), ""), (("set --export-all", "set --no-gc-sections"), "--export-all, --no-gc-sections, "):
        for line in options:
            run(debugger, line)
        paths[0].write_bytes(data.replace(b"world", b"earth"))
        assert debugger.relink is not None
        debugger.relink(debugger.question, False)
        assert isinstance(debugger.comparison, LinksCompared)
        assert debugger.comparison.title == f"{told}before the reload → now"
        run(debugger, "diff before")
        assert debugger.comparison.title == f"{told}before the reload → now"


def test_options_and_files_that_changed_together_are_both_told(tmp_path) -> None:
    paths = [Path(shutil.copy(one, tmp_path)) for one in HELLO]
    debugger = opened_on(Question(tuple(map(str, paths))), Linker())
    run(debugger, "set --no-entry")
    assert debugger.comparison is not None
    assert debugger.comparison.title == "as given → --no-entry"
    paths[0].write_bytes(paths[0].read_bytes().replace(b"world", b"earth"))
    run(debugger, "set --export-all")
    assert debugger.comparison.title == "--no-entry → --no-entry, --export-all, files changed"
    assert "phases" not in vars(debugger.comparison.found), "a title waits for no decisions, which take seconds"


def test_the_output_and_a_module_on_disk(hello, tmp_path) -> None:
    path = tmp_path / "other.wasm"
    path.write_bytes(reference([*SAMPLES["hello"].link], SAMPLES["hello"].folder).output)
    run(hello, f"diff {path}")
    assert [row.name for row in hello.comparison.rows] == ["the same bytes"]
    path.write_bytes(b"no wasm")
    for line, why in ((f"diff {path}", "invalid magic number"), (f"diff {tmp_path}/none", "cannot open")):
        answer = COMMANDS.run(hello, line)
        assert answer.refused
        assert why in answer.notice


def test_a_name_that_nobody_gave_the_output_is_no_difference(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(SAMPLES["hello"].folder)
    argv = [*SAMPLES["hello"].link, "--build-id"]
    path = tmp_path / "linked.wasm"
    path.write_bytes(reference(argv, SAMPLES["hello"].folder).output)
    for named, rows in (((), ["the same bytes"]), (("-o", "other.wasm"), ["module", "linked.wasm", "other.wasm"])):
        debugger = opened_on(Question((*argv, *named)), Linker())
        run(debugger, f"diff {path}")
        found = [row for row in debugger.comparison.rows if row.kind in ("output", "module name")]
        assert [found[0].name] == rows if not named else [found[-1].name, found[-1].was, found[-1].now] == rows


def test_what_cannot_be_compared_is_refused(hello) -> None:
    for line, why in (
        ("diff before", "no link before"), ("diff --bogus", "unknown argument"), ("diff @99999", "there is no step"),
        ("diff --gc-sections", "changes nothing"),
    ):  # fmt: skip
        answer = COMMANDS.run(hello, line)
        assert answer.refused, line
        assert why in answer.notice


def test_why_shows_paths_dominators_and_reasons(hello) -> None:
    run(hello, "why greet")
    assert hello.place.view == WHY
    assert "_start" in run(hello, "show paths")
    assert "> " in run(hello, "show dominators")
    run(hello, "why forget")
    assert "what would keep it" in run(hello, "show paths")
    run(hello, "why .")
    assert "the whole output" in run(hello, "show dominators")
