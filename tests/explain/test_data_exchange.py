"""Data that only relocations write is told apart by who refers to it."""

from __future__ import annotations

from tests.broken import CASES
from tests.explain.sample_links import link_in
from tests.toolchain import reference
from wasmscope.explain.auditing.audit import audit
from wasmscope.format.module import read


def test_pointers_that_were_laid_out_in_another_order_are_not_taken_for_each_other() -> None:
    """Each file has one pointer to a function; the module was linked with the files the other way round."""
    case = CASES["type-not-renumbered"]
    output = reference(["--no-entry", "main.o", "wide.o"], case.folder).output
    assert output is not None
    found = audit(link_in(case.folder, list(case.link)), read(output, "linked.wasm"))
    assert not found.findings
    assert found.checked == 8
    homes = {atom.name: found.matching.atoms[atom].address for atom in found.matching.atoms if atom.kind == "data"}
    assert homes[".data.chosen"] < homes[".data.combine"]
