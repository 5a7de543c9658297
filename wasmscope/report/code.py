"""Function bodies as facts and as text: one instruction a line, the relocations that patch it under it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from wasmscope.errors import FormatError
from wasmscope.explain.debug_info.module_lines import lines_between
from wasmscope.format.code import Instruction, body, instructions
from wasmscope.format.immediates import Immediate
from wasmscope.format.module import Module
from wasmscope.format.opcodes import UNDECODED
from wasmscope.format.reloc_section import Reloc
from wasmscope.format.relocs import WIDTHS
from wasmscope.format.section_ids import CODE_ID
from wasmscope.format.types import FUNCTION, type_name
from wasmscope.report.lines import source_facts, source_text
from wasmscope.report.symbols import Names, relocation_type
from wasmscope.report.text import cell, printable, spaced

if TYPE_CHECKING:
    from wasmscope.explain.debug_info.source_line import SourceLine

BYTES_SHOWN = 6


class Sites:
    """The relocations of the code section by the file offset of their site."""

    def __init__(self, module: Module) -> None:
        code = next((section for section in module.sections if section.id == CODE_ID), None)
        rows: list[tuple[int, Reloc]] = []
        if code is not None:
            for relocs in module.relocs:
                if relocs.target == code.index:
                    rows += [(code.contents + one.offset, one) for one in relocs]
        rows.sort(key=lambda row: row[0])
        self.starts = [start for start, _ in rows]
        self.relocs = [reloc for _, reloc in rows]

    def within(self, start: int, end: int) -> list[tuple[int, Reloc]]:
        """(file offset, relocation) of the sites that start between two file offsets."""
        low, high = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return list(zip(self.starts[low:high], self.relocs[low:high], strict=True))


def code_facts(module: Module, names: Names, sources: bool = False) -> Iterator[dict[str, Any]]:
    """Each defined function: index, name, type, start, end, locals, and instructions.

    An instruction has offset (in the file), bytes (hex), text, depth, and relocations: offset, type, names, addend;
    with `sources`, the first one of a source line has source: file, line, column.
    A body that cannot be read to its end has an error, and what could be read.
    """
    sites = Sites(module)
    first = module.num_imported(FUNCTION)
    for position, one in enumerate(module.bodies):
        number = first + position
        type = module.functions[position] if position < len(module.functions) else -1
        facts: dict[str, Any] = {
            "index": number,
            "name": names.functions.get(number),
            "type": names.type(type),
            "start": one.start,
            "end": one.end,
        }
        try:
            frame = body(module.data, one.start, one.end)
        except FormatError as error:
            yield facts | {"error": str(error)}
            continue
        facts["locals"] = [f"{run.number} {type_name(run.type)}" for run in frame.locals]
        walk = list(instructions(module.data, frame.code_start, frame.end, lenient=True))
        facts["instructions"] = [_instruction(module, names, sites, instruction) for instruction in walk]
        if sources:
            _add_sources(facts["instructions"], lines_between(module, one.start, one.end))
        if walk and walk[-1].name == UNDECODED:
            facts["error"] = next(str(arg.value) for arg in walk[-1].args if arg.kind == "error")
        yield facts


def _instruction(module: Module, names: Names, sites: Sites, one: Instruction) -> dict[str, Any]:
    patches = sites.within(one.start, one.end)
    facts: dict[str, Any] = {
        "offset": one.start,
        "bytes": module.data[one.start : one.end].hex(),
        "text": one.text(_namer(names, dict(patches))),
        "depth": one.depth,
    }
    if patches:
        facts["relocations"] = [
            {"offset": at, "type": relocation_type(reloc.type), "names": names.target(reloc), "addend": reloc.addend}
            for at, reloc in patches
        ]
    return facts


def _add_sources(instructions: list[dict[str, Any]], lines: list[tuple[int, SourceLine]]) -> None:
    """Say at the first instruction of each line which one it is."""
    position, said = 0, None
    for one in instructions:
        while position < len(lines) and lines[position][0] <= one["offset"]:
            position += 1
        source = lines[position - 1][1] if position else None
        if source is not None and source != said:
            one["source"] = source_facts(source)
        said = source


def _namer(names: Names, patches: dict[int, Reloc]) -> Any:
    """The words for an immediate: what its relocation names, or the name of the function with that number."""

    def name(arg: Immediate) -> str | None:
        reloc = patches.get(arg.start)
        if reloc is not None and (reloc.type >= len(WIDTHS) or arg.kind != "type"):
            addend = f"{reloc.addend:+}" if reloc.addend else ""
            return f"${names.target(reloc)}{addend}"
        if arg.kind == "function" and arg.value in names.functions:
            return f"${names.functions[arg.value]}"
        return None

    return name


def code_lines(facts: dict[str, Any]) -> Iterator[str]:
    """One function's facts as text."""
    name = printable(facts["name"] or "")
    yield f"func {facts['index']}{' ' + name if name else ''}: {facts['type']}"
    if "instructions" not in facts:
        yield f"  {facts['error']}"
        return
    if facts["locals"]:
        yield f"  locals: {cell(facts['locals'], 'list')}"
    for one in facts["instructions"]:
        yield from _instruction_lines(one)


def _instruction_lines(one: dict[str, Any]) -> Iterator[str]:
    if "source" in one:
        yield f"  ;; {printable(source_text(one['source']))}"
    data = bytes.fromhex(one["bytes"])
    shown = spaced(data[:BYTES_SHOWN]) + (" …" if len(data) > BYTES_SHOWN else "")
    indent = "  " * min(one["depth"], 20)
    yield f"  {one['offset']:06x}  {shown:<{BYTES_SHOWN * 3 + 1}}  {indent}{printable(one['text'])}"
    for patch in one.get("relocations", ()):
        addend = f"{patch['addend']:+}" if patch["addend"] else ""
        left = f"  {patch['offset']:06x}  {'':{BYTES_SHOWN * 3 + 1}}  {indent}"
        yield f"{left}  {patch['type']} {printable(patch['names'])}{addend}"
