"""Objects that a test makes itself, linked by the reference and, for comparison, by us."""

from __future__ import annotations

import contextlib
import itertools
from pathlib import Path
from typing import NamedTuple

from tests.module_diff import first_difference
from tests.toolchain import OUTPUT, Outcome, complaints, reference
from wasmscope.format.module import Module, read
from wasmscope.format.relocs import decode
from wasmscope.format.types import FUNCTION, GLOBAL, I32, MEMORY, TABLE, TAG, FuncType
from wasmscope.link.builder import ObjectBuilder, body, reloc_type
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link

NOTHING = FuncType((), ())
GIVES = FuncType((), (I32,))
MAPS = FuncType((I32,), (I32,))
_links = itertools.count()


def number(value: int):
    """A body that gives `value`."""
    return body(("i32.const", value))


class Linked(NamedTuple):
    """What the reference made of some objects."""

    outcome: Outcome
    module: Module

    @property
    def data(self) -> bytes:
        assert self.outcome.output is not None, self.outcome.stderr
        return self.outcome.output

    def exports(self, kind: int) -> dict[str, int]:
        """Index of each export of a kind, without what the linker exports by itself."""
        return {one.name: one.index for one in self.module.exports if one.kind == kind and one.name != "memory"}

    def function(self, name: str) -> int:
        return self.exports(FUNCTION)[name]

    def body(self, name: str) -> bytes:
        """The body of an exported function, without its size."""
        body = self.module.bodies[self.function(name) - self.module.num_imported(FUNCTION)]
        return self.data[body.code_start : body.end]

    def address(self, name: str) -> int:
        """Address of an exported datum: the value of the global that is exported for it."""
        own = self.exports(GLOBAL)[name] - self.module.num_imported(GLOBAL)
        return self.module.globals[own].init[0].args[0]

    def memory(self, address: int, size: int) -> bytes:
        """`size` bytes of the first memory at its start."""
        image = bytearray(address + size)
        for one in self.module.datas:
            start, raw = one.offset[0].args[0], self.data[one.start : one.end]
            image[start : start + len(raw)] = raw
        return bytes(image[address : address + size])

    def custom(self, name: str) -> bytes:
        return self.module.contents(self.module.custom(name))

    def slots(self) -> dict[int, int]:
        """Function in each table slot."""
        return {
            start: function
            for element in self.module.elements
            for start, function in enumerate(element.items, element.offset[0].args[0])
        }


def decoded(type: str, data: bytes, at: int = 0) -> int:
    """The number at a site of relocation `type`."""
    return decode(reloc_type(type), data, at)


def objects(folder: Path, *builders: ObjectBuilder | bytes) -> list[str]:
    """Names of the objects, written to `folder`: each time new ones, as links of the reference are remembered."""
    batch, names = next(_links), []
    for number, one in enumerate(builders):
        names.append(f"{chr(ord('a') + number)}{batch}.o")
        (folder / names[-1]).write_bytes(one if isinstance(one, bytes) else one.flush())
    return names


def refused(folder: Path, *builders: ObjectBuilder | bytes, options: str = "--no-entry --export-all") -> list[str]:
    """What the reference complains of when it will not link these."""
    outcome = reference([*objects(folder, *builders), *options.split()], folder)
    assert outcome.status != 0
    return complaints(outcome.stderr)


def linked(folder: Path, *builders: ObjectBuilder | bytes, options: str = "--no-entry --export-all") -> Linked:
    """Link with the reference, which must accept; and with us, who must make the same bytes."""
    argv = [*objects(folder, *builders), *options.split()]
    outcome = reference(argv, folder)
    assert outcome.status == 0, outcome.stderr
    assert outcome.output is not None
    different = difference(argv, folder)
    assert not different, different
    return Linked(outcome, read(outcome.output, OUTPUT))


def difference(argv: list[str], folder: Path) -> str:
    """How our link differs from the reference's: in being refused, in bytes, in warnings; empty when it does not."""
    expected = reference(argv, folder)
    with contextlib.chdir(folder):
        ours = link(parse([*argv, "-o", OUTPUT]))
    told = [f"{one.severity}: {one.text.splitlines()[0]}" for one in ours.diagnostics if one.severity != "note"]
    if (expected.status != 0) != bool(ours.failed):
        return f"reference: status {expected.status}, {expected.stderr}\nours: {ours.failed}, {told}"
    if sorted(complaints(expected.stderr)) != sorted(told):
        return f"reference said {complaints(expected.stderr)}\nwe said {told}"
    if expected.output is None:
        return ""
    assert ours.emit is not None
    same = expected.output == ours.emit.data
    return "" if same else first_difference(expected.output, ours.emit.data)


__all__ = ["FUNCTION", "GLOBAL", "MEMORY", "NOTHING", "TABLE", "TAG", "Linked", "decoded", "difference", "linked",
           "objects", "refused"]  # fmt: skip
