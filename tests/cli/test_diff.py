"""`wasmscope diff`: what it prints for files, links and steps, and its exit code, which is diff(1)'s."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.explain.changed_sources import CHANGES, changed_object, reference_link
from tests.samples import SAMPLES
from tests.toolchain import OUTPUT, archived, reference
from wasmscope.cli.main import main
from wasmscope.format.leb128 import uleb
from wasmscope.format.module_value import HEADER

HELLO = ["main.o", "greet.o"]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the linked module and the object of each change, "nothing.wasm", "a_constant.o", …"""
    for change in ("nothing", "a function more", "a constant", "a longer string"):
        name = change.replace(" ", "_")
        (tmp_path / f"{name}.wasm").write_bytes(reference_link(change).data)
        (tmp_path / f"{name}.o").write_bytes(changed_object(change).read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def hello(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(SAMPLES["hello"].folder)
    return SAMPLES["hello"].folder


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]):
    """Run `diff` and give back its exit code, and what it printed on stdout and stderr."""

    def run(*words: str) -> tuple[int, str, str]:
        status = main(["diff", *words])
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def ask(say):
    """Run `diff --json` and give back the facts; the exit code must be `status`."""

    def answer(*words: str, status: int = 1):
        found, out, _ = say("--json", *words)
        assert found == status
        return json.loads(out)

    return answer


# --- files ------------------------------------------------------------------------------------------------------


def test_the_same_file(files: Path, say) -> None:
    expected = "nothing.wasm and nothing.wasm are the same, byte for byte\n"
    assert say("nothing.wasm", "nothing.wasm") == (0, expected, "")


def test_an_inserted_function_in_text(files: Path, say) -> None:
    status, out, err = say("nothing.wasm", "a_function_more.wasm")
    assert (status, err) == (1, "")
    assert "Functions: 1 added (+8 bytes), 4 moved\n  added   half  #1, 8 bytes\n  moved   square and 3 more" in out
    old, new = ((files / name).stat().st_size for name in ("nothing.wasm", "a_function_more.wasm"))
    assert out.startswith(f"nothing.wasm → a_function_more.wasm: {old} → {new} bytes ({new - old:+})\n")


def test_facts(files: Path, ask) -> None:
    facts = ask("nothing.wasm", "a_constant.wasm")
    assert (facts["kind"], facts["same"], facts["errors"]) == ("modules", False, [])
    (group,) = facts["groups"]
    (one,) = group["entries"]
    assert (group["group"], group["counts"], group["deltas"]) == ("functions", {"changed": 1}, {"changed": 3})
    assert (one["name"], one["what"], one["delta"], one["count"]) == ("twice", ["body"], 3, 1)
    body = reference_link("nothing").bodies[0]
    assert one["before"] == {"number": 0, "offset": body.start, "size": body.end - body.start, "address": None}
    assert "hunks" not in one


def test_hunks_on_demand(files: Path, ask, say) -> None:
    facts = ask("--bytes", "nothing.wasm", "a_constant.wasm")
    (hunk,) = facts["groups"][0]["entries"][0]["hunks"]
    assert [(row["mark"], (row["before"] or row["after"])["text"]) for row in hunk] == [
        (" ", "local.get 0"), ("+", "i32.const 20"), ("+", "i32.mul"), (" ", "i32.const 1"), ("-", "i32.shl"),
        ("+", "i32.or"), (" ", "end"),
    ]  # fmt: skip
    _, out, _ = say("--bytes", "nothing.wasm", "a_longer_string.wasm")
    assert "      + 2c 20 77 6f 72 6c 64                             , world\n" in out


def test_objects_are_told_by_their_contents(files: Path, ask) -> None:
    facts = ask("nothing.o", "a_function_more.o")
    assert "symbols" in [group["group"] for group in facts["groups"]]


def test_archives_by_member(files: Path, ask, say) -> None:
    objects = [files / name for name in ("nothing.o", "a_constant.o", "a_longer_string.o")]
    for name, members, names in (
        ("one.a", objects[:2], ["a.o", "gone.o"]),
        ("two.a", [objects[1], objects[2]], ["a.o", "new.o"]),
    ):
        (files / name).write_bytes(archived(*members, names=names).read_bytes())
    facts = ask("one.a", "two.a")
    assert [(one["change"], one["name"]) for one in facts["members"]] == [
        ("changed", "a.o"), ("added", "new.o"), ("removed", "gone.o"),
    ]  # fmt: skip
    assert facts["members"][0]["difference"]["groups"][0]["entries"][0]["name"] == "twice"
    assert ask("one.a", "one.a", status=0)["same"]
    assert "changed a.o: " in say("one.a", "two.a")[1]


