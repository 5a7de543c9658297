"""What is linked, how it went, and what the last step did and why: in a line or two each."""

from __future__ import annotations

from wasmscope.debugger.lines import Line, Span
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.facts import changes
from wasmscope.debugger.scene import Scene

NAMED = 4
"""Inputs that the title names."""


def title_text(opened: Opened) -> str:
    """What is linked, and what was assumed."""
    link = opened.link
    files = [file for file in (link.load.files if link.load else []) if not file.lazy]
    names = [opened.naming.file(file) for file in files[:NAMED]]
    names = names or [one.name.rpartition("/")[2] for one in link.options.inputs[:NAMED]]
    more = len(files or link.options.inputs) - NAMED
    shown_files = " ".join(names) + (f" +{more}" if more > 0 else "")
    assumed = f"  (assumed {' '.join(link.assumed)})" if link.assumed else ""
    return f"wasmscope  {shown_files} → {link.options.output or 'a.out'}{assumed}"


def state_span(opened: Opened, stale: str = "") -> Span:
    """The link's fate, for the right end of the title; `stale`: why it is not that of the inputs as they are now."""
    if stale:
        return "! out of date", "error"
    link = opened.link
    errors = sum(one.severity == "error" for one in link.diagnostics)
    if link.failed:
        return f"! {errors} error{'s' * (errors != 1)} in {link.failed}", "error"
    said = len(link.diagnostics)
    return (f"! {said} said", "note") if said else ("~ lenient", "note") if link.assumed else ("✓ linked", "ok")


def status_lines(scene: Scene, notice: str) -> list[Line]:
    """What the last step did, and why; `notice` (the answer to a key that did nothing) comes first."""
    step = scene.step
    words = scene.naming.words
    role = {"error": "error", "warning": "note", "note": "note"}.get(step.kind, "strong")
    what: list[Span] = [(f" @{step.number} ", "step"), (words(step.text), role)]
    why: list[Span] = [("  ", "")]
    if scene.place.step:
        different = [one for one in changes(scene.before, scene.now, step.subject) if len(one.old) + len(one.new) < 40]
        why += [(f"* {one.key} {words(one.old)} → {words(one.new)}  ", "changed") for one in different[:2]]
    why.append((words(step.why), "dim"))
    if scene.place.step == 0 and scene.link.assumed:
        why = [(f"  assumed {' '.join(scene.link.assumed)}; --strict turns that off", "note")]
    if notice:
        return [what, [("  ", ""), (notice, "note")]]
    return [what, why]


def step_lines(scene: Scene) -> list[Line]:
    """The last step for a reader without a screen: what, why, and every value that it changed, old → new."""
    step, words = scene.step, scene.naming.words
    lines: list[Line] = [[(f"@{step.number} {step.phase}: ", "step"), (words(step.text), "strong")]]
    lines.append([(f"  why: {words(step.why)}", "dim")])
    if scene.place.step:
        for one in changes(scene.before, scene.now, step.subject):
            lines.append([(f"  * {one.key}: {words(one.old)} → {words(one.new)}", "changed")])
    return lines
