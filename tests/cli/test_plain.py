"""The prompt: by pipe, by script, on a pseudo-terminal; what it says checked against the reference linker."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import pytest

from tests.samples import FOLDER
from tests.toolchain import reference
from tests.tui.test_terminal import Terminal
from wasmscope.format.module import read

HELLO = ("main.o", "greet.o")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(FOLDER.parent)}


def plain(*words: str, lines: str = "") -> subprocess.CompletedProcess[str]:
    """`wasmscope --plain` in samples/hello, with `lines` on its stdin."""
    command = [sys.executable, "-m", "wasmscope", "--plain", *words, *HELLO]
    return subprocess.run(
        command, input=lines, capture_output=True, text=True, cwd=FOLDER / "hello", env=ENVIRONMENT, timeout=30
    )


def test_a_pipe_is_read_line_by_line_and_each_move_says_what_why_and_what_changed() -> None:
    ran = plain(lines="# to the first relocation\ngoto @relocate\nstep\nprint greet.number\n")
    assert ran.returncode == 0, ran.stderr
    said = ran.stdout.splitlines()
    assert "(wasmscope) step" in said
    after = said[said.index("(wasmscope) step") + 1 :]
    assert after[0].startswith("@113 relocate: relocation 0 of _start: R_WASM_TABLE_INDEX_SLEB")
    assert any(one.startswith("  why: ") for one in after)
    assert any(one.startswith("  * ") and "->" in one for one in after)
    assert not any("#" in one for one in said if one.startswith("(wasmscope)"))


def test_numbers_that_it_prints_are_the_reference_linkers() -> None:
    made = reference([str(FOLDER / "hello" / name) for name in HELLO])
    assert made.output is not None
    names = read(made.output, "reference").names
    assert names is not None
    wanted = {name: number for number, name in names.functions.items() if name != "__wasm_call_ctors"}
    ran = plain(lines="".join(f"print {name}.number\n" for name in wanted))
    printed = [line for line in ran.stdout.splitlines() if line.startswith("number = ")]
    assert printed == [f"number = {number}" for number in wanted.values()]


def test_bytes_that_it_shows_are_the_reference_linkers() -> None:
    made = reference([str(FOLDER / "hello" / name) for name in HELLO])
    assert made.output is not None
    ran = plain(lines="goto 0x0\nshow bytes all\n")
    rows = [line[6:56] for line in ran.stdout.splitlines() if line[:6].strip("0123456789abcdef") == "" and line[6:7]]
    shown = "".join("".join(c if c in "0123456789abcdef" else " " for c in row) for row in rows)
    end = made.output.index(b"\x04name") - 3  # the name section tells the output's file name
    assert bytes.fromhex(shown)[:end] == made.output[:end]


def test_output_is_linear_text() -> None:
    panes = "step thing link said phases steps chains chain symbols resolution references relocations formula code"
    lines = "".join(f"show {pane}\n" for pane in [*panes.split(), "bytes", "structure", "inspector"])
    ran = plain(lines="goto @130\n" + lines)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.isascii()
    assert "\x1b" not in ran.stdout


def test_a_difference_is_printed_each_time_it_is_asked_for() -> None:
    ran = plain("-ex", "diff --no-gc-sections", "-ex", "diff @40", "-ex", "diff --no-gc-sections")
    asked = ran.stdout.split("(wasmscope) diff ")[1:]
    assert len(asked) == 3
    for answer in (asked[0], asked[2]):
        assert "forget" in answer  # the function that nobody calls


def test_commands_of_the_prompt_and_of_the_session_share_their_beginnings() -> None:
    for line in ("re", "so", "help re"):  # reload and relocation, source and sort
        ran = plain("-ex", line)
        assert ran.returncode == 1
        assert "did you mean" in ran.stderr, line
    assert "sources" not in plain("-ex", "help sort").stdout


def test_what_the_link_said_stands_in_lines() -> None:
    ran = plain("-ex", "show said", "-ex", "show link", "--no-entry", "greet.o")  # a file given twice
    told = reference([str(FOLDER / "hello" / name) for name in ("greet.o", *HELLO)] + ["--no-entry"]).stderr
    assert ">>> defined in" in told
    assert "\\n" not in ran.stdout
    assert ran.stdout.count("\n>>> defined in greet.o\n") >= 4


def test_why_prints_the_path_and_the_reasons_each_time_it_is_asked() -> None:
    ran = plain("-ex", "why visit_all", "-ex", "step-back", "-ex", "why visit_all")
    asked = ran.stdout.split("(wasmscope) why visit_all\n")[1:]
    assert len(asked) == 2
    for answer in asked:  # as the source says
        path = answer[answer.index("_start  entry  main.o") :].splitlines()
        assert path[1].startswith("+ visit_all  FUNCTION_INDEX_LEB")
        assert any(line.startswith("export   no: it is hidden") for line in path)


def test_what_a_new_link_says_is_printed_as_that_of_the_first() -> None:
    ran = plain("-ex", "set --export=nothing")
    made = reference([*(str(FOLDER / "hello" / name) for name in HELLO), "--export=nothing"])
    assert made.output is None
    assert made.stderr.strip() in ran.stderr


def test_a_script_stops_at_the_first_refused_command(tmp_path: Path) -> None:
    script = tmp_path / "walk.txt"
    script.write_text("# a comment\n\ngoto top\nnonsense\nstep\n")
    ran = plain("-x", str(script))
    assert ran.returncode == 1
    assert "there is no command nonsense" in ran.stderr
    assert f"at {script}:4" in ran.stderr
    assert "(wasmscope) step" not in ran.stdout
    sourced = plain("-ex", f"source {script}", "-ex", "step")
    assert sourced.returncode == 1
    assert "(wasmscope) step" not in sourced.stdout
    assert f"{script} stops there" in sourced.stderr
    went_on = plain("-x", str(script), "--keep-going")
    assert went_on.returncode == 1
    assert "@1 load: main.o is read" in went_on.stdout


def test_scripts_and_commands_run_in_the_order_given_and_leave(tmp_path: Path) -> None:
    script = tmp_path / "walk.txt"
    script.write_text("step 2\n")
    ran = plain("-ex", "goto top", "-x", str(script), "-ex", "s", lines="step\n")
    assert ran.returncode == 0
    assert [line for line in ran.stdout.splitlines() if line.startswith("(wasmscope)")] == [
        "(wasmscope) goto top", "(wasmscope) step 2", "(wasmscope) s",
    ]  # fmt: skip
    assert "@3 load" in ran.stdout
    assert plain("-ex", "quit", "-ex", "step").stdout.count("(wasmscope)") == 1
    assert plain("-x", str(tmp_path / "none")).returncode == 3


def test_reload_reads_what_is_on_disk_now(tmp_path: Path) -> None:
    for name, source in (("a.o", "hello/main.o"), ("b.o", "hello/greet.o"), ("c.o", "words/main.o")):
        shutil.copy(FOLDER / source, tmp_path / name)
    command = [sys.executable, "-m", "wasmscope", "--plain", "a.o", "b.o"]
    ran = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=ENVIRONMENT, bufsize=1
    )
    assert ran.stdin is not None
    assert ran.stdout is not None
    until(ran.stdout, "why: ")
    os.replace(tmp_path / "c.o", tmp_path / "b.o")
    said, _ = ran.communicate("reload\nprint greet.state\n", timeout=30)
    assert "linked again" in said
    assert "state = undefined" in said


def until(stream: IO[str], text: str) -> None:
    assert any(text in line for line in iter(stream.readline, "")), text


def test_a_link_that_failed_can_be_walked_and_keeps_its_exit_code() -> None:
    ran = plain("-ex", "where", "-ex", "show said", "--strict", "--entry=nothing")
    assert ran.returncode == 1
    assert "nothing" in ran.stdout


def test_nobody_reads_any_more() -> None:
    command = f"{sys.executable} -m wasmscope --plain -ex 'show steps all' {' '.join(HELLO)} | head -1"
    ran = subprocess.run(
        command, shell=True, capture_output=True, text=True, cwd=FOLDER / "hello", env=ENVIRONMENT, timeout=30
    )
    assert "Traceback" not in ran.stderr
    assert ran.stdout.count("\n") == 1


def _at_a_terminal() -> None:
    """Make stdin the terminal whose Ctrl-C interrupts this process; SIGINT may be ignored in the one that starts it."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Typed:
    """The prompt on a pseudo-terminal; it keeps a session only where there is a folder for its `state`."""

    def __init__(
        self, kind: str, *words: str, state: Path | None = None, inputs: Sequence[str] = HELLO, until: str = ""
    ) -> None:
        self.master, slave = pty.openpty()
        self.until = until
        words = words if state is not None else ("--no-session", *words)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "wasmscope", *words, *inputs], stdin=slave, stdout=slave, stderr=slave,
            cwd=FOLDER / "hello", env={**ENVIRONMENT, "TERM": kind, "XDG_STATE_HOME": str(state)},
            start_new_session=True, preexec_fn=_at_a_terminal,
        )  # fmt: skip
        os.close(slave)

    def __enter__(self) -> Typed:
        self.read(self.until)
        return self

    def __exit__(self, *problem: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.master)

    def read(self, until: str = "") -> None:
        """What is said until the prompt comes after `until`."""
        found, end = b"", time.monotonic() + 20
        while b"(wasmscope) " not in found.partition(until.encode() or b"\n")[2] and time.monotonic() < end:
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    found += os.read(self.master, 1 << 16)
                except OSError:
                    break
        assert until.encode() in found, found

    def send(self, text: str, until: str) -> None:
        os.write(self.master, text.encode())
        self.read(until)


