"""Links made without an atom or an object: as if it had never been there, as the reference says of inputs without."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.samples import SAMPLES, links
from tests.toolchain import call, compiled, reference
from wasmscope.debugger.panes.facts import facts
from wasmscope.explain.events import event_sentence
from wasmscope.explain.reasons.chosen import why_chosen
from wasmscope.explain.state import state
from wasmscope.explain.steps import steps
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link
from wasmscope.link.model import Atom, Link
from wasmscope.link.options import Options, Unplugged

REST = "int two(void); int far(void); int one(void) { return two() + far(); }"
TWO = "int two(void) { return 2; }"
OPTIONS = ("--no-entry", "--export=one")
MISSED = r".*undefined symbol: |entry symbol not defined |symbol exported via --export not|.* an undefined symbol `"
OUTPUT = ("-o", "linked.wasm")


def missing(text: str) -> list[str]:
    return sorted(re.findall(r"undefined symbol: (\w+)", text))


def without(made: Link, name: str) -> Options:
    """The options of `made`, and its first object's function `name` unplugged."""
    file = made.load.files[0]
    number = next(number for number, one in enumerate(file.functions) if one.name == name)
    return replace(made.options, unplugged=(Unplugged(file.name, "function", number),))


def test_without_an_atom_the_link_misses_what_the_reference_misses_in_a_source_without_it() -> None:
    options = parse([*OPTIONS, *OUTPUT, str(compiled(TWO + REST))])
    made = link(without(link(options), "two"))
    said = reference([*OPTIONS, str(compiled(REST))]).stderr
    assert missing("\n".join(one.text for one in made.diagnostics)) == missing(said) == ["far", "two"]


def test_another_definition_takes_the_place_of_an_unplugged_one() -> None:
    options = parse([*OPTIONS, *OUTPUT, "--allow-undefined", "--allow-multiple-definition",
                     str(compiled(TWO + REST)), str(compiled(TWO))])  # fmt: skip
    made = link(options)
    assert made.resolve.by_name["two"].file is made.load.files[0]
    again = link(without(made, "two"))
    assert again.resolve.by_name["two"].file is again.load.files[1]


@pytest.mark.parametrize("sample", links())
def test_what_is_unplugged_is_kept_by_nothing(sample, monkeypatch) -> None:
    monkeypatch.chdir(sample.folder)
    options = parse([*sample.link, "-o", "out.wasm"])
    for file in link(options).resolve.objects[:8]:
        for atom in [*file.functions[:10], *file.segments[:10]]:
            made = link(replace(options, unplugged=(Unplugged(file.name, atom.kind, atom.index),)))
            kept = made.mark.why if made.mark is not None else {}
            assert (atom.file.name, atom.kind, atom.index) not in {
                (one.file.name, one.kind, one.index) for one in kept if isinstance(one, Atom) and one.file is not None
            }
            assert all(re.match(MISSED, one.text) for one in made.diagnostics if one.severity == "error")


def test_an_object_left_out_is_as_one_not_named() -> None:
    main, greet = (str(path) for path in SAMPLES["hello"].inputs)
    options = parse(["--no-entry", "--export-dynamic", "--allow-undefined", "-o", "linked.wasm", main, greet])
    made = link(replace(options, left_out=(greet,)))
    assert made.emit is not None
    assert made.emit.data == reference(["--no-entry", "--export-dynamic", "--allow-undefined", main]).output


BEGIN = "volatile int set; __attribute__((constructor)) {static} void begin(void) {{ set = 5; }}"
GET = "extern int set; int get(void) { return set; }"


@pytest.mark.parametrize("static", ["", "static"])
def test_a_constructor_that_is_unplugged_is_not_called(static: str) -> None:
    """Nor is it imported: an object without a function has no word of running it."""
    options = parse(["--no-entry", "--export=get", "--allow-undefined", *OUTPUT,
                     str(compiled(BEGIN.format(static=static), "-Os")), str(compiled(GET, "-Os"))])  # fmt: skip
    made = link(options)
    assert [symbol.name for _, symbol in made.index.init_functions] == ["begin"]
    again = link(without(made, "begin"))
    assert again.emit is not None
    assert again.index.init_functions == again.index.imports == []
    assert not any(atom.name == "__wasm_call_ctors" for atom in again.index.functions)
    assert call(again.emit.data, "get") == 0


@pytest.mark.parametrize("known", [False, True])
def test_no_comdat_group_is_said_to_be_why_an_unplugged_definition_is_none(known: bool) -> None:
    uses, holder = compiled("int two(void); int three(void) { return two(); }"), compiled(TWO + REST)
    options = parse([*OPTIONS, *OUTPUT, str(holder), *([str(uses)] if known else [])])
    if known:
        options = replace(options, inputs=options.inputs[::-1])
    made = link(options)
    (file,) = (one for one in made.load.files if any(atom.name == "two" for atom in one.functions))
    (two,) = (atom for atom in file.functions if atom.name == "two")
    again = link(replace(options, unplugged=(Unplugged(file.name, "function", two.index),)))
    (row,) = (row for row, event in enumerate(again.resolve.events) if event.kind == "discard")
    assert event_sentence(steps(again).symbols, row) == (
        f"two: the definition in {file.name} is discarded", "the link is made without it"
    )  # fmt: skip
    first = why_chosen(again, again.resolve.by_name["two"]).candidates[1 if known else 0]
    assert first.standing == ("unplugged" if known else "undefined")
    (atom,) = again.resolve.unplugged
    told = {fact.key: fact.value for fact in facts(state(again, len(steps(again))), atom)}
    assert told["known"] == "unplugged: the link is made without it"
