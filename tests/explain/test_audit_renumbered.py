"""Auditing modules after a tool that renumbers functions and types, and encodes every number anew, without names."""

from __future__ import annotations

import pytest

from tests.explain.renumbered import renumbered
from tests.explain.sample_links import COMMANDS, linked, reference_output
from tests.toolchain import is_valid
from wasmscope.explain.auditing.audit import audit
from wasmscope.format.module import read
from wasmscope.format.types import FUNCTION


@pytest.mark.parametrize("name", COMMANDS)
def test_all_is_found_again_and_nothing_is_wrong(name: str) -> None:
    link, module = linked(name), renumbered(reference_output(name))
    assert is_valid(module)
    found = audit(link, read(module, "renumbered.wasm"))
    assert not found.findings
    assert link.index is not None
    own = [atom for atom in link.index.functions if atom.file is not None]
    first, end = found.matching.module.num_imported(FUNCTION), found.matching.module.total(FUNCTION)
    for atom in own:
        home = found.matching.place_of(atom)
        assert home is not None
        assert home.number == first + end - 1 - link.index.functions[atom]
