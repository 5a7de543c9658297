"""Auditing modules that the reference linked, and copies of them with one value changed."""

from __future__ import annotations

import pytest

from tests.explain.sample_links import LINKING, link_in, linked, reference_output
from tests.toolchain import ROOT, compiled, reference
from wasmscope.explain.auditing.audit import Audit, audit
from wasmscope.explain.naming import title
from wasmscope.format.custom import NAMES
from wasmscope.format.module import read
from wasmscope.format.module_value import build_section
from wasmscope.format.relocs import RELOC_TYPES, encode
from wasmscope.format.types import FUNCTION
from wasmscope.link.model import Atom


def audited(name: str, data: bytes | None = None) -> Audit:
    return audit(linked(name), read(data or reference_output(name), "linked.wasm"))


def atom_named(found: Audit, name: str) -> Atom:
    return next(atom for atom in found.matching.atoms if title(atom) == name)


def changed(found: Audit, atom: Atom, row: int, by: int) -> bytes:
    """The module with a relocation's value `by` more than it is."""
    assert atom.relocs is not None
    span, value = found.matching.site(atom, row), found.matching.found(atom, row)
    assert span is not None
    assert value is not None
    data = found.matching.module.data
    return data[: span[0]] + encode(RELOC_TYPES[atom.relocs.types[row]], value + by) + data[span[1] :]


@pytest.mark.parametrize("name", LINKING)
def test_nothing_is_found_in_what_the_reference_links(name: str) -> None:
    found = audited(name)
    assert not found.findings
    assert found.checked > 10


def test_a_wrong_call_is_named_with_what_it_calls_instead() -> None:
    true = audited("hello")
    atom = atom_named(true, "_start")
    row = next(row for row in range(atom.lo, atom.hi) if atom.reloc(row).type == 0)
    found = audited("hello", changed(true, atom, row, -1))
    (finding,) = found.findings
    assert finding.mention == (atom, row)
    assert finding.found == finding.expected - 1
    assert f"function {finding.found} is " in finding.points_to
    assert not found.identical


def test_a_slot_of_a_neighbour() -> None:
    true = audited("hello")
    atom = atom_named(true, "_start")
    row = next(row for row in range(atom.lo, atom.hi) if atom.reloc(row).type == 1)
    found = audited("hello", changed(true, atom, row, 1))
    assert [one.cause for one in found.findings] == ["slot off by one"]
    assert found.findings[0].points_to == "slot 2 holds shout of main.o"


@pytest.mark.parametrize("options", [[], ["--strip-all"]], ids=["with names", "without"])
def test_a_weak_function_that_the_module_has_from_a_file_that_was_not_named(options: list[str]) -> None:
    caller = "__attribute__((weak)) int maybe(void); int run(void) { return maybe ? maybe() : 1; }"
    objects = [str(compiled(text, "-O1", "-g0")) for text in (caller, "int maybe(void) { return 7; }")]
    line = ["--no-entry", "--export=run", *options]
    output = reference([*line, *objects]).output
    assert output is not None
    found = audit(link_in(ROOT, [*line, objects[0]]), read(output, "linked.wasm"))
    assert not found.findings
    assert any(isinstance(one.thing, int) for one in found.unmatched)  # the function that is in no object


def test_names_that_are_anothers_mislead_nobody() -> None:
    true = reference_output("hello")
    module = read(true, "linked.wasm")
    assert module.names is not None
    section = module.custom("name")
    assert section is not None
    names = module.names
    first = module.num_imported(FUNCTION)
    own = [index for index in names.functions if index >= first]
    shuffled = [names.functions[index] for index in own[1:]] + [names.functions[own[0]]]
    names.functions.update(zip(own, shuffled, strict=True))
    found = audited("hello", true[: section.start] + build_section(0, NAMES.write(names), "name"))
    assert not found.findings
    assert found.matched == audited("hello").matched
    assert "function 3 is called print, but its body is that of shout of main.o" in [one.why for one in found.unmatched]
