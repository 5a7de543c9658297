"""`wasmscope.link`: a link made from Python, and the questions that it answers."""

from __future__ import annotations

import os
import shlex
from functools import cached_property
from typing import overload

from wasmscope.api.answer import Answer, Why
from wasmscope.api.audit import audit
from wasmscope.api.findings import Audited, Checked, FilesCompared, LinksCompared
from wasmscope.api.inputs import Asked, Input, OptionWords, split
from wasmscope.api.opened import File, WasmFile, as_file, not_found, sizes
from wasmscope.api.rows import Relocation, applied
from wasmscope.api.told import Sizes, Story
from wasmscope.errors import Diagnostic, LinkError, NotFoundError
from wasmscope.explain.alone.lone_rows import Export, Function, Import
from wasmscope.explain.checking.checks import findings
from wasmscope.explain.comparing.diff_links import diff_links
from wasmscope.explain.comparing.diff_steps import diff_steps
from wasmscope.explain.find import find_exactly
from wasmscope.explain.named_bytes import asked as place_of
from wasmscope.explain.reasons.memory_size import MemoryStory, why_memory
from wasmscope.explain.state import State, state
from wasmscope.explain.steps import Steps, steps
from wasmscope.explain.story import story
from wasmscope.format.module import read
from wasmscope.link.model import Link, Segment, Symbol
from wasmscope.report import at, summary, why_text
from wasmscope.report.diff_links import step_facts, step_lines
from wasmscope.report.map import map_text
from wasmscope.report.messages import said
from wasmscope.report.size import Subject
from wasmscope.report.why import nearest, why_facts


def link(*inputs: Input, options: OptionWords = (), strict: bool = False) -> LinkResult:
    """Link as wasm-ld 22.1.8 does, byte for byte, without writing anything: not what --Map and --reproduce ask for,
    either.

    inputs: paths, words of wasm-ld's command line ("-Llib", "-lc", "--no-entry"), contents of objects and archives:
    bytes, or (name, bytes). options: more of those words, as a list or as one text that is split as a shell does; they
    come last, so they count. strict: nothing is assumed. Without it a link with no entry symbol is made with --no-entry
    --export-dynamic, one with undefined symbols with --import-undefined (`LinkResult.assumed` says so).

    Returns the link, failed ones too: those have `errors`, and answer as far as they came. Raises OptionError for
    options that cannot be understood, and nothing else for bad input.

        >>> made = wasmscope.link("main.o", "greet.o", options="--no-gc-sections")
        >>> made
        <link a.out: 980 bytes>
        >>> wasmscope.link("main.o", strict=True).errors[0].text.splitlines()[0]
        'main.o: undefined symbol: greeted'
    """
    return LinkResult(Asked(inputs, options, strict))


