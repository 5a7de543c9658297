"""`docs/options.md`: what each of wasm-ld's options does here, made from the option table and the tests.

    python -m tests.option_page

writes it again. An option that is done names a test that uses it on both linkers; the page keeps the test that it names
as long as that still uses the option, so that a new test elsewhere leaves the page as it is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from wasmscope.link.option_spelling import usage
from wasmscope.link.option_table import GROUPS, Row

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "options.md"
OURS = {"lld"}
"""Options that wasm-ld does not have."""
OWN_TEXT = {"help", "version", "v", "V"}
"""Options that print what this program says of itself."""
WHERE = ("link", "report", "cli")
ORDER = ("link/test_option_page.py", "link/test_options.py")
"""The tests that come last: one fills gaps, one compares what is said about a command line, not what is linked."""
JUDGES = re.compile(r"\b(reference|alike|assert_same_link)\b")

HEAD = """\
# Link options

`wasmscope link` takes the options of wasm-ld 22.1.8, in all of their spellings (`tests/link/test_options.py` tries each
on both). This page is made from `wasmscope/link/option_table.py` by `python -m tests.option_page`; a test holds it
against the table, the tests that it names, and the list that `wasm-ld --help` prints.

- **same bytes**: the output is the reference's, byte for byte, or both refuse in the same words; the test shows it.
- **same text**: what is printed or written beside the output is the reference's; the test shows it.
- **own text**: accepted where the reference accepts it; what is printed is about this program.
- **no effect**: accepted, so that build scripts work; why that changes nothing.
- **refused**: one clear line, and exit status 1; why.
"""


class Use(NamedTuple):
    """A test that uses words of a command line: its path and name, and the case's key if the words are in a dict."""

    test: str
    case: str
    words: str

    @property
    def title(self) -> str:
        return f"{self.test}[…{self.case}]" if self.case else self.test


# --- tests and the words in them ------------------------------------------------------------------------------------


@cache
def uses() -> list[Use]:
    """Everything in quotes in tests that ask the reference, in the order of preference."""
    files = sorted(file for folder in WHERE for file in (TESTS / folder).glob("test_*.py"))
    found = [use for file in files for use in _uses(file)]
    return sorted(found, key=_rank)


def _rank(use: Use) -> int:
    file = use.test.partition("::")[0]
    return ORDER.index(file) + 1 if file in ORDER else 0 if file != "link/test_matrix.py" else -1


def _uses(file: Path) -> Iterator[Use]:
    text = file.read_text()
    if not JUDGES.search(text):
        return
    path = file.relative_to(TESTS).as_posix()
    nodes = [node for node in ast.parse(text).body if not isinstance(node, ast.Import | ast.ImportFrom)]
    known = {name: node for node in nodes for name in _names(node)}
    for name, node in known.items():
        if name.startswith("test_"):
            for one in _reached(node, known):
                yield from (Use(f"{path}::{name}", *words) for words in _words(one))


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [one.id for target in node.targets for one in ast.walk(target) if isinstance(one, ast.Name)]
    return [node.target.id] if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else []


def _reached(node: ast.stmt, known: dict[str, ast.stmt]) -> list[ast.stmt]:
    """A test and the module's own things that it names, directly or through others."""
    reached = [node]
    for one in reached:
        for name in ast.walk(one):
            if isinstance(name, ast.Name) and name.id in known and known[name.id] not in reached:
                reached.append(known[name.id])
    return reached


def _words(node: ast.stmt) -> Iterator[tuple[str, str]]:
    """The quoted texts in `node`, each with its key when it is the value of a dict."""
    keys = {
        id(part): key.value
        for one in ast.walk(node)
        if isinstance(one, ast.Dict)
        for key, value in zip(one.keys, one.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
        for part in ast.walk(value)
    }
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.lstrip("{")[:1]:
            yield keys.get(id(one), ""), one.value


def shown_by(row: Row) -> list[Use]:
    """The tests that use an option in one of its spellings."""
    pattern = written(row)
    return [use for use in uses() if pattern.search(use.words)]


def written(row: Row) -> re.Pattern[str]:
    """What an option looks like in a command line, in any of its spellings."""
    return re.compile("|".join(_pattern(row, name.lstrip("-")) for name in row.names.split()))


def _pattern(row: Row, name: str) -> str:
    before = r"(?<![^\s'\"}])"
    if len(name) == 1:
        return f"{before}-{name}" + (r"(?=\s|$)" if not row.takes_value else "")
    after = {"flag": r"(?=\s|$)", "=": "=", "next": r"(?=\s|$)", "joined": ""}.get(row.takes, r"(?=\s|=|$)")
    return f"{before}--?{re.escape(name)}{after}"


# --- the page -------------------------------------------------------------------------------------------------------


def page(before: str = "") -> str:
    """The page; `before` is the present one, whose tests are kept where they still show what they did."""
    named = dict(re.findall(r"^\| (`.*`) \| \w+ \w+ \| `(.*)` \|$", before, re.MULTILINE))
    lines = [HEAD]
    for group, rows in GROUPS.items():
        lines += [f"\n## {group}\n", "| option | here | test, or why |", "|---|---|---|"]
        for row in rows:
            lines += _lines(group, row, named.get(title(row), ""))
    return "\n".join(lines) + "\n"


def title(row: Row) -> str:
    """An option as the page writes it: all its spellings."""
    return f"`{usage(row)}`"


def _lines(group: str, row: Row, named: str) -> Iterator[str]:
    if row.state != "done":
        yield f"| {title(row)} | {row.state} | {row.why} |"
        return
    if row.names.lstrip("-") in OURS:
        yield f"| {title(row)} | ours | {row.help} |"
        return
    titles = list(dict.fromkeys(use.title for use in shown_by(row)))
    result = "same text" if group == "Reports and messages" else "same bytes"
    if row.long in OWN_TEXT:
        result = "own text"
    yield f"| {title(row)} | {result} | `{named if named in titles else titles[0] if titles else 'no test'}` |"


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(PAGE.read_text() if PAGE.exists() else ""))