def test_members_of_another_folder_are_paired_by_the_last_part_of_their_names(tmp_path: Path, ask) -> None:
    objects = [changed_object(change).read_bytes() for change in ("nothing", "a constant")]
    for name, data in zip(("one.a", "two.a"), objects, strict=True):
        names = f"/build/{name}/main.o/\n".ljust(30, "\n").encode()  # as GNU ar writes names of more than 15 characters
        headers = [f"{title:<48}{size:<10}`\n".encode() for title, size in (("//", len(names)), ("/0", len(data)))]
        (tmp_path / name).write_bytes(b"!<arch>\n" + headers[0] + names + headers[1] + data)
    (one,) = ask(str(tmp_path / "one.a"), str(tmp_path / "two.a"))["members"]
    assert (one["change"], one["name"]) == ("changed", "/build/two.a/main.o")


def test_members_in_another_order(files: Path, say) -> None:
    objects = [files / "nothing.o", files / "a_constant.o"]
    for name, order in (("one.a", [0, 1]), ("two.a", [1, 0])):
        made = archived(*(objects[at] for at in order), names=[f"{at}.o" for at in order])
        (files / name).write_bytes(made.read_bytes())
    status, out, _ = say("one.a", "two.a")
    assert (status, out.splitlines()[1:]) == (1, ["members come in another order"])


def test_long_lists_are_cut_unless_all_is_asked_for(tmp_path: Path, say) -> None:
    for name, exports in (("old", 0), ("new", 150)):
        names = [f"name{number:03}".encode() for number in range(exports)]
        section = b"".join(bytes((len(one),)) + one + b"\0\0" for one in names)
        body = uleb(exports) + section
        (tmp_path / name).write_bytes(HEADER + b"\7" + uleb(len(body)) + body)
    words = str(tmp_path / "old"), str(tmp_path / "new")
    cut = say(*words)[1]
    assert cut.count("added   name") == 100
    assert "  … and more: 50 added (--all prints them)\n" in cut
    assert say("--all", *words)[1].count("added   name") == 150


# --- links ------------------------------------------------------------------------------------------------------


def test_a_link_under_other_options(hello: Path, ask, say) -> None:
    facts = ask("--options", "--no-gc-sections", *HELLO, "-o", OUTPUT)
    assert (facts["kind"], facts["first"]["phase"], facts["first"]["name"]) == ("links", "mark", "forget")
    assert facts["phases"][0] == {
        "phase": "options",
        "decisions": [
            {"kind": "option", "change": "changed", "name": "gc-sections", "was": "yes", "now": "no", "count": 1}
        ],
    }
    outputs = [reference([*HELLO, *more], hello).output for more in ([], ["--no-gc-sections"])]
    assert [facts[side]["size"] for side in ("before", "after")] == [len(output or b"") for output in outputs]
    status, out, _ = say("--options", "--no-gc-sections", *HELLO)
    assert status == 1
    assert out.startswith("as given → with --no-gc-sections: ")
    assert "What differs first is decided in phase mark:\n  changed function forget: dropped: no relocation" in out


def test_options_that_change_nothing(hello: Path, ask) -> None:
    facts = ask("--options", "--gc-sections", *HELLO, status=0)
    assert (facts["same"], facts["first"], facts["phases"]) == (True, None, [])


def test_two_links(hello: Path, ask) -> None:
    facts = ask(*HELLO, "--", *reversed(HELLO))
    assert (facts["first"]["kind"], facts["first"]["was"], facts["first"]["now"]) == ("order", "main.o", "greet.o")


