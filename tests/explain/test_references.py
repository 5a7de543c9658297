"""Cross references of the samples, whose sources say what they must be."""

from __future__ import annotations

from tests.samples import SAMPLES
from tests.tui.stage import linked
from wasmscope.explain.naming import title
from wasmscope.explain.references import KINDS, AtomByte, Reference, references_in, references_out
from wasmscope.explain.steps import steps
from wasmscope.explain.symbols import Mention
from wasmscope.link.model import Atom, Link, ObjectFile, Symbol


def hello() -> Link:
    return linked(*SAMPLES["hello"].inputs)


def symbol(link: Link, name: str) -> Symbol:
    assert link.resolve is not None
    return link.resolve.by_name[name]


def named(found: list[Reference], kind: str) -> list[str]:
    return [title(one.thing.atom if isinstance(one.thing, Mention) else one.thing) for one in found if one.kind == kind]


def test_who_calls_a_function_and_whose_address_is_taken() -> None:
    link = hello()
    found = list(references_in(link, symbol(link, "visit_all")))
    assert named(found, "relocation") == ["_start", "_start"]  # main.c calls it twice
    assert "slot" not in {one.kind for one in found}
    assert [one.text for one in references_in(link, symbol(link, "greet")) if one.kind == "slot"] == ["table slot 1"]


def test_what_a_function_leads_to_is_the_inverse_of_what_leads_to_it() -> None:
    link = hello()
    start = symbol(link, "_start").target
    out = list(references_out(link, start))
    assert isinstance(start, Atom)
    assert len([one for one in out if one.kind == "relocation"]) == start.hi - start.lo
    for one in out:
        if one.kind == "relocation" and isinstance(one.thing, Mention):
            (target,) = [end for end in references_out(link, one.thing) if end.kind in ("symbol", "type")]
            assert one.thing in {back.thing for back in references_in(link, target.thing)}


def test_chain_neighbours_name_each_other() -> None:
    link = hello()
    atom = symbol(link, "greet").target
    (after,) = [one.thing for one in references_out(link, atom) if one.kind == "next"]
    (before,) = [one.thing for one in references_in(link, after) if one.kind == "previous"]
    assert before is atom


def test_exports_imports_and_roots_are_references() -> None:
    link = hello()
    kinds = {one.kind for one in references_in(link, symbol(link, "_start"))}
    assert {"export", "root"} <= kinds
    assert link.index is not None
    entry = next(one for one in link.index.imports if one.symbol is not None)
    assert "relocation" in {one.kind for one in references_in(link, entry)}


def test_a_member_knows_who_pulled_it_in_and_the_puller_knows_the_member() -> None:
    sample = SAMPLES["words"]
    link = linked(*(word if word.startswith("-l") else f"-L{sample.folder}" if word == "-L." else sample.folder / word
                    for word in sample.link))  # fmt: skip
    assert link.resolve is not None
    member = next(one.file for one in link.resolve.events if one.kind == "extract")
    assert isinstance(member, ObjectFile)
    (pulled,) = [one for one in references_in(link, member) if one.kind == "pulled"]
    assert isinstance(pulled.thing, ObjectFile)
    assert member in {one.thing for one in references_out(link, pulled.thing) if one.kind == "pulled"}
    assert named(list(references_in(link, member)), "user")


def test_relocations_that_point_at_a_byte_come_first() -> None:
    link = hello()
    assert link.resolve is not None
    data = next(
        one for one in link.resolve.symbols
        if one.kind == "data" and isinstance(one.target, Atom) and any(steps(link).symbols.mentions(one))
    )  # fmt: skip
    assert isinstance(data.target, Atom)
    first = next(iter(references_in(link, AtomByte(data.target, data.offset))))
    assert first.text.split(",")[0].endswith("→ this byte")


def test_copies_of_a_comdat_group_know_each_other() -> None:
    link = linked(*SAMPLES["shapes"].inputs)
    assert link.resolve is not None
    kept = next(one for one in link.resolve.events if one.kind == "comdat-dropped")
    assert kept.file is not None
    atom = next(
        one
        for one in (*kept.file.functions, *kept.file.segments)
        if one.comdat >= 0 and kept.file.comdats[one.comdat] == kept.rule
    )
    copies = [one for one in references_in(link, atom) if one.kind == "copy"]
    assert copies
    assert all(one.thing is not kept.file for one in copies)


def test_every_kind_of_reference_is_in_the_table_and_every_symbol_has_an_answer() -> None:
    for sample in ("hello", "kernel", "shapes"):
        link = linked(*SAMPLES[sample].inputs)
        for one in steps(link).symbols.symbols_at:
            for reference in (*references_in(link, one), *references_out(link, one)):
                assert reference.kind in KINDS
                assert reference.text
