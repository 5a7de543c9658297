"""Phase 1: files become records.

Files are read in command line order. An archive gives one object per member, lazy unless --whole-archive; a member's
symbol table is read in the next phase, the rest of it only if it joins the link. Every file that cannot be used is
named in a diagnostic, and the others are still read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from wasmscope.errors import Diagnostic, FormatError
from wasmscope.format.archive import Archive, Member
from wasmscope.format.check import check
from wasmscope.format.check_relocs import good_relocs
from wasmscope.format.module import read
from wasmscope.format.recognize import what_is
from wasmscope.format.types import MEMORY, Limits
from wasmscope.link.model import FileRead, Loaded, ObjectFile
from wasmscope.link.option_checks import conflicts
from wasmscope.link.options import InputArg, Options
from wasmscope.link.reproduction import named_in, open_reproduction
from wasmscope.link.stub_libraries import STUB_MAGIC, read_stub_library
from wasmscope.link.subjects import Malformed

WASM_MAGIC = b"\0asm"
BITCODE_MAGIC = b"BC\xc0\xde"
ARCHIVE_MAGICS = (b"!<arch>\n", b"!<thin>\n")


class Source:
    """Where the bytes come from: files on disk, each read once as long as it stays the same.

    A program that links again and again keeps one Source, so only what changed is read and taken apart anew.
    """

    def __init__(self) -> None:
        self._files: dict[str, tuple[tuple[int, int, int], bytes]] = {}
        self._objects: dict[tuple[str, int, int, bool], tuple[bytes, ObjectFile]] = {}
        self._archives: dict[str, tuple[bytes, Archive]] = {}

    def stamp(self, path: str) -> tuple[int, int, int] | None:
        """What tells the state of `path` that was read from another; None if it was not read from disk."""
        return self._files[path][0] if path in self._files else None

    def contents(self, path: str) -> bytes:
        """The contents of `path`. Raises OSError."""
        stamp = file_stamp(path)
        known = self._files.get(path)
        if known is None or known[0] != stamp:
            with open(path, "rb") as file:
                known = self._files[path] = (stamp, file.read())
        return known[1]

    def exists(self, path: str) -> bool:
        """Whether there is a file at `path`."""
        return os.path.exists(path)

    def archive(self, path: str, data: bytes) -> Archive:
        """The archive in `path`. Raises FormatError."""
        known = self._archives.get(path)
        if known is None or known[0] is not data:
            known = self._archives[path] = (data, Archive(path, data))
        return known[1]

    def object(self, name: str, path: str, data: bytes, member: Member | None, number: int, lazy: bool) -> ObjectFile:
        """The object with the contents `data`, those of a file or of a `member` of it; not taken apart yet.

        Raises FormatError when it has no wasm header.
        """
        key = (name, member.offset if member is not None else 0, number, lazy)
        known = self._objects.get(key)
        if known is None or known[0] is not data:
            file = ObjectFile(name, path, read(data, name), number, path if member is not None else "", lazy)
            known = self._objects[key] = (data, file)
        return known[1]


def file_stamp(path: str) -> tuple[int, int, int]:
    """When `path` was written (ns), its size in bytes, its inode. Raises OSError."""
    stat = os.stat(path)
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


class ReproducedSource(Source):
    """The files in a reproduction; one that is not in it is looked for in `rest`."""

    def __init__(self, files: dict[str, bytes], rest: Source) -> None:
        super().__init__()
        self.files = files
        self.rest = rest

    def stamp(self, path: str) -> tuple[int, int, int] | None:
        """What tells the state of `path` from another; None for a file in the reproduction."""
        return None if named_in(self.files, path) is not None else self.rest.stamp(path)

    def contents(self, path: str) -> bytes:
        """The contents of `path`. Raises OSError."""
        name = named_in(self.files, path)
        return self.files[name] if name is not None else self.rest.contents(path)

    def exists(self, path: str) -> bool:
        """Whether there is a file at `path`."""
        return named_in(self.files, path) is not None or self.rest.exists(path)


def load(options: Options, source: Source | None = None) -> Loaded:
    """Read every input that `options` names.

    Returns the objects in the order read and the names that may stay undefined. Diagnostics carry LLD's words; what is
    wrong with the command line itself is among them.
    """
    source = source or Source()
    files = open_reproduction(options.reproduction) if options.reproduction else None
    if files is not None:
        source = ReproducedSource(files, source)
    quick = _Loader(options, source, together=True)
    loaded = quick.run()
    return loaded if quick.sure() else _Loader(options, source, together=False).run()


class _Loader:
    """`together`: relocations are checked last, in `sure`, those of all objects at once."""

    def __init__(self, options: Options, source: Source, together: bool) -> None:
        self.together = together
        self.unsure: list[ObjectFile] = []
        """Objects whose relocations are still to be checked."""
        self.options = options
        self.source = source
        self.result = Loaded(files=[], arch=options.arch or "wasm32", allowed_undefined={}, stub_libraries=[])
        self.ended = False

    def run(self) -> Loaded:
        self.result.diagnostics += self.options.diagnostics
        for given in self.options.inputs:
            path = self.library(given) if given.library else given.name
            if path is not None:
                self.file(path, given)
        loaded = self.result
        some = loaded.files or loaded.stub_libraries or loaded.shared_libraries
        if not some and not stops(loaded.diagnostics, self.options):
            self.error("no input files")
        if not stops(self.result.diagnostics, self.options):
            self.result.diagnostics += conflicts(self.options)
        if not stops(self.result.diagnostics, self.options):
            for name in self.options.allow_undefined_files:
                self.allow_undefined(name)
        return self.result

    def sure(self) -> bool:
        """Whether what was said holds, now that relocations are checked, too; if not, they come in their turn."""
        if self.unsure and (self.ended or not good_relocs([file.module for file in self.unsure])):
            return False
        for file in self.unsure:
            file.good.add(self.options.release.feature_prefixes)
        return True

    def error(self, text: str, *notes: str, about: object = None) -> None:
        self.result.diagnostics.append(Diagnostic("error", text, notes, about))

    def fatal(self, text: str, *notes: str, about: object = None) -> None:
        """What ends LLD at once: the other files are still looked at here, but only the first such error is one."""
        self.result.diagnostics.append(Diagnostic("note" if self.ended else "error", text, notes, about))
        self.ended = True

    def contents(self, path: str) -> bytes | None:
        try:
            data = self.source.contents(path)
        except OSError as error:
            self.result.reads.append(self.file_read(path, None))
            self.error(f"cannot open {path}: {os.strerror(error.errno or 0)}")
            return None
        self.result.reads.append(self.file_read(path, data))
        return data

    def file_read(self, path: str, data: bytes | None) -> FileRead:
        stamp = self.source.stamp(path) if data is not None else None
        return FileRead(path, data, len(self.result.diagnostics), stamp)

    def allow_undefined(self, path: str) -> None:
        """A list of names, one a line, that may stay undefined; `#` starts a comment line."""
        data = self.contents(path)
        for line in (data or b"").decode("utf-8", "surrogateescape").splitlines():
            name = line.strip()
            if name and not name.startswith("#"):
                self.result.allowed_undefined.setdefault(name, path)

    def library(self, given: InputArg) -> str | None:
        """-lNAME: the first libNAME.a on the search path, or, with -Bdynamic, libNAME.so; -l:NAME looks for NAME
        itself."""
        names = [f"lib{given.name}.a"] if given.static else [f"lib{given.name}.so", f"lib{given.name}.a"]
        if given.name.startswith(":"):
            names = [given.name[1:]]
        for folder in self.options.search_paths:
            for name in names:
                path = os.path.join(folder, name)
                if self.source.exists(path):
                    return path
        searched = ", ".join(self.options.search_paths) or "no -L was given"
        self.error(f"unable to find library -l{given.name}", f"looked for {' and '.join(names)} in: {searched}")
        return None

    def file(self, path: str, given: InputArg) -> None:
        data = self.contents(path)
        if data is None:
            return
        if data[:8] in ARCHIVE_MAGICS:
            self.archive(path, data, given)
        elif data[:4] == WASM_MAGIC:
            self.object(path, path, data, None, given.lazy, given.static)
        elif data[:4] == BITCODE_MAGIC:
            self.error(f"{path}: LLVM bitcode is not supported", "compile without -flto, or run the LTO step first")
        elif data.startswith(STUB_MAGIC):
            self.result.stub_libraries.append(read_stub_library(path, data))
        else:
            self.error(f"unknown file type: {path}", what_is(data))

    def archive(self, path: str, data: bytes, given: InputArg) -> None:
        if self.source.exists(os.path.splitext(path)[0] + ".imports"):
            self.allow_undefined(os.path.splitext(path)[0] + ".imports")
        try:
            for member in self.source.archive(path, data).members():
                self.member(path, member, not given.whole_archive)
        except FormatError as error:
            self.error(f"{path}: {error.message}", about=Malformed(error, data))

    def member(self, path: str, member: Member, lazy: bool) -> None:
        data = self.member_contents(member)
        magic = data[:4]
        if magic == WASM_MAGIC:
            self.object(f"{path}({member.name})", path, data, member, lazy)
        elif magic == BITCODE_MAGIC:
            self.error(f"{path}({member.name}): LLVM bitcode is not supported")
        elif not lazy:
            self.fatal("The file was not recognized as a valid object file", f"it is {path}({member.name})")
        else:
            text = f"{path}: archive member '{member.name}' is neither Wasm object file nor LLVM bitcode"
            self.result.diagnostics.append(Diagnostic("warning", text, (what_is(data, "member"),)))

    def member_contents(self, member: Member) -> bytes:
        """The contents of a member; of a thin archive's they are a file's, which is noted. Raises FormatError."""
        if not member.path:
            return member.data
        try:
            data = self.source.contents(member.path)
        except OSError as error:
            self.result.members_read.append(self.file_read(member.path, None))
            raise member.unreadable(error) from error
        self.result.members_read.append(self.file_read(member.path, data))
        return data

    def object(
        self, name: str, path: str, data: bytes, member: Member | None, lazy: bool, static: bool = True
    ) -> None:
        if name in self.options.left_out:
            return
        try:
            file = self.source.object(name, path, data, member, len(self.result.files), lazy)
            if not lazy:
                self.check(file)
            elif file.module.linking is None and file.module.errors:
                raise file.module.errors[0]
            problem = self.unusable(file, static)
        except FormatError as error:
            self.fatal(f"{name}: {error.message}", about=Malformed(error, data))
            return
        shared = file.is_shared_library
        if problem and shared:
            self.error(problem)
        elif problem:
            self.fatal(problem, *(_address_note(file) if "wasm64" in problem else ()))
        elif shared:
            self.result.shared_libraries.append((file, len(self.result.files)))
        elif file.module.linking is not None:  # LLD asks that of a lazy file only when it joins, which this one won't
            self.result.files.append(file)

    def check(self, file: ObjectFile) -> None:
        """Raise the FormatError that keeps a linker from taking it; its relocations may be left to `sure`."""
        prefixes = self.options.release.feature_prefixes
        if self.together and prefixes not in file.good:
            check(file.module, prefixes, relocs=False)
            self.unsure.append(file)
        else:
            file.check(prefixes)

    def unusable(self, file: ObjectFile, static: bool) -> str:
        """Why LLD would not take this file, or nothing; and why we do not take a shared library that it would."""
        if file.is_shared_library:
            if self.options.release.takes_shared_libraries:
                return f"{file.name}: shared libraries as inputs are not supported with --lld={self.options.lld}"
            return f"attempted static link of dynamic object {file.name}" if static else ""
        if not file.lazy and file.module.custom("linking") is None:
            return f"{file.name}: not a relocatable wasm file"
        wide = file.is_wasm64
        if wide and self.options.arch is None:
            return f"{file.name}: must specify -mwasm64 to process wasm64 object files"
        if wide != (self.result.arch == "wasm64"):  # LLD 22 has these words for both directions
            return f"{file.name}: wasm32 object file can't be linked in wasm64 mode"
        return ""


def _address_note(file: ObjectFile) -> tuple[str, ...]:
    """What decides whether a file is for 32 or 64 bits."""
    for one in file.module.imports:
        if one.kind == MEMORY and isinstance(one.desc, Limits):
            return (f"it imports a memory with {64 if one.desc.is64 else 32}-bit addresses ({one.module}.{one.name})",)
    return ()


def stops(diagnostics: Iterable[Diagnostic], options: Options) -> bool:
    """Whether one of them ends the link: an error, or with --fatal-warnings a warning."""
    fatal = ("error", "warning") if options.fatal_warnings else ("error",)
    return any(one.severity in fatal for one in diagnostics)
