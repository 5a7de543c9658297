"""A finished module as an optimiser leaves it that changes nothing else: functions and types in another order, every
number in the fewest bytes, no names."""

from __future__ import annotations

from collections.abc import Callable

from wasmscope.format import sections
from wasmscope.format.assemble import encode, encode_body
from wasmscope.format.code import body, instructions
from wasmscope.format.immediates import Immediate
from wasmscope.format.module import Module, read
from wasmscope.format.module_value import ModuleValue, SectionValue, build
from wasmscope.format.types import FUNCTION, TAG


def renumbered(data: bytes) -> bytes:
    """The module with the functions of its own in reverse order, and its types."""
    module = read(data, "linked.wasm")
    return build(ModuleValue([_section(module, one.id, module.contents(one)) for one in module.sections if one.id]))


def _section(module: Module, id: int, contents: bytes) -> SectionValue:
    function, type = _function(module), _type(module)
    if id == 1:
        contents = sections.TYPES.write(module.types[::-1])
    elif id == 2:
        kinds = (FUNCTION, TAG)
        contents = sections.IMPORTS.write(
            one._replace(desc=type(one.desc)) if one.kind in kinds and isinstance(one.desc, int) else one
            for one in module.imports
        )
    elif id == 3:
        contents = sections.FUNCTIONS.write([type(one) for one in module.functions[::-1]])
    elif id == 13:
        contents = sections.TAGS.write([type(one) for one in module.tags])
    elif id == 7:
        contents = sections.EXPORTS.write(
            one._replace(index=function(one.index)) if one.kind == FUNCTION else one for one in module.exports
        )
    elif id == 8:
        contents = sections.START.write(function(module.start or 0))
    elif id == 9:
        contents = sections.ELEMENTS.write(
            one._replace(items=tuple(function(item) for item in one.items)) for one in module.elements
        )
    elif id == 10:
        contents = _code(module)
    return SectionValue(id, "", contents)


def _function(module: Module) -> Callable[[int], int]:
    first, end = module.num_imported(FUNCTION), module.total(FUNCTION)
    return lambda index: index if index < first else first + end - 1 - index


def _type(module: Module) -> Callable[[int], int]:
    return lambda index: len(module.types) - 1 - index


def _code(module: Module) -> bytes:
    bodies = []
    for one in module.bodies[::-1]:
        frame = body(module.data, one.start, one.end)
        code = b"".join(
            encode(found.name, *(_value(module, arg) for arg in found.args))
            for found in instructions(module.data, frame.code_start, frame.end)
        )
        bodies.append(encode_body(code, [(run.number, run.type) for run in frame.locals]))
    return sections.BODIES.write([one[_size(one) :] for one in bodies])


def _size(entry: bytes) -> int:
    return next(at for at, byte in enumerate(entry) if byte < 128) + 1


def _value(module: Module, arg: Immediate) -> object:
    renumber = {"function": _function, "type": _type}.get(arg.kind)
    return renumber(module)(arg.value) if renumber is not None else arg.value
