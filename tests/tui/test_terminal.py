"""The program on a real pseudo-terminal: it starts, steps, is resized, leaves, and gives the terminal back."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence

import pytest

from tests.samples import FOLDER

STEP_BUDGET = 30_000
"""Bytes sent for one step that touches every pane, in truecolor."""


def started(
    slave: int, words: Sequence[str], environment: Mapping[str, str], program: Sequence[str] = ("-m", "wasmscope")
) -> subprocess.Popen[bytes]:
    """The program on a terminal, in the folder of samples/hello; it keeps a session only where `environment` says."""
    usual = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(FOLDER.parent)}
    usual |= {"XDG_CONFIG_HOME": os.environ.get("XDG_CONFIG_HOME", os.devnull)}
    for name in ("NO_COLOR", "COLUMNS", "LINES"):
        usual.pop(name, None)
    if "XDG_STATE_HOME" not in environment:
        words = ["--no-session", *words]
    return subprocess.Popen(
        [sys.executable, *program, *words], stdin=slave, stdout=slave, stderr=slave,
        cwd=FOLDER / "hello", env={**usual, **environment}, start_new_session=True,
    )  # fmt: skip


class Terminal:
    """A pseudo-terminal with the program in it."""

    def __init__(
        self,
        *words: str,
        columns: int = 120,
        rows: int = 36,
        environment: Mapping[str, str] | None = None,
        program: Sequence[str] = ("-m", "wasmscope"),
    ) -> None:
        self.master, slave = pty.openpty()
        self.resize(columns, rows)
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        self.open = [self.master, slave]
        self.process = started(slave, words, environment or {}, program)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *problem: object) -> None:
        self.process.kill()
        self.process.wait()
        self.close()

    def close(self) -> None:
        """Close the terminal's window: nobody reads or writes any more."""
        while self.open:
            os.close(self.open.pop())

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, until: bytes = b"", quiet: float = 0.4, longest: float = 20) -> bytes:
        """What is sent until `until` was in it and nothing came for `quiet` seconds."""
        found, end = b"", time.monotonic() + longest
        while time.monotonic() < end:
            if select.select([self.master], [], [], quiet)[0]:
                try:
                    found += os.read(self.master, 1 << 16)
                except OSError:  # the other side is closed
                    break
            elif until in found:
                break
        assert until in found, found[-2000:]
        return found

    def send(self, keys: str) -> None:
        os.write(self.master, keys.encode())


def test_the_program_starts_steps_is_resized_and_gives_the_terminal_back() -> None:
    with Terminal("main.o", "greet.o") as terminal:
        first = terminal.read(b"greet.o")
        assert b"\x1b[?1049h" in first
        terminal.send("S")
        step = terminal.read(b"@159")
        assert len(step) <= STEP_BUDGET
        terminal.resize(80, 24)
        os.kill(terminal.process.pid, signal.SIGWINCH)
        terminal.read()
        terminal.send("2")
        terminal.read(b"2S")  # the short name of the view, as there is less room
        terminal.send("q")
        last = terminal.read(b"\x1b[?1049l")
        assert terminal.process.wait(20) == 0
        assert b"\x1b[?25h" in last  # the cursor is back
        assert termios.tcgetattr(terminal.slave)[3] == terminal.before[3]  # and so is the way of reading


def test_the_program_ends_when_its_terminal_is_gone() -> None:
    """A window that is closed leaves no program behind, not even one that the system did not tell of it."""
    with Terminal("main.o", "greet.o") as terminal:
        terminal.read(b"linked")
        terminal.close()
        assert terminal.process.wait(timeout=20) is not None


BROKEN = """
import sys
from wasmscope.debugger.commands import space
from wasmscope.tui import program
def broken(self, *_):
    raise RuntimeError("a mistake of ours")
program.WasmscopeApp.frame = broken
from wasmscope.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def test_a_mistake_of_ours_ends_with_a_line_and_the_terminal_as_it_was(tmp_path) -> None:
    program = tmp_path / "broken.py"
    program.write_text(BROKEN)
    with Terminal("main.o", "greet.o", program=(str(program),)) as terminal:
        last = terminal.read(b"mistake in wasmscope")
        assert b"internal error: RuntimeError: a mistake of ours" in last
        assert b"Traceback" not in last
        assert b"\x1b[?1049l" in last
        assert terminal.process.wait(20) == 70


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_program_that_is_told_to_end_gives_the_terminal_back_and_keeps_its_session(number, tmp_path) -> None:
    with Terminal("main.o", "greet.o", environment={"XDG_STATE_HOME": str(tmp_path)}) as terminal:
        terminal.read(b"linked")
        terminal.send("ma")
        terminal.read()
        os.kill(terminal.process.pid, number)
        terminal.read(b"\x1b[?1049l")
        assert terminal.process.wait(20) == 128 + number
        assert termios.tcgetattr(terminal.slave)[3] == terminal.before[3]
    (kept,) = (tmp_path / "wasmscope").iterdir()
    assert '"letter": "a"' in kept.read_text()


def test_a_program_that_was_stopped_draws_the_whole_screen_when_it_goes_on() -> None:
    with Terminal("main.o", "greet.o") as terminal:
        terminal.read(b"linked")
        terminal.send("\x1a")  # ctrl+z
        terminal.read(b"\x1b[?1049l")
        assert termios.tcgetattr(terminal.slave)[3] == terminal.before[3]
        os.kill(terminal.process.pid, signal.SIGCONT)
        again = terminal.read(b"Watch / Break")  # at the bottom of the screen
        for pane in (b"Phases", b"Chain code", b"Steps", b"Watch / Break"):
            assert pane in again


QUIET = """
import os, sys
os.dup2(os.open(sys.argv.pop(1), os.O_WRONLY | os.O_CREAT), 2)
from wasmscope.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def test_the_screen_is_on_the_terminal_when_stderr_is_a_file(tmp_path) -> None:
    program, said = tmp_path / "quiet.py", tmp_path / "said"
    program.write_text(QUIET)
    with Terminal("main.o", "greet.o", program=(str(program), str(said))) as terminal:
        terminal.read(b"linked")
        terminal.send("q")
        terminal.read(b"\x1b[?1049l")
        assert terminal.process.wait(20) == 0
    assert said.read_bytes() == b""
