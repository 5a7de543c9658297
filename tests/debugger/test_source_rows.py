"""Source lines in the panes of a link, and that no key waits for them."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.samples import FOLDER
from tests.toolchain import compiled
from tests.tui.stage import Stage, play
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.lookups import LookUps
from wasmscope.debugger.question import Linker, Question
from wasmscope.debugger.render import text_of
from wasmscope.debugger.session import Debugger, opened_on
from wasmscope.explain.debug_info.module_lines import line_of_byte
from wasmscope.format.module import read
from wasmscope.tui.program import WasmscopeApp

SOURCE = """
int shared[4] = {1, 2, 3, 4};
__attribute__((noinline)) int helper(int x) {
    return x + shared[x];
}
void _start(void) {
    shared[2] = helper(2);
}
"""


@pytest.fixture(scope="module")
def object() -> Path:
    return compiled(SOURCE, "-O1", "-gdwarf-4", "-fdebug-compilation-dir=/src")


@pytest.fixture
def debugger(object: Path) -> Debugger:
    return opened_on(Question((str(object),)), Linker())


def shown(debugger: Debugger, *lines: str) -> list[str]:
    for line in lines[:-1]:
        answer = COMMANDS.run(debugger, line)
        assert not answer.refused, answer.notice
    return [text_of(line) for line in COMMANDS.run(debugger, lines[-1]).lines]


def test_panes_say_the_source_line(debugger: Debugger) -> None:
    assert shown(debugger, "goto r0", "show formula")[-1].startswith("source  /src/input.c:4")
    code = shown(debugger, "goto helper", "view relocs", "show code")
    assert [line for line in code if ";; input.c:4" in line]
    assert any(line.startswith("source  /src/input.c:3") for line in shown(debugger, "goto helper", "show thing"))
    at = shown(debugger, "goto _start+8", "show inspector")
    assert any(line.startswith("source  /src/input.c:7") for line in at)


def test_without_debug_information_no_pane_speaks_of_source() -> None:
    debugger = opened_on(Question(tuple(str(FOLDER / "hello" / one) for one in ("main.o", "greet.o"))), Linker())
    for lines in (("goto r0", "show formula"), ("show code",), ("goto greet", "show thing"), ("show inspector",)):
        assert not [line for line in shown(debugger, *lines) if line.startswith("source") or ";; " in line[60:]]
    assert not debugger.opened.lookups._known


def test_what_is_asked_for_while_something_is_looked_up_comes_later() -> None:
    lookups, go, told = LookUps(), threading.Event(), threading.Semaphore(0)
    lookups.told = told.release

    def slow() -> str:
        go.wait(10)
        return "slow"

    assert lookups.get("a", slow, "…") == "…"
    assert lookups.get("b", lambda: "last but one", "…") == "…"
    assert lookups.get("c", lambda: "last", "…") == "…"
    go.set()
    assert told.acquire(timeout=10)
    assert told.acquire(timeout=10)
    assert lookups.get("a", slow, "…") == "slow"
    assert lookups.get("c", lambda: "last", "…") == "last"


def test_the_screen_shows_a_line_once_it_is_known(debugger: Debugger) -> None:
    link = debugger.link
    app = WasmscopeApp(lambda question: link, link)

    async def scenario(stage: Stage) -> None:
        await stage.keys("3")
        await stage.until(lambda: "input.c:4" in stage.text())

    play(app, scenario)


def test_two_threads_read_the_same_lines(debugger: Debugger) -> None:
    """Debug information is one file with one position: every reader must get the lines of its own byte."""
    file = debugger.link.load.files[0]  # type: ignore[union-attr]
    body = file.functions[0]
    offsets = range(body.start, body.end)
    expected = [line_of_byte(file.module, one) for one in offsets]
    for _ in range(5):
        module = read(file.module.data, "again.o")
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(lambda one, module=module: line_of_byte(module, one), offsets)) == expected
