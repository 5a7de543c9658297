"""Bytes of code that only pad LEB128 numbers: a compiler writes a number that a linker shall patch in its full width.

--compress-relocations leaves them out (and the sizes of functions may get shorter with them).
"""

from __future__ import annotations

from wasmscope.errors import FormatError
from wasmscope.explain.steps import steps
from wasmscope.format.bodies import Body
from wasmscope.format.code import OPENS, body, instructions
from wasmscope.format.leb128 import sleb, uleb
from wasmscope.format.module import Module
from wasmscope.format.opcodes import INDICES
from wasmscope.format.relocs import RELOC_TYPES, decode
from wasmscope.link.model import Link

DECODED = 1 << 20
"""So many bytes of code of a module alone are decoded to count its padding; of more it is not worth the wait."""
SIGNED = frozenset(("i32", "i64"))
UNSIGNED = frozenset((*INDICES, "offset"))


def leb_padding(link: Link) -> int:
    """The padding in the code of a link: what its relocations did not need of their sites."""
    if link.relocate is None:
        return 0
    padding = 0
    for atom in link.relocate.atoms:
        if atom.kind != "function" or atom.relocs is None or steps(link).places.shrunk(atom) is not None:
            continue
        written = link.relocate.bytes[atom]
        for row in range(atom.lo, atom.hi):
            type = RELOC_TYPES[atom.relocs.types[row]]
            if type.encoding != "le":
                value = decode(type, written, atom.site(row))
                padding += type.width - len(uleb(value) if type.encoding == "uleb" else sleb(value))
    return padding


def module_leb_padding(module: Module) -> int | None:
    """The padding in the code of a module: of every number in it. None if it has more than `DECODED` bytes of code."""
    if sum(one.end - one.start for one in module.bodies) > DECODED:
        return None
    return sum(_padding(module.data, one) for one in module.bodies)


def _padding(data: bytes, function: Body) -> int:
    """Of a function that cannot be decoded to its end: what is before that."""
    try:
        start = body(data, function.start, function.end).code_start
    except (FormatError, IndexError):
        return 0
    padding = 0
    for found in instructions(data, start, function.end, lenient=True):
        for kind, value, first, end in found.args:
            if end - first > 1 and (kind in SIGNED or kind in UNSIGNED):
                signed = kind in SIGNED or found.name in OPENS  # a block's type is signed, too
                padding += end - first - len(sleb(value) if signed else uleb(value))
    return padding