@pytest.mark.parametrize(("kind", "words"), [("dumb", ()), ("xterm-256color", ("--plain",))])
def test_on_a_terminal_it_prompts_repeats_completes_and_leaves(kind: str, words: tuple[str, ...]) -> None:
    with Typed(kind, *words) as typed:
        typed.send("goto top\n", "nothing has happened yet")
        typed.send("step 2\n", "@2 load")
        typed.send("\n", "@4 load")  # an empty line: the same again
        typed.send("nonsense\n", "there is no command nonsense")
        typed.send("goto gree\t\t\t", "greeted")
        typed.send("\x15show symbols 5 0\n", "rows 0 to 4")
        typed.send("\n", "rows 5 to 9")  # an empty line: what follows
        os.write(typed.master, b"\x04")
        assert typed.process.wait(20) == 0


@pytest.fixture
def long_script(tmp_path: Path) -> str:
    """A script that runs for minutes, and says so before it begins."""
    (tmp_path / "long").write_text("where\n" * 200_000)
    return f"source {tmp_path / 'long'}"


@pytest.mark.parametrize("kind", ["dumb", "xterm-256color"])
def test_an_interrupt_drops_the_line_or_stops_the_command_and_prompts_again(kind: str, long_script: str) -> None:
    with Typed(kind, "--plain") as typed:
        typed.send("goto @44\n", "@44")
        os.write(typed.master, b"step 2")
        time.sleep(0.2)
        typed.send("\x03", "(quit or Ctrl-D leaves)")
        typed.send("where\n", "@44")
        typed.send(f"{long_script}\n", "@44")  # the first line of the script
        typed.send("\x03", "interrupted")
        typed.send("where\n", "@44")
        os.write(typed.master, b"\x04")
        assert typed.process.wait(20) == 0


