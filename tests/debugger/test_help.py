"""What `help COMMAND` says may be typed is what the command takes."""

from __future__ import annotations

import re

import pytest

from tests.explain.sample_links import linked
from wasmscope.debugger.commands.command import Answer
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.glyphs import ascii_words
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.session import Debugger

ASIDE = "anything else"
VALUES = {"PHASE": "mark", "SECTION": "code", "NAME": "greet", "FILE": "main.o", "N": "2"}
"""For the words in capitals that stand for something."""


def forms(name: str) -> list[str]:
    """What the first column of the help says, a form each."""
    lines = ["".join(text for text, _ in line) for line in COMMANDS.help(name)][1:]
    lines = [line for line in lines if not line.startswith(("also:", " "))]
    cells = [re.split(r" {3,}", line)[0] if " " * 3 in line else re.split(r"  (?=[a-z]+ )", line)[0] for line in lines]
    return [form.strip() for cell in cells for form in re.split(r" · | {2,}", cell) if form.strip() != ASIDE]


def asked(line: str) -> Answer:
    return COMMANDS.run(Debugger(Opened(linked("hello"))), line)


@pytest.mark.parametrize("form", [one for one in forms("break") if not re.search("GLOB|TYPE|TEXT", one)])
def test_what_a_breakpoint_can_be_on(form: str) -> None:
    assert not asked(f"break {form}").refused


@pytest.mark.parametrize("form", forms("watch"))
def test_what_can_be_watched(form: str) -> None:
    assert not asked(f"watch {form}").refused


@pytest.mark.parametrize("form", forms("goto"))
def test_where_one_can_go(form: str) -> None:
    words = re.sub(r"PHASE|SECTION|NAME|FILE|N\b", lambda found: VALUES[found[0]], form)
    assert not asked(f"goto {words}").refused, words


@pytest.mark.parametrize("name", ["break", "watch", "goto", "find", "filter"])
def test_the_forms_are_told(name: str) -> None:
    assert len(forms(name)) > 4


def test_in_the_list_of_all_commands_what_they_do_is_one_column_also_in_ascii() -> None:
    lines = [ascii_words("".join(text for text, _ in line)) for line in COMMANDS.help("")]
    called = [f"{one.name} {one.usage}".rstrip() for one in COMMANDS.all]
    for line, call, one in zip(lines, called, COMMANDS.all, strict=True):
        assert line == f"{call:<28}  {ascii_words(one.about)}" or len(call) > 28, line
    assert sum(len(call) > 28 for call in called) < 6
