"""The facts and the text of `size`."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.explain.sample_links import COMMANDS, link_in, linked, reference_output
from tests.explain.sample_links import command as command_of
from wasmscope.explain.reasons.dominators import dominators
from wasmscope.explain.sizes.size import NoRowsError
from wasmscope.format.module import read
from wasmscope.link.model import Atom
from wasmscope.report.size import BY, Subject, lines, size_facts


def subject(name: str) -> Subject:
    return Subject("linked.wasm", linked(name))


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("name", COMMANDS)
def test_kinds_and_rows_both_add_up_to_the_file(name: str, by: str) -> None:
    facts = size_facts(subject(name), by)
    assert facts["size"] == len(reference_output(name))
    assert sum(facts["kinds"].values()) == facts["size"]
    assert sum(one["size"] for one in facts["rows"]) == facts["size"]
    for one in facts["rows"]:
        assert sum(one["kinds"].values()) == one["size"]


@pytest.mark.parametrize("name", COMMANDS)
def test_rows_by_dominator_are_the_tree_in_preorder(name: str) -> None:
    rows = size_facts(subject(name), "dominator")["rows"]
    for position, one in enumerate(rows):
        subtree = [one["size"]]
        for below in rows[position + 1 :]:
            if below["depth"] <= one["depth"]:
                break
            subtree.append(below["size"])
        assert sum(subtree) == one["retained"]
    assert sum(one["retained"] for one in rows if one["depth"] == 0) == len(reference_output(name))
    customs = {one for one in dominators(linked(name)).nodes if isinstance(one, Atom) and one.kind == "custom"}
    sections = {one.name for one in customs}
    assert len(rows) == len(dominators(linked(name)).nodes) - len(customs) + len(sections)
    assert {f"[{one}]" for one in sections} <= {one["name"] for one in rows}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_module_alone_has_a_tree_that_adds_up_to_it(name: str) -> None:
    """Its code says what calls what; what the link kept for other reasons belongs to nothing there."""
    data = reference_output(name)
    rows = size_facts(Subject("linked.wasm", read(data, "linked.wasm")), "dominator")["rows"]
    assert sum(one["size"] for one in rows) == sum(one["retained"] for one in rows if not one["depth"]) == len(data)


def test_a_function_retains_in_a_module_alone_what_it_does_in_the_link() -> None:
    alone = size_facts(Subject("linked.wasm", read(reference_output("hello"), "linked.wasm")), "dominator")["rows"]
    found = {one["name"]: one["kinds"] for one in alone}
    link = {one["name"]: one["kinds"] for one in size_facts(subject("hello"), "dominator")["rows"]}
    for name in ("_start", "visit_all", "print", "fd_write", "print_number", "greet", "shout"):
        assert found[name] == link[name]


def test_the_largest_that_are_printed_are_a_tree() -> None:
    facts = size_facts(subject("words"), "dominator")
    shown = list(lines(facts, 12))[5:-1]
    assert len(shown) == 12
    depths = [len(line[26:]) - len(line[26:].lstrip()) for line in shown]
    assert depths[0] == min(depths)
    assert all(after - before <= 2 for before, after in pairwise(depths))
    sizes = sorted((one["retained"] for one in facts["rows"]), reverse=True)
    assert sorted((int(line.split()[0].replace(",", "")) for line in shown), reverse=True) == sizes[:12]


def test_the_text_says_what_is_left_out() -> None:
    facts = size_facts(subject("hello"), "symbol")
    text = list(lines(facts, 3))
    assert text[0] == "linked.wasm: 938 bytes"
    rest = sum(one["size"] for one in facts["rows"][3:])
    assert text[-1] == f"  … and {len(facts['rows']) - 3} more, {rest} bytes (--top 0 prints all)"
    assert len(list(lines(facts, 0))) == len(list(lines(facts, 3))) - 1 + len(facts["rows"]) - 3


def test_others_are_columns_and_what_only_they_have_is_a_row() -> None:
    argv, folder = command_of("hello")
    others = [Subject(option, link_in(folder, [*argv, option])) for option in ("--no-gc-sections", "-s")]
    facts = size_facts(subject("hello"), "symbol", others)
    rows = {one["name"]: one for one in facts["rows"]}
    assert rows["forget"]["size"] == 0
    assert rows["forget"]["changes"][0] < 0 == rows["forget"]["changes"][1]
    for number, other in enumerate(others):
        assert sum(one["changes"][number] for one in rows.values()) == facts["size"] - len(other.of.emit.data)
    other = facts["against"][0]["size"]
    assert list(lines(facts, 0))[1] == f"  {938 - other:+,} against --no-gc-sections, {other} bytes"


def test_a_link_beside_a_module_is_looked_at_as_a_module() -> None:
    """Symbols of data are not in a module; put beside itself, nothing has changed."""
    module = Subject("other.wasm", read(reference_output("hello"), "other.wasm"))
    for by in ("section", "symbol", "source", "dominator"):
        facts = size_facts(subject("hello"), by, [module])
        assert [one for one in facts["rows"] if one["changes"] != [0]] == []
    for by in ("object", "member"):
        with pytest.raises(NoRowsError):
            size_facts(subject("hello"), by, [module])


def test_by_dominator_changes_are_of_what_is_retained() -> None:
    argv, folder = command_of("hello")
    other = link_in(folder, [*argv, "-s"])
    facts = size_facts(subject("hello"), "dominator", [Subject("-s", other)])
    start = next(one for one in facts["rows"] if one["name"] == "_start")
    without = dominators(other).retains(other.resolve.by_name["_start"]).total
    assert start["changes"] == [start["retained"] - without]
    assert start["changes"][0] > 0
