"""Source lines as facts: `file`, `line` and `column` (0: unknown); or `gone`: why an address has none.

A frame has `function` and the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from wasmscope.explain.debug_info.module_lines import Dangling, Tombstone
from wasmscope.explain.debug_info.source_line import SourceLine

if TYPE_CHECKING:
    from wasmscope.explain.debug_info.module_lines import Line
    from wasmscope.explain.debug_info.scopes import Frame


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
    return str(SourceLine(facts["file"], facts["line"], facts["column"]))


def frame_facts(frame: Frame) -> dict[str, Any]:
    """One call of a stack of inlined ones as facts."""
    return {"function": frame.function, **(source_facts(frame.source) or {})}


def frame_lines(frames: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Inlined calls as text, innermost first; nothing for a function into which none was inlined here."""
    for position, one in enumerate(frames if len(frames) > 1 else ()):
        yield f"  {'inlined' if position + 1 < len(frames) else 'in':<8} {one['function']} at {source_text(one)}"
