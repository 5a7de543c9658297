"""Files join the link: each in its turn, and archive members when something asks for them.

A lazy file only offers its definitions. A strong undefined mention of an offered name pulls the file in at once, before
the rest of the object that mentions it is read, so files join in the order in which they *finish* joining. The first
object that names a COMDAT group keeps it. All of it is as in LLD 22 (reference: 2.1).
"""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.errors import FormatError
from wasmscope.format.linking import SYM_BINDING_MASK as BINDING
from wasmscope.format.linking import (
    SYM_EXPLICIT_NAME,
    SYM_LOCAL,
    SYM_NO_STRIP,
    SYM_UNDEFINED,
    SYM_WEAK,
    SymbolRecord,
)
from wasmscope.format.types import TABLE
from wasmscope.link.agreement import table_problem
from wasmscope.link.linker_names import FUNCTION_TABLE
from wasmscope.link.model import ObjectFile, Symbol
from wasmscope.link.names import INTERNAL
from wasmscope.link.options import Options
from wasmscope.link.subjects import Malformed
from wasmscope.link.symbol_table import SymbolTable


class Joining:
    """The files that have joined so far, and what their symbols mean in `table`."""

    def __init__(self, table: SymbolTable, options: Options) -> None:
        self.table = table
        self.options = options
        self.objects: list[ObjectFile] = []
        """In the order in which they finished joining."""
        self.bindings: dict[ObjectFile, list[Symbol]] = {}
        self.joined: set[ObjectFile] = set()
        """Also those that have not finished."""
        self.comdats: dict[str, ObjectFile] = {}
        """The object that keeps each COMDAT group, by the group's name."""
        self.extractions: list[tuple[str, ObjectFile, Symbol]] = []
        self.legacy_table = False

    def add(self, file: ObjectFile) -> None:
        """Add a file as it comes on the command line: a lazy one only offers its definitions."""
        if file.lazy:
            self._run(self._offer(file))
        else:
            self.joined.add(file)
            self._run(self._join(file))

    def extract(self, symbol: Symbol, asker: str, rule: str) -> None:
        """Pull in the lazy file that offers `symbol`, for an option rather than for an object."""
        assert symbol.file is not None
        self._run(self._pull(symbol.file, symbol, None, asker, rule))

    def _run(self, steps: Iterator[ObjectFile]) -> None:
        """Files pull in files: a stack of the half-joined ones, so that a long chain of members is no deep
        recursion."""
        stack = [steps]
        while stack:
            wanted = next(stack[-1], None)
            if wanted is None:
                stack.pop()
            else:
                stack.append(self._join(wanted))

    def _pull(
        self, file: ObjectFile, symbol: Symbol, by: ObjectFile | None, asker: str, rule: str
    ) -> Iterator[ObjectFile]:
        if file not in self.joined:
            self.joined.add(file)
            self.table.event("extract", symbol, file, -1, rule, by)
            yield file
        if asker:
            self.extractions.append((asker, symbol.file or file, symbol))

    def _offer(self, file: ObjectFile) -> Iterator[ObjectFile]:
        """Enter a lazy file's global definitions; one that is already wanted pulls the file in at once."""
        table, locals_too = self.table, self.options.release.lazy_locals
        for index, record in file.offers:
            if record.flags & BINDING == SYM_LOCAL and not locals_too:
                continue
            name = record.name or ""
            symbol = table.by_name.get(name)
            if symbol is None:
                symbol = table.insert(name)
                symbol.become_lazy(file, index, 0)
                table.event("lazy", symbol, file, index, "first file to offer it")
            elif symbol.state != "undefined":
                continue
            elif symbol.weak:
                signature = symbol.signature
                symbol.become_lazy(file, index, SYM_WEAK)
                symbol.signature = signature
                table.event("lazy", symbol, file, index, "a weak mention does not pull it in")
            else:
                asker = symbol.file.name if symbol.file else INTERNAL  # so LLD says it
                yield from self._pull(file, symbol, table.wanted_by.get(symbol), asker, "it was already wanted")
                return

    def _join(self, file: ObjectFile) -> Iterator[ObjectFile]:
        """The file takes part: its COMDAT groups compete, its symbols are defined or mentioned, then it is in the
        list."""
        table = self.table
        try:
            if file.lazy:
                file.check(self.options.release.feature_prefixes)
            records = file.records
        except FormatError as error:
            table.diagnose("error", f"{file.name}: {error.message}", Malformed(error, file.module.data))
            self.bindings[file] = []
            return
        table.event("add", None, file, -1, "named on the command line" if not file.lazy else "pulled in")
        self._compete(file)
        self._unplug(file)
        bindings: list[Symbol] = []
        called = file.called
        for index, record in enumerate(records):
            symbol: Symbol | None = None
            if not record.flags & SYM_UNDEFINED:
                symbol = table.define(file, index, record)
            elif record.flags & BINDING == SYM_LOCAL:
                symbol = table.mention_local(file, index, record)
            if symbol is None:
                existing = table.by_name.get(record.name or "")
                if existing is not None and existing.state == "lazy" and record.flags & BINDING != SYM_WEAK:
                    existing.used = True
                    assert existing.file is not None
                    asker = file.name if record.kind == 0 else ""  # as LLD 22: only functions are told of
                    yield from self._pull(
                        existing.file, existing, file, asker, "a strong undefined mention pulls it in"
                    )
                    table.event("refer", existing, file, index, "mentions it")
                    symbol = existing
                else:
                    symbol = table.mention(file, index, record, index in called)
            bindings.append(symbol)
        self._legacy_table(file, bindings)
        self.bindings[file] = bindings
        self.objects.append(file)

    def _compete(self, file: ObjectFile) -> None:
        """The first object that names a COMDAT group keeps it; the group's members in later objects are discarded."""
        dropped = set()
        for index, name in enumerate(file.comdats):
            first = self.comdats.setdefault(name, file)
            if first is file:
                self.table.event("comdat-kept", None, file, index, name)
            else:
                self.table.event("comdat-dropped", None, file, index, name, first)
                dropped.add(index)
        if dropped:
            for atoms in (file.functions, file.segments, file.customs):
                self.table.discarded.update(atom for atom in atoms if atom.comdat in dropped)

    def _unplug(self, file: ObjectFile) -> None:
        """Discard the atoms of `file` that are to be linked without."""
        for name, kind, index in self.options.unplugged:
            atoms = file.functions if kind == "function" else file.segments
            if name == file.name and index < len(atoms):
                self.table.unplugged.add(atoms[index])
                self.table.event("unplugged", None, file, index, kind)
        self.table.discarded |= self.table.unplugged

    def _legacy_table(self, file: ObjectFile, bindings: list[Symbol]) -> None:
        """An MVP object imports the function table without a symbol for it: one is made for it (LLD 22)."""
        if file.names_its_tables:
            return
        symbols = sum(record.kind == 5 for record in file.records)
        imported = [one for one in file.module.imports if one.kind == TABLE]
        problem = table_problem(file, symbols, imported)
        if problem:
            self.table.diagnose("error", f"{file.name}: {problem}", file)
        else:
            record = SymbolRecord(5, SYM_UNDEFINED | SYM_NO_STRIP | SYM_EXPLICIT_NAME, FUNCTION_TABLE, 0)
            symbol = self.table.mention(file, -1, record, False)
            symbol.flags &= ~SYM_EXPLICIT_NAME  # it has its import's name, but does not say so
            bindings.append(symbol)
            self.legacy_table = True
