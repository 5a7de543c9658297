"""A link as it should be, with the place of everything in it: what the faults begin with."""

from __future__ import annotations

import contextlib
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from wasmscope.explain.steps import steps
from wasmscope.format.linking import LINKING, Linking, SymbolRecord
from wasmscope.format.module import read
from wasmscope.format.module_value import build, value_of
from wasmscope.format.relocs import RELOC_TYPES, RelocType, encode
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link
from wasmscope.link.model import Atom, Link, Segment, Symbol

OUTPUT = "linked.wasm"
ZIG = (sys.executable, "-m", "ziglang")


class Site(NamedTuple):
    """Where a relocation of `atom` is applied in the linked module: file offsets, and the value that is right there."""

    start: int
    end: int
    type: RelocType
    index: int
    addend: int
    symbol: Symbol | None
    value: int
    before: bytes
    """What the object has there."""
    atom: Atom

    @property
    def target(self) -> str:
        """The name of the symbol."""
        return self.symbol.name if self.symbol is not None else ""


class TrueLink:
    """The link of a case as it should be: `data` is what wasm-ld writes, `link` our link of the same line."""

    def __init__(self, line: str, folder: Path) -> None:
        self.words = shlex.split(line)
        self.folder = folder
        self.data = wasm_ld(self.words, folder)
        with contextlib.chdir(folder):
            self.link: Link = link(parse([*self.words, "-o", OUTPUT]))
        assert self.link.emit is not None, self.link.diagnostics
        assert self.link.emit.data == self.data, f"{line}: our link is not wasm-ld's"
        self.sites = list(self._sites())

    def _sites(self) -> Iterator[Site]:
        found = steps(self.link)
        for atom, values in self.link.relocate.values.items():
            start = found.places.pieces[atom][1].start
            for row, value in enumerate(values, atom.lo):
                reloc = atom.reloc(row)
                type = RELOC_TYPES[reloc.type]
                symbol = self.link.resolve.bindings[atom.file][reloc.index] if type.symbol_kind != "type" else None
                low, high = found.places.written_site(atom, row)
                before = found.places.before(atom, row)
                yield Site(start + low, start + high, type, reloc.index, reloc.addend, symbol, value, before, atom)

    def value_of(self, name: str) -> int:
        """The address of a linker's symbol."""
        return self.link.layout.values[self.link.resolve.linker[name]]

    def home(self, symbol: Symbol | None) -> str:
        """The name of the output segment that a symbol is in, or nothing."""
        place = self.link.layout.home.get(symbol.target) if symbol is not None else None
        return place.name if isinstance(place, Segment) else ""

    def with_values(self, rule: Callable[[Site], int | None]) -> bytes:
        """The module with other values where `rule` gives one."""
        data = bytearray(self.data)
        for site in self.sites:
            value = rule(site)
            if value is not None:
                data[site.start : site.end] = encode(site.type, value)
        return bytes(data)

    def relinked(self, change: Callable[[str, SymbolRecord], SymbolRecord], comdats: bool = True) -> bytes:
        """What wasm-ld makes of the same line when `change` has changed the symbols of each object."""
        with tempfile.TemporaryDirectory() as place:
            for path in self.folder.glob("*.o"):
                (Path(place) / path.name).write_bytes(_changed(path, change, comdats))
            return wasm_ld(self.words, Path(place))


def _changed(path: Path, change: Callable[[str, SymbolRecord], SymbolRecord], comdats: bool) -> bytes:
    module = read(path.read_bytes(), path.name)
    linking, value = module.linking, value_of(module)
    symbols = [change(path.name, one) for one in linking.symbols]
    changed = Linking(symbols=symbols, segments=linking.segments, comdats=linking.comdats if comdats else [])
    for section in value.sections:
        if section.name == "linking":
            section.contents = LINKING.write(changed)
    return build(value)


def wasm_ld(words: list[str], folder: Path) -> bytes:
    """What the reference linker writes."""
    with tempfile.TemporaryDirectory() as place:
        output = Path(place) / OUTPUT
        subprocess.run([*ZIG, "wasm-ld", *words, "-o", output], cwd=folder, check=True)
        return output.read_bytes()
