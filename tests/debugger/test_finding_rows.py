"""What checks and audits found outside of relocations is told beside the bytes that it is about."""

from __future__ import annotations

from pathlib import Path

from tests.debugger.stage import hello, said
from wasmscope.debugger.cursor import Byte
from wasmscope.debugger.lines import CardLine
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.inspector import inspector_lines
from wasmscope.debugger.panes.structure import source_at
from wasmscope.debugger.render import text_of
from wasmscope.debugger.session import Debugger
from wasmscope.explain.references import AtomByte
from wasmscope.format import sections
from wasmscope.format.linking import SEG_STRINGS
from wasmscope.format.module import read
from wasmscope.format.module_value import build_section
from wasmscope.format.section_ids import FUNCTION_ID, MEMORY_ID
from wasmscope.format.types import FUNCTION, FuncType, Limits
from wasmscope.link.builder import ObjectBuilder, body
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link


def inspected(debugger: Debugger, line: str) -> list[CardLine]:
    """What the inspector says under "found here" of the byte that `line` goes to."""
    said(debugger, line)
    scene = debugger.scene()
    source = source_at(scene)
    assert source is not None
    lines = inspector_lines(scene, source, scene.place.start, [])
    texts = [text_of(one.spans) for one in lines]
    return lines[texts.index("found here") + 1 :] if "found here" in texts else []


def test_a_failed_check_is_told_at_the_bytes_of_its_atom_in_each_space(tmp_path: Path) -> None:
    builder = ObjectBuilder()
    builder.function("_start", FuncType((), ()), body())
    builder.data("s", b"text", segment=".rodata.s", segment_flags=SEG_STRINGS, align=2)
    builder.data("other", b"0000", segment=".rodata.other")
    path = tmp_path / "a.o"
    path.write_bytes(builder.flush())
    made = link(parse([str(path), "--no-gc-sections", "-O0", "-o", "linked.wasm"]))
    debugger = Debugger(Opened(made))
    atom, other = next(iter(made.load.files)).segments  # type: ignore[union-attr]
    last = atom.end - 1
    places = [f"goto {path}:{atom.start:#x}", f"goto {path}:{last:#x}"]
    found = inspected(debugger, places[0])
    assert "string-unterminated: the last byte of this segment of strings" in text_of(found[0].spans)
    assert found[0].target == Byte(atom.file, last)
    said(debugger, "other-side output")
    for line in (*places, f"goto out:{debugger.place.start:#x}"):
        found = inspected(debugger, line)
        assert found[0].target == Byte(atom.file, last), line
        where = f"! {last:#x}" if line in places else f":{last:#x}"  # of which file, where the output is looked at
        assert where in text_of(found[0].spans)
    assert not inspected(debugger, f"goto {path}:{other.start:#x}")


def test_what_an_audit_found_outside_of_relocations_is_told_at_its_atom(tmp_path: Path) -> None:
    debugger = hello()
    assert debugger.link.emit is not None
    path, data = tmp_path / "linked.wasm", bytearray(debugger.link.emit.data)
    found = debugger.steps.places.pieces[next(one for one in debugger.steps.symbols.atoms if one.name == "greet")][1]
    start = found.start
    data[found.start + found.size - 1] ^= 1  # the end of the body: no site
    path.write_bytes(data)
    said(debugger, f"audit {path}")
    assert debugger.audited is not None
    (one,) = debugger.audited.found.findings
    assert one.mention is None
    (line,) = inspected(debugger, f"goto out:{start:#x}")[:1]
    assert "linked.wasm" in text_of(line.spans)
    assert isinstance(line.target, AtomByte)
    assert not inspected(debugger, "goto out:0x3")


def test_what_an_audit_found_in_a_record_of_no_symbol_is_told_in_its_section(tmp_path: Path) -> None:
    debugger = hello()
    assert debugger.link.emit is not None
    path, data = tmp_path / "linked.wasm", debugger.link.emit.data
    memory = next(one for one in debugger.link.emit.sections if one.id == MEMORY_ID)
    path.write_bytes(data[: memory.start] + build_section(MEMORY_ID, sections.MEMORIES.write([Limits(0, 1)]))
                     + data[memory.end :])  # fmt: skip
    said(debugger, f"audit {path}")
    (line, *_) = inspected(debugger, f"goto out:{memory.start:#x}")
    assert "found 1 (0x10000 bytes), expected 2 = pages that are laid out" in text_of(line.spans)
    assert not inspected(debugger, "goto out:0x3")


def test_what_an_audit_found_in_the_record_of_a_function_is_told_at_its_code(tmp_path: Path) -> None:
    debugger = hello()
    assert debugger.link.emit is not None
    assert debugger.link.index is not None
    path, data = tmp_path / "linked.wasm", debugger.link.emit.data
    atom = next(one for one in debugger.steps.symbols.atoms if one.name == "greet")
    module = read(data, "linked.wasm")
    own = debugger.link.index.functions[atom] - module.num_imported(FUNCTION)
    module.functions[own] = next(one for one in range(len(module.types)) if one != module.functions[own])
    section = next(one for one in debugger.link.emit.sections if one.id == FUNCTION_ID)
    other = build_section(FUNCTION_ID, sections.FUNCTIONS.write(module.functions))
    path.write_bytes(data[: section.start] + other + data[section.end :])
    said(debugger, f"audit {path}")
    (line, *_) = inspected(debugger, f"goto {atom.file.name}:{atom.start:#x}")  # type: ignore[union-attr]
    assert "type of greet of " in text_of(line.spans)