class LinkResult:
    """A link that was made. Ask it why; `link` is the value that everything else is read from.

    Offsets are bytes from the start of a file, addresses bytes of linear memory.
    """

    def __init__(self, asked: Asked, label: str = "") -> None:
        self._asked = asked
        self.link: Link = asked.link()
        """One field per phase, each with its reasons (`link/model.py`)."""
        self.label = label or self.name
        """What it is called when it is compared with another."""

    def __repr__(self) -> str:
        outcome = f"failed in phase {self.failed}" if self.link.emit is None else f"{len(self.data):,} bytes"
        return f"<link {self.name}: {outcome}>"

    def __str__(self) -> str:
        return str(self.summary())

    # --- what came of it ------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The name of the output: what -o says, or "a.out"."""
        return self.link.options.output

    @property
    def ok(self) -> bool:
        """Whether there is an output, and no error was said."""
        return self.failed is None and not self.errors

    @property
    def failed(self) -> str | None:
        """The phase that ended it: "load", "resolve", "mark", "layout", "index" or "relocate"; None if none did."""
        return self.link.failed

    @property
    def assumed(self) -> tuple[str, ...]:
        """Options that were added because the link would have failed without them."""
        return self.link.assumed

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All that was said, in wasm-ld's order: `severity`, `text` in its words, `notes` with what helps."""
        return tuple(said(self.link))

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The errors among the diagnostics."""
        return tuple(one for one in self.diagnostics if one.severity == "error")

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The warnings among the diagnostics."""
        return tuple(one for one in self.diagnostics if one.severity == "warning")

    @property
    def data(self) -> bytes:
        """The output. Raises LinkError, with what was wrong, when the link failed."""
        if self.link.emit is None:
            first = self.errors[0] if self.errors else Diagnostic("error", "the link failed")
            error = LinkError(first.text)
            for note in first.notes:
                error.add_note(note)
            raise error
        return self.link.emit.data

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the output to `path`. Raises LinkError when the link failed, OSError when that cannot be written."""
        data = self.data
        with open(path, "wb") as file:
            file.write(data)

    def relinked(self, options: OptionWords) -> LinkResult:
        """The same link with more options after its own; only files that changed are read again. Raises OptionError.

            >>> wasmscope.link("main.o", "greet.o").relinked("--strip-all")
            <link a.out: 624 bytes>
        """
        words = split(options)
        return LinkResult(self._asked.more(words), f"with {shlex.join(words)}")

    def map(self) -> str:
        """Where everything is in output and memory, in the text of wasm-ld's --Map. Raises LinkError when the link
        failed."""
        return map_text(self.link) if self.data else ""

    def summary(self) -> Answer:
        """Inputs, phases, sections, memory, imports and exports on a page; `report/summary.py` says what its facts
        are."""
        return Answer(summary.summary_facts(self.link), summary.lines)

    # --- walking through it ---------------------------------------------------------------------------------

    @property
    def steps(self) -> Steps:
        """The steps: `len()` of them, `steps[k]` for k from 1 (0: nothing has happened), each with `phase`, `kind`,
        `text` and `why`.

            >>> steps = wasmscope.link("main.o", "greet.o").steps
            >>> steps[59].text
            'function greet of greet.o is kept'
        """
        return steps(self.link)

    def state(self, at: int) -> State:
        """What every symbol, atom and relocation is once the first `at` steps are done."""
        return state(self.link, at)

    def between(self, first: int, last: int) -> Answer:
        """What happened after step `first`, up to step `last`: symbols that changed, bytes that were written;
        `report/diff_links.py` says what its facts are. Raises NotFoundError when there are no such steps."""
        for one in (first, last):
            if not 0 <= one <= len(self.steps):
                raise NotFoundError(f"there is no step {one}: they are 0 to {len(self.steps)}")
        return Answer(step_facts(diff_steps(self.steps, first, last)), step_lines)

    # --- what is in it --------------------------------------------------------------------------------------

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """The global symbols, in order of first mention: `name`, `kind`, `state`, `file`, `target`, …"""
        return tuple(self.link.resolve.symbols) if self.link.resolve else ()

    @cached_property
    def relocations(self) -> tuple[Relocation, ...]:
        """The relocations that were applied, in order: of code, of data, of custom sections."""
        return tuple(applied(self.link))

    @cached_property
    def output(self) -> WasmFile:
        """The output as a file, as `wasmscope.open` would open it. Raises LinkError when the link failed."""
        return WasmFile(read(self.data, self.name))

    @property
    def functions(self) -> tuple[Function, ...]:
        """The output's functions by number, imported ones first. Raises LinkError when the link failed, as do
        `imports` and `exports`."""
        return self.output.functions

    @property
    def imports(self) -> tuple[Import, ...]:
        """The output's imports."""
        return self.output.imports

    @property
    def exports(self) -> tuple[Export, ...]:
        """The output's exports."""
        return self.output.exports

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The data segments: `name`, `address`, `size`, `chain` (of atoms); () of a link that did not come so far."""
        return tuple(self.link.layout.segments) if self.link.layout else ()

    # --- questions ------------------------------------------------------------------------------------------

    def why(self, what: str, paths: int = 1) -> Why:
        """Why something is as it is: who won a name, what keeps it in the output or what dropped it, its value.

        what: a symbol, raw or demangled ("greet", "main.o:greet"), a file, a segment, "func:3", "slot:1", "memory",
        "@12" (a step), a place of an object ("main.o:0x9f": the relocation there) or of the output ("0x40").
        paths: how many paths from the roots to list. Raises NotFoundError when nothing is called so.

            >>> made = wasmscope.link("main.o", "greet.o")
            >>> made.why("greet").path
            ('_start of main.o', 'greet of greet.o')
            >>> made.why("forget").dropped.options
            ('--export=forget', '--no-gc-sections')
        """
        found = find_exactly(self.link, what)
        if not found:
            raise not_found(what, nearest(self.link, what))
        told = [Why(why_facts(self.link, one, paths), why_text.lines) for one in found]
        told[0].also = tuple(told[1:])
        return told[0]

    def at(self, place: int | str) -> Story:
        """The story of a byte: of the output (0x40, "code+0x10", "greet+3"), of memory ("mem:0x1010"), or of an input
        ("main.o:0x40"). Raises NotFoundError when there is no such byte.

            >>> print(wasmscope.link("main.o", "greet.o").at("mem:0x10000"))
            mem:0x10000: 6c, a string merged from 1 input
              output   0x234, data+0x8 (0x22a to 0x270)
              is       data > segment 0 60 bytes > contents 6c 69 6e 6b 65 72 00 72 65 61 64 65 72 00 77 6f …
              piece    0x234 to 0x25f, byte 0 of 43
              memory   0x10000, .rodata+0x0 (data, 0x10000 to 0x1003c: copied by the engine)
              holds    6c 69 6e 6b 65 72 00 72 65 61 64 65 72 00 77 6f  |linker.reader.wo|
              atom     .rodata..L.str
              from     main.o at 0x142, data+0x11
                       data > segment 1 .rodata..L.str.1, 7 bytes > contents 6c 69 6e 6b 65 72 00
              symbol   .L.str.1+0x0
        """
        try:
            told = story(self.link, place_of(self.link, place if isinstance(place, str) else hex(place)))
        except LookupError as error:
            raise NotFoundError(str(error.args[0])) from None
        return Story(at.at_facts(self.link, told), at.lines)

    def memory(self) -> MemoryStory:
        """Why memory is as large as it is: `pages`, `size`, `blocks` (start, size, name, why), `largest`; as text and
        facts: `why("memory")`.

        Raises LinkError when the link laid no memory out: it failed before, or makes an object (-r).

            >>> [(one.name, one.size) for one in wasmscope.link("main.o", "greet.o").memory().blocks]
            [('stack', 65536), ('.rodata', 60), ('.bss', 4), ('free', 65472)]
        """
        found = why_memory(self.link)
        if found is None:
            raise LinkError("the link laid no memory out")
        return found

    def size(self, by: str = "section", against: LinkResult | File | WasmFile | None = None) -> Sizes:
        """What the output's bytes are spent on. by: "object", "member", "section", "symbol", "source" or "dominator".
        against: another link, or a module that is linked already.

        Raises OptionError for any other `by`, LinkError or NoRowsError when a link failed.

            >>> [(one.name, one.size) for one in wasmscope.link("main.o", "greet.o").size("object").rows]
            [('greet.o', 434), ('<internal>', 320), ('main.o', 178)]
        """
        others = []
        if isinstance(against, LinkResult):
            others = [Subject(against.label, against.link)] if against.data else []
        elif against is not None:
            others = [Subject(one.name, one.module) for one in [as_file(against)]]
        return sizes(Subject(self.name, self.link), by, others)

    def check(self) -> Checked:
        """What wasm-ld accepts without a word, and should not; of a link that failed, as far as it came."""
        return Checked(list(findings(self.link)), self.link)

    @overload
    def diff(self, other: LinkResult, hunks: bool = False) -> LinksCompared: ...
    @overload
    def diff(self, other: File | WasmFile, hunks: bool = False) -> FilesCompared: ...
    def diff(self, other: LinkResult | File | WasmFile, hunks: bool = False) -> LinksCompared | FilesCompared:
        """How another link differs, decision by decision; or how a module that something else linked differs from the
        output, by structure. hunks: with the lines that differ, among the facts.

        Raises LinkError when this link failed and `other` is a module.

            >>> made = wasmscope.link("main.o", "greet.o")
            >>> made.diff(made.relinked("--no-gc-sections")).first.name
            'forget'
        """
        if not isinstance(other, LinkResult):
            return self.output.diff(other, hunks)
        names = (self.label, other.label) if self.label != other.label else ("the first link", "the second link")
        return LinksCompared(diff_links(self.link, other.link), names, hunks)

    def audit(self, linked: File | WasmFile) -> Audited:
        """Whether `linked`, a module that another linker made of the same objects, has every relocation right.

        Raises FormatError when it is an object or cannot be read to its end, LinkError when the objects cannot be read.

            >>> made = wasmscope.link("main.o", "greet.o")
            >>> made.audit(made.data).checked
            36
        """
        return audit(as_file(linked).module, self._asked)
