"""Answers have the facts and the text of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

import wasmscope
from tests.api.asking import FILES, HELLO, as_json, facts, printed
from tests.broken import CASES, FOLDER
from tests.toolchain import OUTPUT, archived, reference
from wasmscope.errors import FormatError, LinkError, NotFoundError, OptionError

NAMED = ["-o", OUTPUT]


@pytest.mark.parametrize("what", ["greet", "forget", "main.o", "main.o:0xe4", "memory", "func:6", "slot:1", "@12"])
def test_why_says_what_the_command_says(hello, what: str) -> None:
    found = hello.why(what)
    assert as_json([one.facts for one in (found, *found.also)]) == facts("why", what, *FILES)
    assert f"{found}\n" == printed("why", what, *FILES)


@pytest.mark.parametrize("place", ["0x40", "mem:0x10000", "main.o:0xe4", "code+0x10", "greet+3"])
def test_at_says_what_the_command_says(hello, place: str) -> None:
    told = hello.at(place)
    assert as_json(told.facts) == facts("at", place, *FILES)
    assert f"{told}\n" == printed("at", place, *FILES)


def test_a_number_is_an_offset_of_the_output(hello, linked: bytes) -> None:
    assert hello.at(0x40).facts == hello.at("0x40").facts
    assert hello.at(0x40).facts["output"]["byte"] == hello.data[0x40]
    assert wasmscope.open(linked).at(0x40).facts == wasmscope.open(linked).at("64").facts


@pytest.mark.parametrize("by", ["object", "member", "section", "symbol", "source", "dominator"])
def test_size_says_what_the_command_says(hello, by: str) -> None:
    sizes = hello.size(by)
    assert as_json(sizes.facts) == facts("size", "--by", by, *FILES)
    assert f"{sizes}\n" == printed("size", "--by", by, *FILES)
    assert sum(one.size for one in sizes.rows) == sizes.total == len(hello.data)


def test_sizes_are_compared(hello, linked: bytes, tmp_path: Path) -> None:
    larger = hello.relinked("--no-gc-sections")
    sizes = larger.size("symbol", against=hello)
    assert sum(one.changes[0] for one in sizes.rows) == len(larger.data) - len(hello.data)
    assert next(one for one in sizes.rows if one.name == "forget").changes[0] > 0
    (tmp_path / OUTPUT).write_bytes(linked)
    against = wasmscope.open(linked).size("symbol", against=tmp_path / OUTPUT)
    assert not any(one.changes[0] for one in against.rows)
    with pytest.raises(LinkError):
        hello.size(against=wasmscope.link("main.o", strict=True))


def test_an_answer_in_a_failed_assertion_says_what_it_is_about(hello) -> None:
    assert repr(hello.why("greet")) == "<Why greet: defined function, from greet.o>"
    assert repr(hello.check()) == "<Checked nothing found>"


def test_check_says_what_the_command_says() -> None:
    words = ["--no-stack-first", *FILES]
    found = wasmscope.link(*words).check()
    assert as_json(found.facts) == facts("check", *words)
    assert found.rules == {one["rule"] for one in found.facts["findings"]}
    assert not found.ok
    assert "stack-after-data" in found.rules
    assert f"{found}\n" == printed("check", *words)
    assert wasmscope.link(*FILES).check().ok


def test_links_are_compared_as_the_command_does(hello) -> None:
    found = hello.diff(hello.relinked("--no-gc-sections"))
    told = facts("diff", "--options", "--no-gc-sections", *FILES)
    for side in ("before", "after"):
        told[side].pop("file")
    mine = as_json(found.facts)
    for side in ("before", "after"):
        mine[side].pop("file")
    assert mine == told
    assert not found.same
    assert found.first is not None
    assert found.first.phase == told["first"]["phase"]
    assert hello.diff(wasmscope.link(*FILES)).same


def test_files_are_compared_as_the_command_does(hello, tmp_path: Path, linked: bytes) -> None:
    other = reference([*FILES, "--export-all"], HELLO).output
    for name, data in (("a.wasm", linked), ("b.wasm", other)):
        (tmp_path / name).write_bytes(data)
    a, b = (str(tmp_path / name) for name in ("a.wasm", "b.wasm"))
    found = wasmscope.open(a).diff(b)
    assert as_json(found.facts) == facts("diff", a, b)
    assert f"{found}\n" == printed("diff", a, b)
    assert {one.name for one in found.changes if one.group == "exports"} >= {"greet"}
    assert wasmscope.link(*FILES, *NAMED).diff(linked).same


def test_archives_are_compared_and_have_members() -> None:
    one, two = archived(Path("main.o").resolve()), archived(*(Path(name).resolve() for name in FILES))
    found = wasmscope.open(one).diff(two)
    assert [(member.name, member.change) for member in found.members] == [("greet.o", "added")]
    both = wasmscope.open(two)
    assert [member.kind for member in both.members] == ["object", "object"]
    assert both.member("greet.o").data == Path("greet.o").read_bytes()
    assert both.errors == ()
    assert as_json(both.dump().facts) == facts("dump", str(two))[0]
    for ask in (lambda: both.symbols, lambda: both.why("greet"), lambda: both.audit("main.o"), lambda: both.check()):
        with pytest.raises(FormatError, match="is an archive"):
            ask()
    with pytest.raises(OptionError, match="is an archive, and the other one is not"):
        both.diff("main.o")
    with pytest.raises(NotFoundError):
        both.member("other.o")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_an_audit_finds_what_the_command_finds(case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER / case.name)
    found = wasmscope.open("linked.wasm").audit(options=case.link)
    assert not found.ok
    assert found.findings[0].cause == case.cause
    assert as_json(found.facts) == facts("audit", "linked.wasm", *case.link)
    assert f"{found}\n" == printed("audit", "linked.wasm", *case.link)
    assert wasmscope.link(options=case.link).audit("linked.wasm").facts == found.facts


def test_an_audit_of_what_the_reference_linked_finds_nothing(hello, linked: bytes, tmp_path: Path) -> None:
    path = tmp_path / OUTPUT
    path.write_bytes(linked)
    found = hello.audit(path)
    assert found.ok
    assert found.identical
    assert not found.unmatched
    assert f"{found.at(0x60)}\n" == printed("at", "0x60", "--in", str(path), *FILES)
    with pytest.raises(NotFoundError):
        found.at(0x10000)


def test_an_audit_that_checked_nothing_is_not_ok(linked: bytes) -> None:
    assert not wasmscope.open(linked).audit("../tally/tally.o").ok


def test_a_module_alone_answers_as_the_command_does(linked: bytes, tmp_path: Path) -> None:
    path = tmp_path / OUTPUT
    path.write_bytes(linked)
    module = wasmscope.open(path)
    assert module.kind == "module"
    assert as_json(module.why("greet").facts) == facts("why", "greet", str(path))[0]
    assert f"{module.why('greet')}\n" == printed("why", "greet", str(path))
    assert module.why("greet").live
    assert as_json(module.at("mem:0x10000").facts) == facts("at", "mem:0x10000", str(path))
    assert as_json(module.size("symbol").facts) == facts("size", "--by", "symbol", str(path))
    assert as_json(module.check().facts) == facts("check", str(path))

