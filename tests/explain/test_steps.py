"""Steps: every row of every phase once, in order, in words."""

from __future__ import annotations

import re

import pytest

from tests.explain.sample_links import FAILING, LINKING, calls, command, link_in, linked, linked_sources
from tests.toolchain import ROOT, compiled, complaints, reference
from wasmscope.explain import steps as steps_of_links
from wasmscope.explain.naming import FileSection, bound
from wasmscope.explain.steps import Steps, make_room, steps
from wasmscope.explain.symbols import Mention
from wasmscope.link.model import PHASES, Atom, Entity, ImportEntry, ObjectFile, Symbol


@pytest.mark.parametrize("name", LINKING)
def test_there_is_a_step_for_each_row_of_each_phase(name: str) -> None:
    link = linked(name)
    rows = {
        "load": sum(1 + len(file.module.sections) for file in link.load.files),
        "resolve": len(link.resolve.events),
        "mark": len(link.mark.why),
        "layout": len(link.layout.rows),
        "index": len(link.index.rows),
        "relocate": sum(atom.hi - atom.lo for atom in link.relocate.atoms),
        "emit": len(link.emit.sections),
    }
    found = steps(link)
    assert {phase: end - first for phase, first, end in found.ranges} == rows
    assert len(found) == sum(rows.values())


@pytest.mark.parametrize("name", [*LINKING, *FAILING])
def test_steps_are_numbered_in_phase_order_and_say_what_and_why(name: str) -> None:
    found = steps(linked(name))
    for number, step in enumerate(found, 1):
        assert step.number == number
        assert found.number(step.phase, step.row) == number
        assert step.text
        assert step.why
        assert "<wasmscope" not in step.text + step.why, step
        assert not re.search(r"\w\(.*object at 0x", step.text + step.why), step
    assert [PHASES.index(step.phase) for step in found] == sorted(PHASES.index(step.phase) for step in found)


def test_step_zero_is_before_everything_and_there_is_none_past_the_end() -> None:
    found = steps(linked("hello"))
    assert found[0].kind == "start"
    for outside in (-1, len(found) + 1):
        with pytest.raises(IndexError):
            found[outside]


@pytest.mark.parametrize("name", LINKING)
def test_a_step_is_among_the_steps_of_its_subject(name: str) -> None:
    found = steps(linked(name))
    for step in found:
        assert step.number in found.of(step.subject), step


def test_the_steps_of_a_symbol_are_its_whole_life() -> None:
    link = linked("hello")
    found = steps(link)
    life = [found[number] for number in found.of(link.resolve.by_name["visit_all"])]
    assert [step.phase for step in life] == ["resolve", "resolve", "mark", "index", "relocate", "relocate"]
    assert all("visit_all" in step.text for step in life)


def test_texts_are_sentences_in_the_words_of_the_field() -> None:
    texts = {step.text: step.why for step in steps(linked("hello"))}
    assert texts["names: main.o defines it"] == "first mention is the definition"
    assert texts["names: greet.o mentions it too; it is defined"]
    moved = re.compile(
        r"relocation 1 of _start: R_WASM_FUNCTION_INDEX_LEB visit_all: .. 80 80 80 00 -> .. 80 80 80 00"
    )
    assert any(moved.fullmatch(text) for text in texts)
    assert any(text.startswith("function index of print (greet.o): 1 import + ") for text in texts)


def test_a_merged_string_is_shown_and_where_it_went() -> None:
    texts = [step.text for step in steps(linked("hello")) if step.kind == "string"]
    assert '"linker", at +0x0 of .rodata..L.str.1 of main.o, is at +0x0 of the merged strings' in texts
    assert any(step.why.startswith("it is the tail of the longer string") for step in steps(linked("hello")))


def test_a_definition_after_a_mention_is_told_as_such() -> None:
    user = "int bump(int); int inc(int x) { return bump(x) + 1; }"
    definer = "int bump(int x) { return x * 3; }"
    link = linked_sources(user, definer, options=("--no-entry", "--export=inc"))
    found = steps(link)
    told = [found[number] for number in found.of(link.resolve.by_name["bump"]) if found[number].phase == "resolve"]
    first, second = (file.name for file in link.load.files)
    assert told[0].text == f"bump: {first} mentions it, undefined"
    assert told[1].text == f"bump: {second} defines it, in place of the undefined mention in {first}"
    assert told[1].why == "a definition beats an undefined mention"


@pytest.mark.parametrize("name", FAILING)
def test_a_failing_link_ends_with_what_is_wrong(name: str) -> None:
    link = linked(name)
    assert link.failed
    found = steps(link)
    last = found[len(found)]
    errors = [one.text for one in link.diagnostics if one.severity == "error"]
    assert errors
    assert {step.text for step in found if step.kind == "error"} == {text.replace("\n>>> ", "; ") for text in errors}
    assert last.kind in ("error", "warning", "note")


def test_an_undefined_symbol_is_a_step_that_leads_to_the_symbol() -> None:
    source = "int missing(void); int near(void) { return missing(); }"
    link = linked_sources(source, options=("--no-entry", "--export=near"))
    found = steps(link)
    last = found[len(found)]
    assert (last.phase, last.kind) == ("index", "error")
    assert last.text.endswith("undefined symbol: missing")
    assert last.subject is link.resolve.by_name["missing"]
    assert last.number in found.of(last.subject)


def test_the_same_link_gives_the_same_steps_and_its_indexes_again() -> None:
    link = linked("hello")
    assert steps(link) is steps(link)


