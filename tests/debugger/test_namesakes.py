"""Things that have a name with others: what the reader left on one of them is on the same one in another link."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.link.scenes import NOTHING
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.covered import covered
from wasmscope.debugger.here import break_on, watch_on
from wasmscope.debugger.marks import meant, named
from wasmscope.debugger.named import Mark
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.saved import facts_of, restore
from wasmscope.debugger.session import Debugger
from wasmscope.debugger.watches import watched
from wasmscope.explain.naming import title
from wasmscope.explain.steps import Steps
from wasmscope.explain.symbols import Mention
from wasmscope.format.linking import SYM_LOCAL
from wasmscope.format.types import I32, FuncType
from wasmscope.link.builder import Content, Declaration, ObjectBuilder, body, call
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link
from wasmscope.link.model import Atom, Link, Symbol


def marked(value: int, *more: Content) -> Content:
    """A body that is known by `value` (0 to 63), which it drops."""
    return body(bytes((0x41, value, 0x1A)), *more)


def written(folder: Path, rebuilt: bool) -> list[str]:
    """Two objects with functions called helper and data called table, three each; of `f` one has another type than the
    other calls. `rebuilt`: with more functions and data before them."""
    one, other = ObjectBuilder(), ObjectBuilder()
    if rebuilt:
        for builder in (one, other):
            builder.function("before", NOTHING, marked(9), flags=SYM_LOCAL)
            builder.data("before", b"more", flags=SYM_LOCAL)
    f = one.function("f", FuncType((I32,), ()), marked(10))
    entry: list[Declaration] = [one.function("_start", NOTHING), f]
    for value, builder in ((1, one), (2, one), (3, other)):
        callee = builder.function("leaf", NOTHING, marked(value + 3), flags=SYM_LOCAL)
        builder.function("helper", NOTHING, marked(value, call(callee)), flags=SYM_LOCAL)
        builder.data("table", bytes((value,)), flags=SYM_LOCAL)
    one.update(entry[0], marked(8))
    other.function("caller", NOTHING, marked(7, call(other.extern_function("f", NOTHING))))
    paths = [folder / "one.o", folder / "other.o"]
    for path, builder in zip(paths, (one, other), strict=True):
        path.write_bytes(builder.flush())
    return [*map(str, paths), "--no-gc-sections", "--export=caller", "-o", "linked.wasm"]


@pytest.fixture(scope="module")
def links(tmp_path_factory: pytest.TempPathFactory) -> tuple[Link, Link]:
    """The link before and after the inputs were built again."""
    folder = tmp_path_factory.mktemp("namesakes")
    before = link(parse(written(folder, rebuilt=False)))
    return before, link(parse(written(folder, rebuilt=True)))


def of_names(found: Steps) -> Iterator[tuple[str, object]]:
    """What has a name with others, and what it is known by: kind, file, and its first bytes after its size."""
    symbols = [one for one in Opened(found.link).symbols if one.name in ("helper", "table", "f")]
    for one in (*symbols, *(atom for atom in found.symbols.atoms if title(atom) in ("helper", "leaf", ".data.table"))):
        atom = one.target if isinstance(one, Symbol) else one
        assert isinstance(atom, Atom)
        data = atom.file.module.data[atom.start : atom.end] if atom.file is not None else b"stub"
        yield f"{type(one).__name__} {data[:4].hex()} {title(one)}", one
        if isinstance(one, Atom) and title(one) == "helper":
            yield f"relocation of {data[:4].hex()}", Mention(one, one.lo)


def test_marks_notes_and_stops_find_the_one_that_they_were_set_on(links: tuple[Link, Link]) -> None:
    before, after = map(Opened, links)
    there = dict(of_names(after.steps))
    assert len(there) == 7 + 1 + 3 + 3 + 3 + 3  # helpers, tables and f; its stub; atoms; relocations
    for words, thing in of_names(before.steps):
        name = named(before.steps, thing)
        assert name is not None
        found = meant(after, name)
        assert (found.atom if isinstance(thing, Atom) else found) == there[words], words  # type: ignore[attr-defined]
        spec, text = break_on(before.steps, thing), watch_on(before.steps, thing)
        assert spec, words
        assert covered(after.steps, spec).steps == after.steps.of(there[words]), (words, spec)
        assert watched(after, text).thing == there[words], (words, text)


def test_they_come_back_in_a_session_after_a_build(links: tuple[Link, Link]) -> None:
    before, after = map(Opened, links)
    first, there = Debugger(before), dict(of_names(after.steps))
    for letter, (_, thing) in zip("abcdefghijklmnopqrstuvwxyz", of_names(before.steps), strict=False):
        place = first.followed(thing)
        assert not isinstance(place, str)
        first.go(place)
        name = named(before.steps, thing)
        assert name is not None
        first.marks.marks[letter] = Mark(name, "Link", 0)
        first.marks.notes[name] = letter
    second = Debugger(after)
    restore(second, json.loads(json.dumps(facts_of(first))))
    for letter, (words, _) in zip("abcdefghijklmnopqrstuvwxyz", of_names(before.steps), strict=False):
        assert second.marks.note_on(there[words]) == letter, words
        assert not COMMANDS.run(second, f"jump {letter}").refused
    assert list(second.marks.notes.values()).count("a") == 1


def test_names_of_a_file_are_completed_behind_it(links: tuple[Link, Link]) -> None:
    debugger = Debugger(Opened(links[0]))
    path = next(one for one in debugger.steps.symbols.files_named if one.endswith("one.o"))
    offered = COMMANDS.completions(debugger, f"goto {path}:hel")
    assert offered == [f"goto {path}:helper", f"goto {path}:helper#2"]
    at = []
    for line in offered:
        assert not COMMANDS.run(debugger, line).refused
        at.append(debugger.place.thing)
    assert at[0] != at[1]
    told = COMMANDS.run(debugger, f"goto {path}:helper").notice
    assert told == f"{path}:helper is 1 of 2 of that name; {path}:helper#2 goes to another"
    told = COMMANDS.run(debugger, "goto helper").notice
    assert told.startswith("helper is 1 of 3 of that name; FILE:helper goes to another: ")
    assert "one.o" not in told
    assert COMMANDS.completions(debugger, "goto none.o:hel") == []
