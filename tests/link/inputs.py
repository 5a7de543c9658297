"""Short inputs for tests of the linker, and what tests ask of a link: that it is the reference's, and why it is so.

An object is written as a list of declarations: `[function("f", call("g")), datum("d", b"x")]`; what it mentions and
does not define it declares as extern. Compiled objects (paths), archives and raw bytes stand beside them.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import shlex
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.link.scenes import NOTHING, Declared, File, Mention, archive, object_of
from tests.toolchain import CACHE, OUTPUT, assert_same_link, compiled, reference
from wasmscope.format.types import I32, FuncType, GlobalType
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link
from wasmscope.link.model import Event, Link

TAKES_I32 = FuncType((I32,), ())
GIVES_I32 = FuncType((), (I32,))
WEAK, LOCAL, HIDDEN, EXPORTED, NO_STRIP, TLS = 1, 2, 4, 0x20, 0x80, 0x100
STRINGS, SEGMENT_TLS, RETAIN = 1, 2, 4

# --- declarations -----------------------------------------------------------------------------------------------


def function(name: str, *mentions: Mention, type: FuncType = NOTHING, flags: int = 0, **more: Any) -> Declared:
    """A function that does nothing but mention."""
    return Declared("function", name, type, flags, mentions, **more)


def kept(*mentions: Mention, name: str = "keeper") -> Declared:
    """A function that is kept (as `used` keeps one), so that what it mentions is."""
    return function(name, *mentions, flags=NO_STRIP)


def datum(name: str, data: bytes = b"data", *mentions: Mention, flags: int = 0, **more: Any) -> Declared:
    """A datum in a segment of its own, `.data.name` unless `segment` says otherwise; words that it mentions follow."""
    more.setdefault("segment", f".data.{name}")
    return Declared("data", name, None, flags, mentions, data, **more)


def global_(name: str, type: GlobalType, value: int = 0, flags: int = 0) -> Declared:
    """A global."""
    return Declared("global", name, type, flags, number=value)


def custom(name: str, data: bytes = b"", *mentions: Mention, **more: Any) -> Declared:
    """A custom section; words that it mentions follow its data."""
    return Declared("custom", name, mentions=mentions, data=data, **more)


def constructor(name: str, priority: int = 65535) -> Declared:
    """An entry of the init functions; what it names is declared before it."""
    return Declared("init", name, number=priority)


def feature(name: str, prefix: str = "+") -> Declared:
    """A target feature."""
    return Declared("feature", name, number=ord(prefix))


def producer(name: str, version: str = "", field: str = "processed-by") -> Declared:
    """A tool or language."""
    return Declared("producer", name, data=version.encode(), text=field)


# --- mentions ---------------------------------------------------------------------------------------------------


def call(name: str, type: FuncType = NOTHING, weak: bool = False) -> Mention:
    """A direct call."""
    return Mention("FUNCTION_INDEX_LEB", "function", name, type, 0, weak)


def slot(name: str, type: FuncType = NOTHING, weak: bool = False, how: str = "SLEB") -> Mention:
    """A function's address."""
    return Mention(f"TABLE_INDEX_{how}", "function", name, type, 0, weak)


def got(name: str, kind: str = "function", weak: bool = False) -> Mention:
    """A use of the global that holds an address, as position-independent code has it."""
    return Mention("GLOBAL_INDEX_LEB", kind, name, NOTHING if kind == "function" else None, 0, weak)


def address(name: str, addend: int = 0, weak: bool = False, how: str = "SLEB") -> Mention:
    """A datum's address."""
    return Mention(f"MEMORY_ADDR_{how}", "data", name, None, addend, weak)


def use_global(name: str, type: GlobalType) -> Mention:
    """A read of a global."""
    return Mention("GLOBAL_INDEX_LEB", "global", name, type)


def section(name: str, addend: int = 0) -> Mention:
    """A place in a custom section of the same object."""
    return Mention("SECTION_OFFSET_I32", "section", name, None, addend)


