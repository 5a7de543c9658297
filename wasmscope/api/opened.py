"""`wasmscope.open`: an object, an archive or a linked module, and what it can tell by itself."""

from __future__ import annotations

import os
from functools import cached_property

from wasmscope.api.answer import Answer, ModuleWhy
from wasmscope.api.audit import audit
from wasmscope.api.findings import Audited, Checked, FilesCompared
from wasmscope.api.inputs import Asked, Input, OptionWords, read_file
from wasmscope.api.rows import ObjectRelocation, ObjectSymbol
from wasmscope.api.told import ModuleStory, Sizes
from wasmscope.errors import FormatError, NotFoundError, OptionError
from wasmscope.explain.alone.lone import LoneModule
from wasmscope.explain.alone.lone_byte import lone_byte
from wasmscope.explain.alone.lone_rows import Export, Function, Import, Segment
from wasmscope.explain.alone.lone_why import find_items, nearest, why_there
from wasmscope.explain.checking.object_checks import module_findings
from wasmscope.explain.comparing.diff_files import diff_files
from wasmscope.format.archive import Archive
from wasmscope.format.frames import Section
from wasmscope.format.module import Module, read
from wasmscope.format.module_value import MAGIC
from wasmscope.format.recognize import recognized
from wasmscope.report import dump, lone_answers
from wasmscope.report.size import BY, Subject, lines, size_facts
from wasmscope.report.symbols import Names, relocation_facts, symbol_facts

File = str | os.PathLike[str] | bytes
"""A path, or what a file holds."""


def open(file: File, name: str = "") -> WasmFile:
    """An object, an archive or a linked module: at a path, or the bytes of one.

    `name` is what it is called in messages and answers; the path, if there is one. Reading is lenient: what of a
    damaged file cannot be read is in `WasmFile.errors`. Raises FormatError when there is no such file, or it is neither
    WebAssembly nor an archive.

        >>> wasmscope.open("main.o")
        <object main.o: 968 bytes>
        >>> wasmscope.open(b"\\0asm")
        Traceback (most recent call last):
            ...
        wasmscope.errors.FormatError: <bytes>: missing version number (offset 0x4; expected 01 00 00 00)
    """
    if isinstance(file, bytes):
        return WasmFile(recognized(file, name or "<bytes>"))
    return WasmFile(recognized(read_file(file), name or os.fspath(file)))


