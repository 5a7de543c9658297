"""Every phase and every relocation type is explained, in two lines and with a place to read more."""

from __future__ import annotations

from wasmscope.explain.lessons import PHASES as LESSONS
from wasmscope.explain.lessons import lessons
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.link.model import PHASES


def test_every_phase_and_relocation_type_has_a_lesson() -> None:
    assert tuple(LESSONS) == PHASES
    assert set(lessons()) == {*PHASES, *(one.name for one in RELOC_TYPES)}


def test_a_lesson_is_two_lines_and_names_a_document() -> None:
    for name, one in lessons().items():
        assert one.what.endswith("."), name
        assert one.why.endswith("."), name
        assert max(len(one.what), len(one.why)) <= 120, name
        assert one.anchor.startswith(("tool-conventions, ", "WebAssembly core specification, ")), name