# --- files ------------------------------------------------------------------------------------------------------


def c(source: str, *flags: str) -> Path:
    """The object of a C source at -O1, without debug information."""
    return compiled(source, "-O1", "-g0", *flags)


def asm(source: str, *flags: str) -> Path:
    """The object of an assembly source."""
    return compiled(source, *flags, language="assembly")


def made(declared: Sequence[Declared], wide: bool = False) -> bytes:
    """The object that declarations make."""
    return object_of(File("object", tuple(declared)), wide)


def contents(one: Any, wide: bool = False) -> bytes:
    """The bytes of an input, however it is given."""
    return one if isinstance(one, bytes) else one.read_bytes() if isinstance(one, Path) else made(one, wide)


def library(**members: Any) -> bytes:
    """An archive without an index of `m.o`, … for the inputs given as `m`, …"""
    return archive([(f"{name}.o", contents(one)) for name, one in members.items()])


def placed(wide: bool = False, **inputs: Any) -> Path:
    """A folder with the inputs in it: `a.o` for the name "a", and names with a suffix as they are. Never to be changed:
    the same inputs have the same folder."""
    files = {name if "." in name else f"{name}.o": contents(one, wide) for name, one in inputs.items()}
    digest = hashlib.sha256(b"".join(name.encode() + b"\0" + data for name, data in files.items()))
    folder = CACHE / digest.hexdigest()[:32]
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as temporary:
            work = Path(temporary) / "work"
            work.mkdir()
            for name, data in files.items():
                (work / name).write_bytes(data)
            with contextlib.suppress(OSError):  # another process was first
                work.rename(folder)
    return folder


# --- links ------------------------------------------------------------------------------------------------------


def alike(line: str, **inputs: Any) -> Link:
    """Our link of `line` in a folder of `inputs`; a line that names no file is about all of them, in order.

    Asserts that the reference does the same: bytes, exit status, what is said.
    """
    words, folder = words_of(line, inputs), placed("-mwasm64" in line, **inputs)
    ours, theirs = assert_same_link(words, folder), reference(words, folder)
    assert said(ours.stderr) == said(theirs.stderr)
    assert ours.stdout == theirs.stdout
    return our_link(words, folder)


def words_of(line: str, inputs: dict[str, Any]) -> list[str]:
    """The words of a command line."""
    words = shlex.split(line)
    named = any(word.endswith((".o", ".a")) for word in words)
    return words if named else [*(f"{name}.o" for name in inputs), *words]


def our_link(words: Sequence[str], folder: Path) -> Link:
    """Our link alone, of words relative to `folder`."""
    with contextlib.chdir(folder):
        return link(parse([*words, "-o", OUTPUT]))


OF_OURS = ">>> note: "
PLACE = re.compile(r" \((section .*|offset .*)\)$")


def said(stderr: str) -> list[str]:
    """What was said, without the notes that the reference does not have and the place of what is malformed."""
    return [PLACE.sub("", line) for line in stderr.splitlines() if line and not line.startswith(OF_OURS)]


def errors(result: Link) -> list[str]:
    """The texts of a link's errors."""
    return [one.text for one in result.diagnostics if one.severity == "error"]


# --- what a link holds ------------------------------------------------------------------------------------------


def events(result: Link, name: str) -> list[str]:
    """What happened to a symbol, each event as "kind file" or "kind file (other file)"."""
    return [_event(one) for one in result.resolve.events if one.symbol is not None and one.symbol.name == name]


def _event(one: Event) -> str:
    file = f" {one.file.name}" if one.file is not None else ""
    other = f" ({one.other.name})" if one.other is not None else ""
    return f"{one.kind}{file}{other}"


def live_functions(result: Link) -> list[str]:
    """Names of the functions in the output that come from objects, in order."""
    return [atom.name for atom in result.index.functions if atom.file is not None]


def exports(result: Link) -> dict[str, str]:
    """The output's exports but the memory, and why each is one."""
    return {one.export.name: one.rule for one in result.index.exports if one.symbol is not None}