def test_warmed_steps_have_every_index_and_say_the_same() -> None:
    cold, warm = Steps(linked("shapes")), Steps(linked("shapes"))
    made = sum(1 for _ in warm.warm())
    assert made > 20  # one at a time: what waits for a pause waits for one of them
    assert "names" not in vars(cold.symbols)
    assert {"names", "files", "kept_row"} <= vars(warm.symbols).keys()
    assert {"placed_rows", "numbered", "pieces"} <= vars(warm.places).keys()
    assert list(warm) == list(cold)


def test_room_for_another_link_is_made_by_forgetting_the_oldest_which_then_says_the_same(monkeypatch) -> None:
    monkeypatch.setattr(steps_of_links, "_recent", [])
    links = [linked(name) for name in LINKING[:3]]
    found = [steps(link) for link in links]
    pieces, output = dict(found[0].places.pieces), found[0].output
    make_room()
    assert [steps(link) for link in links[1:]] == found[1:]
    assert "pieces" not in vars(found[0].places)
    assert found[0].places.pieces == pieces
    assert found[0].output is not output
    make_room()
    assert [steps(link) for link in links[1:]] == found[1:]
    assert steps(links[0]) is not found[0]


def test_counting_the_steps_costs_by_file_and_not_by_row() -> None:
    link = linked("words")
    files = len(link.load.files)
    assert len(steps(link)) > 20 * files
    assert calls(lambda: len(Steps(link))) < 12 * files + 100


def test_making_a_step_costs_the_same_wherever_it_is() -> None:
    """Once the reverse indexes that it looks into are built."""
    found = steps(linked("words"))
    for number in range(1, len(found) + 1):
        found[number]
    for number in range(1, len(found) + 1, 37):
        step = found[number]
        if step.phase != "emit":  # counts the section's pieces
            assert calls(lambda number=number: found[number]) < 250, step


def test_subjects_are_the_things_themselves() -> None:
    kinds = {"load": (ObjectFile, FileSection), "resolve": (Symbol, ObjectFile), "mark": (Atom, Entity, Symbol)}
    for step in steps(linked("kernel")):
        if step.phase in kinds:
            assert isinstance(step.subject, kinds[step.phase]), step
    imports = [step for step in steps(linked("kernel")) if isinstance(step.subject, ImportEntry)]
    assert [step.kind for step in imports] == ["import"] * len(imports)


@pytest.mark.parametrize("name", [*LINKING, *FAILING])
def test_a_step_is_about_what_its_row_is_about_and_says_so_without_its_sentences(name: str) -> None:
    link, found = linked(name), steps(linked(name))
    about: dict[str, list[object]] = {
        "resolve": [one.symbol or one.file for one in link.resolve.events] if link.resolve else [],
        "mark": list(link.mark.why) if link.mark else [],
        "index": [thing for _, thing, _ in link.index.rows] if link.index else [],
        "emit": list(link.emit.sections) if link.emit else [],
    }
    atoms = link.relocate.atoms if link.relocate else []
    about["relocate"] = [Mention(atom, row) for atom in atoms for row in range(atom.lo, atom.hi)]
    for phase, things in about.items():
        first = found.number(phase, 0)
        assert [found.about(first + row) for row in range(len(things))] == things, phase
    assert calls(lambda: found.about(1)) < calls(lambda: found[1])


def test_the_failures_are_those_of_the_reference() -> None:
    for name in FAILING:
        outcome = reference(*command(name))
        assert outcome.status, name
        first = complaints(outcome.stderr)[0].removeprefix("error: ")
        assert any(step.text.startswith(first) for step in steps(linked(name))), (name, first)


@pytest.mark.parametrize("name", [*LINKING, *FAILING])
def test_the_steps_of_many_things_are_those_of_each_of_them(name: str) -> None:
    found = steps(linked(name))
    symbols = list(found.symbols.numbers)
    for wanted in (symbols, symbols[::3], symbols[:1], found.symbols.atoms, found.symbols.atoms[1::2], []):
        assert found.of_many(wanted) == sorted({number for one in wanted for number in found.of(one)})
    both = [*symbols[::2], *found.symbols.atoms[::2]]
    assert found.of_many(both) == sorted({number for one in both for number in found.of(one)})


@pytest.mark.parametrize("name", LINKING)
def test_the_columns_of_relocations_say_what_each_of_them_is(name: str) -> None:
    found = steps(linked(name))
    symbols = list(found.symbols.numbers)
    mentions = [found.places.relocation_at(row) for row in range(len(found.relocations.types))]
    assert found.relocations.types.tolist() == [one.atom.relocs.types[one.row] for one in mentions]
    named = [symbols[number] if number >= 0 else None for number in found.relocations.symbols]
    assert named == [bound(found.link, *one) for one in mentions]


def test_why_a_link_failed_is_one_line_of_words_also_where_what_helps_is_a_table() -> None:
    found = steps(link_in(ROOT, [str(compiled("void _start(void) {}", "-Os", "-g0")), "--global-base=4096"]))
    last = found[len(found)]
    assert "stack low" in last.why  # a row of the memory's map
    assert "  " not in last.why


def test_the_text_alone_is_that_of_the_step_for_less() -> None:
    found = steps(linked("hello"))
    assert found.text(0) == found[0].text
    for number in range(1, len(found) + 1):
        assert found.text(number) == found[number].text
        assert calls(lambda: found.text(number)) < calls(lambda: found[number])  # noqa: B023
