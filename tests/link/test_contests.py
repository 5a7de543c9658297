"""Three definitions of one function, and perhaps a call of it: who wins, who is a variant, what is an error."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.link.built import NOTHING, difference, objects
from wasmscope.format.linking import SYM_EXPORTED, SYM_WEAK
from wasmscope.format.types import I32, FuncType
from wasmscope.link.builder import ObjectBuilder, body, call

GIVES = FuncType((), (I32,))


def defining(type: FuncType, flags: int) -> ObjectBuilder:
    made = ObjectBuilder()
    made.function("g", type, body(*(("i32.const", 1) for _ in type.results)), flags=flags)
    return made


def calling(type: FuncType) -> ObjectBuilder:
    made = ObjectBuilder()
    results = ["drop" for _ in type.results]
    made.function("run", NOTHING, body(call(made.extern_function("g", type)), *results), flags=SYM_EXPORTED)
    return made


@pytest.mark.parametrize("types", list(itertools.product((NOTHING, GIVES), repeat=3)), ids=str)
@pytest.mark.parametrize("called", [None, NOTHING, GIVES], ids=str)
def test_three_definitions_contest_alike(tmp_path: Path, types: tuple[FuncType, ...], called: FuncType | None) -> None:
    for bindings in itertools.product((0, SYM_WEAK), repeat=3):
        definitions = [defining(type, flags) for type, flags in zip(types, bindings, strict=True)]
        for place in (0, 3) if called else (0,):
            caller = [calling(called)] if called else []
            argv = [*objects(tmp_path, *definitions[:place], *caller, *definitions[place:]), "--no-entry"]
            different = difference([*argv, "--export-all"], tmp_path)
            assert not different, (bindings, place, different)