@pytest.mark.parametrize("words", [(), ("-ex",)], ids=["pipe", "script"])
def test_an_interrupt_ends_a_script_or_a_pipe(words: tuple[str, ...], long_script: str) -> None:
    words = (*words, long_script) if words else words
    ran = subprocess.Popen(
        [sys.executable, "-m", "wasmscope", "--plain", *words, *(str(FOLDER / "hello" / name) for name in HELLO)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    assert ran.stdin is not None
    assert ran.stdout is not None
    ran.stdin.write(f"{long_script}\n")
    ran.stdin.flush()
    until(ran.stdout, f"(wasmscope) {long_script}")
    until(ran.stdout, "(wasmscope) where")
    ran.send_signal(signal.SIGINT)
    said = ran.communicate(timeout=60)
    assert ran.returncode == 130
    assert "Traceback" not in said[1]


def test_what_is_left_at_the_prompt_comes_back_on_the_screen_and_at_the_prompt(tmp_path: Path) -> None:
    with Typed("dumb", state=tmp_path) as typed:
        typed.send("goto @44\n", "@44")
        typed.send("mark a\n", "mark")
        typed.send("break symbol greet\n", "greet")
        typed.process.kill()  # everything is kept as soon as it was said
    (path,) = tmp_path.glob("wasmscope/*.json")
    with Terminal(*HELLO, environment={"XDG_STATE_HOME": str(tmp_path)}) as terminal:
        terminal.read(b"@44")
        terminal.send("g@77\r")
        terminal.read(b"@77")
        terminal.send("q")
        terminal.read(b"\x1b[?1049l")
    kept = json.loads(path.read_text())
    assert [one["letter"] for one in kept["marks"]] == ["a"]
    assert [one["spec"] for one in kept["breakpoints"]] == ["symbol greet"]
    path.write_text(json.dumps({**kept, "theme": "light"}))  # which the prompt knows nothing of
    with Typed("xterm", "--plain", state=tmp_path, until="as you left it:") as typed:
        typed.send("where\n", "@77")
        typed.send("goto @45\n", "@45")
        os.write(typed.master, b"\x04")
        assert typed.process.wait(20) == 0
    left = path.read_text()
    assert json.loads(left)["theme"] == "light"
    assert json.loads(left)["place"] != kept["place"]
    with Typed("dumb", "--no-session", state=tmp_path) as typed:
        typed.send("goto @3\n", "@3")
    with Typed("dumb", "--plain", "-ex", "goto @5", state=tmp_path, until="@5") as typed:  # it begins as any script
        typed.send("goto @6\n", "@6")
    assert path.read_text() == left


def test_a_module_has_a_session_at_the_prompt_too(tmp_path: Path) -> None:
    made = reference([str(FOLDER / "hello" / name) for name in HELLO])
    (tmp_path / "hello.wasm").write_bytes(made.output or b"")
    with Typed("dumb", state=tmp_path, inputs=(str(tmp_path / "hello.wasm"),)) as typed:
        typed.send("goto greet\n", "greet")
        typed.send("note it counts\n", "it counts")
    with Typed("dumb", state=tmp_path, inputs=(str(tmp_path / "hello.wasm"),), until="as you left it:") as typed:
        typed.send("notes\n", "it counts")


def test_a_script_or_a_pipe_neither_sees_nor_leaves_a_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENVIRONMENT, "XDG_STATE_HOME", str(tmp_path))
    with Typed("dumb", state=tmp_path) as typed:
        typed.send("goto @44\n", "@44")
    (path,) = tmp_path.glob("wasmscope/*.json")
    kept = path.read_text()
    script = tmp_path / "walk.txt"
    script.write_text("where\nstep-back\n")
    for ran in (plain("-x", str(script)), plain(lines=script.read_text())):
        assert ran.returncode == 0, ran.stderr
        assert "@44" not in ran.stdout
        assert path.read_text() == kept