class WasmFile:
    """A file that `wasmscope.open` opened.

    An archive has `members`, and can be compared with another; whatever else it is asked raises FormatError. Offsets
    are bytes from the start of the file.
    """

    def __init__(self, contents: Module | Archive) -> None:
        self._contents = contents

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name}: {len(self.data):,} bytes>"

    @property
    def name(self) -> str:
        """What it is called."""
        return self._contents.path if isinstance(self._contents, Archive) else self._contents.file

    @property
    def data(self) -> bytes:
        """The bytes of the file."""
        return bytes(self._contents.data)

    @property
    def kind(self) -> str:
        """ "object", "module" (linked) or "archive"."""
        if isinstance(self._contents, Archive):
            return "archive"
        return "object" if self._contents.is_object else "module"

    @property
    def module(self) -> Module:
        """The file as records, section by section."""
        if isinstance(self._contents, Archive):
            raise FormatError("is an archive: ask one of its members", self.name)
        return self._contents

    # --- archives -------------------------------------------------------------------------------------------

    @property
    def members(self) -> tuple[WasmFile, ...]:
        """The members of an archive that are WebAssembly and can be read; () of anything else."""
        return self._read_members[0]

    def member(self, name: str) -> WasmFile:
        """The first member called `name`. Raises NotFoundError when there is none."""
        wanted = f"{self.name}({name})"
        for one in self.members:
            if one.name == wanted:
                return one
        raise NotFoundError(f"{self.name} has no member '{name}' that is WebAssembly")

    @cached_property
    def _read_members(self) -> tuple[tuple[WasmFile, ...], tuple[FormatError, ...]]:
        """The members of an archive, and what cannot be read of it."""
        found: list[WasmFile] = []
        errors: list[FormatError] = []
        try:
            for member in self._contents.members() if isinstance(self._contents, Archive) else ():
                try:
                    if member.data[:4] == MAGIC:
                        found.append(WasmFile(read(member.data, f"{self.name}({member.name})")))
                except FormatError as error:  # of one member: the others may be whole
                    errors.append(error)
        except FormatError as error:
            errors.append(error)
        return tuple(found), tuple(errors)

    # --- what is in it --------------------------------------------------------------------------------------

    @property
    def errors(self) -> tuple[FormatError, ...]:
        """What cannot be read of it; of an archive: of itself, or of members that are lost whole."""
        return self._read_members[1] if self.kind == "archive" else tuple(self.module.read_all())

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections, in the order of the file: `name`, `id`, `start`, `contents`, `end`."""
        return tuple(self.module.sections)

    @property
    def imports(self) -> tuple[Import, ...]:
        """The imports."""
        return tuple(self._lone.imports)

    @property
    def exports(self) -> tuple[Export, ...]:
        """The exports."""
        return tuple(self._lone.exports)

    @property
    def functions(self) -> tuple[Function, ...]:
        """The functions by number, imported ones first."""
        return tuple(self._lone.functions)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The data segments."""
        return tuple(self._lone.segments)

    @property
    def symbols(self) -> tuple[ObjectSymbol, ...]:
        """The symbol table; () in a module that has none.

            >>> [one.name for one in wasmscope.open("main.o").symbols if one.state == "undefined"]
            ['greeted', 'greet', 'visit_all', 'print_number', 'print', '__indirect_function_table']
        """
        return tuple(ObjectSymbol(**one) for one in symbol_facts(self.module, self._names))

    @property
    def relocations(self) -> tuple[ObjectRelocation, ...]:
        """The relocations, section by section."""
        return tuple(ObjectRelocation(**one) for one in relocation_facts(self.module, self._names))

    @cached_property
    def _names(self) -> Names:
        return Names(self.module)

    @cached_property
    def _lone(self) -> LoneModule:
        return LoneModule(self.module)

    def dump(self) -> Answer:
        """All of it, as `wasmscope dump` prints it; of an archive, too."""
        return Answer(dump.file_facts(self.name, self.data), dump.lines)

    # --- questions ------------------------------------------------------------------------------------------

    def why(self, what: str, paths: int = 1) -> ModuleWhy:
        """What reaches a thing, what alone keeps it, and what it names.

        what: a name, raw or demangled; `func:3`, `global:0`, `slot:5`; an offset of the file, `0x40`. paths: how many
        ways to it to list. Raises NotFoundError when nothing is called so. Of an object, `wasmscope.link` tells more.

            >>> wasmscope.open("../broken/table-sorted/linked.wasm").why("run").exports
            ('run',)
        """
        found = find_items(self._lone, what)
        if not found:
            raise not_found(what, nearest(self._lone, what))
        told = [lone_answers.why_facts(self._lone, why_there(self._lone, one), paths) for one in found]
        also = tuple(ModuleWhy(one, lone_answers.why_lines) for one in told[1:])
        return ModuleWhy(told[0], lone_answers.why_lines, also)

    def at(self, place: int | str) -> ModuleStory:
        """The story of a byte: of the file (0x40, "code+0x10", "greet+3") or of memory ("mem:0x1010").

        Raises NotFoundError when there is no such byte.
        """
        try:
            told = lone_byte(self._lone, place if isinstance(place, str) else hex(place))
        except LookupError as error:
            raise NotFoundError(str(error.args[0])) from None
        return ModuleStory(lone_answers.at_facts(self._lone, told), lone_answers.at_lines)

    def size(self, by: str = "section", against: File | WasmFile | None = None) -> Sizes:
        """What its bytes are spent on. by: "section", "symbol", "source" or "dominator". against: compared with that.

        Raises OptionError for any other `by`, NoRowsError for one that takes the objects to tell.
        """
        others = [] if against is None else [Subject(one.name, one.module) for one in [as_file(against)]]
        return sizes(Subject(self.name, self.module), by, others)

    def check(self) -> Checked:
        """What is wrong with it by itself, that wasm-ld does not say."""
        return Checked(list(module_findings(self.module)))

    def diff(self, other: File | WasmFile, hunks: bool = False) -> FilesCompared:
        """How `other` differs from it, by structure: both are modules or objects, or both archives. hunks: with the
        lines that differ, among the facts. Raises OptionError when only one of them is an archive."""
        return FilesCompared(diff_files(self._contents, as_file(other)._contents), hunks)

    def audit(self, *objects: Input, options: OptionWords = (), strict: bool = False) -> Audited:
        """Whether a linked module has every relocation of `objects` applied rightly; `objects` and `options` as in
        `wasmscope.link`.

        Raises FormatError when it is an object or cannot be read to its end, OptionError for options that cannot be
        understood, LinkError when the objects cannot be read.

            >>> folder = "../broken/addend-dropped/"
            >>> objects = folder + "main.o", folder + "numbers.o"
            >>> found = wasmscope.open(folder + "linked.wasm").audit(*objects, options="--no-entry")
            >>> found.ok, found.groups[0].cause, hex(found.findings[0].offset)
            (False, 'addend dropped', '0x3d')
        """
        return audit(self.module, Asked(objects, options, strict))


def as_file(file: File | WasmFile) -> WasmFile:
    """`file`, opened if it is not yet. Raises FormatError as `open` does."""
    return file if isinstance(file, WasmFile) else open(file)


def sizes(it: Subject, by: str, others: list[Subject]) -> Sizes:
    """What the bytes of `it` are spent on. Raises OptionError for what rows cannot be made by, NoRowsError where `it`
    has none of that kind."""
    if by not in BY:
        raise OptionError(f"rows cannot be made by '{by}': by one of {', '.join(BY)}")
    return Sizes(size_facts(it, by, others), lines)


def not_found(what: str, close: list[str]) -> NotFoundError:
    """That nothing is called `what`; names like it are its notes."""
    error = NotFoundError(f"nothing is called '{what}'")
    for name in close:
        error.add_note(f"did you mean {name}?")
    return error
