"""Atoms with very many relocations are patched by columns, with the same values and bytes as one by one."""

from __future__ import annotations

import pytest

from tests.samples import links
from wasmscope.link import bulk, relocate
from wasmscope.link.driver import link
from wasmscope.link.options import parse


@pytest.mark.parametrize("sample", links())
def test_columns_and_rows_agree_on_every_atom(sample, monkeypatch):
    """Every relocated atom of every sample, patched both ways."""
    monkeypatch.chdir(sample.folder)
    result = link(parse([*sample.link, "-o", "linked.wasm"]))
    assert result.relocate is not None, [one.text for one in result.diagnostics]
    values = relocate.Values(result.resolve, result.mark, result.layout, result.index)
    assert result.relocate.atoms
    for atom in result.relocate.atoms:
        plain = values.of_atom(atom)
        assert bulk.apply(values, atom) == (plain, relocate.patch(atom, plain))
        assert plain == [values.of(atom, row) for row in range(atom.lo, atom.hi)]
