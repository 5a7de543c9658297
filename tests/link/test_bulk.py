"""Links with very many relocations are patched by columns, with the same values and bytes as one by one."""

from __future__ import annotations

import pytest

from tests.samples import links
from tests.toolchain import wasi_link
from wasmscope.link import bulk, relocate
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link
from wasmscope.link.model import Link


def agree(result: Link) -> None:
    """Every relocated atom of `result`, patched both ways."""
    assert result.relocate is not None, [one.text for one in result.diagnostics]
    assert result.relocate.atoms
    values = relocate.Values(result.resolve, result.mark, result.layout, result.index)
    found = bulk.relocated(values, result.relocate.atoms)
    assert list(found.keys() ^ set(result.relocate.atoms)) == []
    values = relocate.Values(result.resolve, result.mark, result.layout, result.index)
    for atom in result.relocate.atoms:
        plain = values.of_atom(atom)
        assert found[atom] == (plain, relocate.patch(atom, plain))
        assert plain == [values.of(atom, row) for row in range(atom.lo, atom.hi)]


@pytest.mark.parametrize("sample", links())
def test_columns_and_rows_agree_on_every_atom_of_the_samples(sample, monkeypatch):
    monkeypatch.chdir(sample.folder)
    agree(link(parse([*sample.link, "-o", "linked.wasm"])))


@pytest.mark.slow
def test_columns_and_rows_agree_on_a_debug_build_with_libc():
    """Merged strings, tombstones of all kinds, and sections that NumPy has read."""
    agree(link(parse([*wasi_link('#include <stdio.h>\nint main(void) { return puts("hi"); }'), "-o", "linked.wasm"])))
