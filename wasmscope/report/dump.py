"""What is in a file: an object, an archive's members, a linked module.

The facts of a module: `file`, `kind` ("object", "module"), `size`, `errors` (what could not be read: message, section,
offset), and a list per part of `parts.PARTS`, `code` (see `code.code_facts`), `producers` and `custom` sections' names.
The facts of an archive: `file`, `kind` "archive", `size`, `errors`, `members` (each: `member`, `offset`, and a module's
facts, or an `error` when it is not WebAssembly).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from wasmscope.errors import FormatError
from wasmscope.explain.debug_info.module_lines import debug_of
from wasmscope.format.archive import Archive
from wasmscope.format.module import Module, read
from wasmscope.format.module_value import MAGIC
from wasmscope.format.recognize import recognized, what_is
from wasmscope.report.code import code_facts, code_lines
from wasmscope.report.parts import ON_DEMAND, PARTS
from wasmscope.report.symbols import Names
from wasmscope.report.text import count, printable, table

SHOWABLE = {**PARTS, **ON_DEMAND}
ALL = (*PARTS, "producers", "code")
"""Everything that is shown when nobody chooses, in order."""

Facts = dict[str, Any]


def file_facts(name: str, data: bytes, only: Sequence[str] = ALL, sources: bool = False) -> Facts:
    """The facts of one file. Raises FormatError when it is neither WebAssembly nor an archive."""
    found = recognized(data, name)
    if isinstance(found, Archive):
        return _archive_facts(found, only, sources)
    return module_facts(found, only, sources)


def module_facts(module: Module, only: Sequence[str] = ALL, sources: bool = False) -> Facts:
    """The facts of a module or object; `only` says which parts, `sources` asks for source lines beside the code."""
    names = Names(module)
    facts: Facts = {
        "file": module.file,
        "kind": "object" if module.is_object else "module",
        "size": len(module.data),
    }
    for part in only:
        if part in SHOWABLE:
            facts[part] = SHOWABLE[part].rows(module, names)
        elif part == "producers":
            facts[part] = _producers(module)
        elif part == "code":
            facts[part] = list(code_facts(module, names, sources))
    facts["errors"] = [error_facts(error) for error in module.errors]
    if sources or any(part in ON_DEMAND for part in only):
        facts["errors"] += debug_errors(module)
    return facts


def debug_errors(module: Module) -> list[Facts]:
    """What of the debug information could not be read, as far as it was read."""
    debug = debug_of(module)
    problems = dict.fromkeys(debug.dwarf.problems) if debug is not None else ()
    return [{"message": one, "section": None, "offset": None, "expected": None} for one in problems]


def error_facts(error: FormatError) -> Facts:
    """message, section, offset, expected."""
    return {
        "message": error.message,
        "section": error.section or None,
        "offset": error.offset,
        "expected": error.expected or None,
    }


def _producers(module: Module) -> list[Facts]:
    """field ("language", "processed-by", "sdk"), name, version."""
    return [
        {"field": field.name, "name": one.name, "version": one.version}
        for field in module.producers or ()
        for one in field.values
    ]


def _archive_facts(archive: Archive, only: Sequence[str], sources: bool) -> Facts:
    name = archive.path
    facts: Facts = {"file": name, "kind": "archive", "size": len(archive.data), "members": [], "errors": []}
    try:
        for member in archive.members():
            one: Facts = {"member": member.name, "offset": member.offset}
            contents = bytes(member.data)
            if contents[:4] == MAGIC:
                one |= module_facts(read(contents, f"{name}({member.name})"), only, sources)
            else:
                one |= {"size": len(contents), "error": f"not WebAssembly: {what_is(contents)}"}
            facts["members"].append(one)
    except FormatError as error:
        facts["errors"].append(error_facts(error))
    return facts


def is_partial(facts: Facts) -> bool:
    """Whether something of the file, or of a member that is WebAssembly, could not be read."""
    return bool(first_error(facts))


def first_error(facts: Facts) -> str:
    """The first thing that could not be read, in one line; "" when all was."""
    for one in (facts, *facts.get("members", ())):
        for error in one.get("errors", ()):
            return _error_line(error)
        for function in one.get("code", ()):
            if "error" in function:
                return printable(f"function {function['index']}: {function['error']}")
    return ""


# --- as text ----------------------------------------------------------------------------------------------------


def lines(facts: Facts) -> Iterator[str]:
    """The facts of a file as text."""
    yield f"{printable(facts['file'])}: {facts['kind']}, {count(facts['size'], 'byte')}"
    if facts["kind"] != "archive":
        yield from _module_lines(facts)
        return
    for member in facts["members"]:
        yield ""
        yield f"{printable(facts['file'])}({printable(member['member'])}) at {member['offset']:#x}:"
        if "error" in member:
            yield f"  {member['error']}"
        else:
            yield from _module_lines(member)
    yield from error_lines(facts)


def _module_lines(facts: Facts) -> Iterator[str]:
    for name, part in SHOWABLE.items():
        rows = facts.get(name)
        if rows:
            yield ""
            yield f"{part.heading} ({len(rows):,}):"
            yield from table(rows, part.columns)
    if facts.get("producers"):
        yield ""
        yield "Producers:"
        for one in facts["producers"]:
            yield printable(f"  {one['field']}: {one['name']} {one['version']}".rstrip())
    for function in facts.get("code", ()):
        yield ""
        yield from code_lines(function)
    yield from error_lines(facts)


def error_lines(facts: Facts) -> Iterator[str]:
    """What could not be read, as text."""
    if facts["errors"]:
        yield ""
        yield "Not read:"
    for error in facts["errors"]:
        yield f"  {_error_line(error)}"


def _error_line(error: Facts) -> str:
    place = [f"section {error['section']}"] if error["section"] else []
    if error["offset"] is not None:
        place.append(f"offset {error['offset']:#x}")
    parts = [", ".join(place)] if place else []
    if error["expected"]:
        parts.append(f"expected {error['expected']}")
    return printable(f"{error['message']} ({'; '.join(parts)})" if parts else str(error["message"]))
