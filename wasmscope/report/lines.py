"""Source lines as facts: `file`, `line` and `column` (0: unknown); or `gone`: why an address has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wasmscope.explain.module_lines import Dangling, Tombstone

if TYPE_CHECKING:
    from wasmscope.explain.module_lines import Line


def source_facts(source: Line) -> dict[str, Any] | None:
    """A source line as facts; None when nothing is known."""
    if source is None:
        return None
    if isinstance(source, Tombstone | Dangling):
        return {"gone": str(source)}
    return {"file": source.file, "line": source.line, "column": source.column}


def source_text(facts: dict[str, Any]) -> str:
    """The facts as text: "main.c:6:5"."""
    if "gone" in facts:
        return str(facts["gone"])
    from wasmscope.explain.dwarf import SourceLine

    return str(SourceLine(facts["file"], facts["line"], facts["column"]))
