"""The bodies of a module, found with nothing but the section headers: for tests of code alone."""

from __future__ import annotations

from wasmscope.format.code import FunctionBody, body
from wasmscope.format.leb128 import read_u32


def code_bodies(data: bytes) -> list[FunctionBody]:
    """The bodies in the code section of a module or object."""
    pos, bodies = 8, []
    while pos < len(data):
        section, (size, start) = data[pos], read_u32(data, pos + 1)
        pos = start + size
        if section == 10:
            count, here = read_u32(data, start)
            for _ in range(count):
                bodies.append(body(data, here, pos))
                here = bodies[-1].end
    return bodies
