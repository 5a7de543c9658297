"""A guided tour: the real program on samples/hello, with a text beside each of a dozen places. About three minutes.

A stop is commands of the session, which take the reader there, and what to look at. Between stops everything works as
always; the next stop goes on from wherever the reader is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Stop(NamedTuple):
    """A place on the tour."""

    title: str
    lines: tuple[str, ...]
    """The commands that lead there."""
    words: str
    """What is said; a key stands in it as `{s time.step}`, as it usually is and by the id of its binding."""
    shows: str
    """What is then on the screen: a test holds the tour to it."""

    def text(self, key: Callable[[str], str] | None = None) -> str:
        """What is said, with the usual keys, or with those that `key` says of the ids of bindings."""
        return re.sub(r"\{(\S+) (\S+)\}", lambda found: key(found[2]) if key is not None else found[1], self.words)


STOPS = (
    Stop(
        "A link is a value",
        ("view link", "goto top"),
        "Two objects, main.o and greet.o, have been linked as wasm-ld does, and the whole link is here. A step is a "
        "cursor on it; you are before the first of 160 steps. {s time.step} goes a step forward, {S time.step-back} a "
        "step back; at the top you see how far each of the seven phases is.",
        "@0/160",
    ),
    Stop(
        "Load: files become records",
        ("goto @8",),
        "Each section of each object is a step. This is main.o's code: every function in it becomes an atom, the "
        "smallest thing that a linker moves. {f time.finish} goes to the end of a phase, {F time.finish-back} back "
        "to its start.",
        "section code",
    ),
    Stop(
        "Resolve: a name is wanted",
        ("view symbols", "goto @32"),
        "main.o calls greet and does not define it, so the name is undefined at this step. The table shows every "
        "symbol as it is now; below is who could be it. Press {s time.step} a few times and watch the state change, "
        "or go on.",
        "greet",
    ),
    Stop(
        "Resolve: the name is found",
        ("view symbols", "goto @44"),
        "greet.o defines it: a definition beats an undefined mention. One pane keeps every candidate and the rule "
        "that decided, another every relocation that names it; {Tab view.next-pane} goes from pane to pane, also to "
        "one that a small screen hides. Enter on a line goes there, {u space.back} comes back.",
        "a definition beats an undefined mention",
    ),
    Stop(
        "Mark: what is kept, and why",
        ("goto @59", "why greet"),
        "Nobody calls forget, so it is left out: that is garbage collection. greet is kept, and view 6 shows the "
        "path from a root with a relocation on every edge, what else keeps it, and how many bytes would go if it "
        "went.",
        "_start",
    ),
    Stop(
        "Why not?",
        ("why forget",),
        "The same question about what is missing: which phase dropped it, and the option that would keep it. "
        "Enter on an option links again with it; no file is touched.",
        "what would keep it",
    ),
    Stop(
        "Layout: atoms join their chains",
        ("view link", "goto @83"),
        "Data gets its place: each atom is appended behind the one before, with padding where its alignment asks "
        "for it. That is the chain: each atom has a prev and a next. Strings were merged: equal ones are kept once.",
        ".rodata",
    ),
    Stop(
        "Index: everything gets a number",
        ("view link", "goto @index", "next 2"),
        "Functions, globals, types and table slots are numbered; imports come first. When all are, a relocation can "
        "ask for any of these numbers. {n time.over} passes over everything of one kind.",
        "index",
    ),
    Stop(
        "Relocate: bytes are patched",
        ("view relocs", "goto @114"),
        "The compiler left holes: here a call whose target it could not know. The formula says which value "
        "belongs there, term by term, with the step that fixed each; then how it is encoded, and what is read "
        "back from the bytes. Another pane has the instruction before (-) and after (+).",
        "✓ equal",
    ),
    Stop(
        "Every byte knows where it is from",
        ("view bytes",),
        "The same field in the output. ( ) is patched, < > by this step, { } still to come, [ ] made by the "
        "linker. The inspector says which input byte it is from; {a space.other-side} goes there and back.",
        "<88 80 80 80 00>",
    ),
    Stop(
        "Back in time",
        ("view link", "goto end", "break symbol greet", "continue-back"),
        "A breakpoint on a name, and a run backwards: {c time.run} and {C time.run-back} stop wherever something "
        "happens to greet. {w time.watch} watches a value, and {C time.run-back} on a watch goes to its last writer. "
        "{B time.breakpoints} lists what is set.",
        "greet",
    ),
    Stop(
        "Ask another question",
        ("delete", "goto end", "diff --no-gc-sections"),
        "View 5 compares: this link with the same one without garbage collection. Decisions come first, phase by "
        "phase, so the first difference explains the rest; then the outputs by structure. Here forget came back.",
        "forget",
    ),
    Stop(
        "That was the tour",
        ("view link", "goto end"),
        "{? view.help} lists the keys of the pane you are in, {ctrl+p app.palette} every command. wasmscope "
        "build/*.o opens your own link; a failed one opens at its first error. wasmscope help says what the command "
        "line answers. {q app.leave} leaves.",
        "linked",
    ),
)


class Tour(NamedTuple):
    """Where on the tour the reader is."""

    number: int = 0

    @property
    def stop(self) -> Stop:
        """The stop that the reader is at."""
        return STOPS[self.number]

    @property
    def title(self) -> str:
        """What its panel is titled: "Tour 3/8" and the title of the stop."""
        return f"Tour {self.number + 1}/{len(STOPS)}  {self.stop.title}"

    def moved(self, by: int) -> Tour:
        """The stop `by` further on, within the tour."""
        return Tour(max(0, min(self.number + by, len(STOPS) - 1)))


def objects() -> list[str]:
    """The objects of the tour: samples/hello, as it comes with the program. Raises FileNotFoundError when it is not
    there."""
    packaged = Path(__file__).parent.parent / "samples" / "hello"
    for folder in (packaged, Path(__file__).parent.parent.parent / "samples" / "hello"):
        found = [folder / "main.o", folder / "greet.o"]
        if all(path.is_file() for path in found):
            return [str(path) for path in found]
    raise FileNotFoundError(2, "the tour's objects are not here", str(packaged))