def test_a_link_and_what_the_reference_made_of_it(hello: Path, tmp_path: Path, ask) -> None:
    output = reference(HELLO, hello).output
    (tmp_path / "linked.wasm").write_bytes(output or b"")
    assert ask(*HELLO, "-o", "linked.wasm", "--", str(tmp_path / "linked.wasm"), status=0)["same"]
    assert ask(*HELLO, "--", str(tmp_path / "linked.wasm"), status=0)["same"]
    facts = ask(*HELLO, "--no-gc-sections", "--", str(tmp_path / "linked.wasm"))
    removed = [one["name"] for group in facts["groups"] for one in group["entries"] if one["change"] == "removed"]
    assert removed == ["__wasm_call_ctors", "forget"]


def test_two_reproductions(hello: Path, tmp_path: Path, ask, capsys: pytest.CaptureFixture[str]) -> None:
    for name, more in (("one", []), ("two", ["--export=print"])):
        where = ["-o", str(tmp_path / "out.wasm"), f"--reproduce={tmp_path / name}.tar"]
        assert main(["link", *HELLO, *more, *where]) == 0
    capsys.readouterr()
    facts = ask(str(tmp_path / "one.tar"), str(tmp_path / "two.tar"))
    assert facts["phases"][0]["decisions"][0]["name"] == "exports"


# --- steps ------------------------------------------------------------------------------------------------------


def test_two_steps(hello: Path, ask, say) -> None:
    facts = ask("--step", "resolve..mark", *HELLO)
    assert [one["phase"] for one in facts["phases"]] == ["resolve", "mark"]
    numbers = [step["step"] for one in facts["phases"] for step in one["steps"]]
    assert numbers == list(range(facts["first"] + 1, facts["last"] + 1))
    symbols = {one["name"]: (one["was"], one["now"]) for one in facts["symbols"]}
    assert symbols["print"] == (None, "defined, greet.o")
    assert ask("--step", "@5..5", *HELLO, status=0)["phases"] == []
    status, out, _ = say("--step=emit..", *HELLO)
    assert status == 1
    assert "output written: 0x8 to " in out
    assert re.search(r"^emit: \d+ sections$", out, re.MULTILINE)


# --- trouble ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "two files to compare"),
        (["nothing.wasm"], "two files to compare"),
        (["a.wasm", "b.wasm", "c.wasm"], "two files to compare"),
        (["--options", "'", "nothing.o"], "cannot be read: No closing quotation"),
        (["--step", "5", "nothing.o"], "--step is A..B"),
        (["--step", "5..x", "nothing.o"], "there is no step 'x'"),
        (["--options", "-s", "--step", "1..2", "nothing.o"], "each ask for another comparison"),
        (["nothing.o", "--"], "nothing to link before or after --"),
        (["nothing.wasm", "lib.a"], "lib.a is an archive, and the other one is not"),
    ],
)
def test_usage(words: list[str], message: str, files: Path, say) -> None:
    (files / "lib.a").write_bytes(b"!<arch>\n")
    status, out, err = say(*words)
    assert (status, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_what_cannot_be_read(files: Path, say) -> None:
    (files / "text.txt").write_text("hello")
    status, _, err = say("nothing.wasm", "absent.wasm")
    assert (status, err) == (3, "wasmscope: cannot open absent.wasm: No such file or directory\n")
    status, _, err = say("text.txt", "nothing.wasm")
    assert (status, err) == (
        3, "wasmscope: text.txt: not WebAssembly and not an archive: it begins with 68 65 6c 6c 6f\n",
    )  # fmt: skip


def test_damaged_modules_are_compared_in_part(files: Path, say) -> None:
    (files / "cut.wasm").write_bytes((files / "nothing.wasm").read_bytes()[:-150])
    status, out, err = say("nothing.wasm", "cut.wasm")
    assert status == 1
    assert err.startswith("wasmscope: compared in part: cut.wasm: ")
    assert "Sections of another size:" in out


def test_a_failing_link(hello: Path, say) -> None:
    status, out, err = say("--strict", "--options", "--entry=nowhere", *HELLO)
    assert status == 1
    assert "entry symbol not defined" in err
    assert out.startswith("as given → with --entry=nowhere: ")
    assert "fails in phase " in out


@pytest.mark.parametrize("change", CHANGES)
def test_there_is_text_for_every_change(change: str, tmp_path: Path, say) -> None:
    for name, of in (("old", "nothing"), ("new", change)):
        (tmp_path / name).write_bytes(reference_link(of).data)
    status, out, _ = say("--bytes", str(tmp_path / "old"), str(tmp_path / "new"))
    assert status == (change != "nothing")
    assert out
