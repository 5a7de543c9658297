"""Scenes: a link as data, objects as lists of declarations, and the files that they become.

A `Scene` is plain data, so that a difference can be made small (`shrinking`): whatever is left out of it, the rest is
still a scene that both linkers take. An object declares what it mentions and does not define; what it mentions as
another kind than it defines is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wasmscope.format.expr import const_expr
from wasmscope.format.types import FuncType
from wasmscope.link.builder import Content, Declaration, ObjectBuilder, Ref, body, instruction, word

NOTHING = FuncType((), ())
ZERO = {0x7F: ("i32.const", 0), 0x7E: ("i64.const", 0), 0x7D: ("f32.const", 0.0), 0x7C: ("f64.const", 0.0)}


@dataclass(frozen=True)
class Mention:
    """A relocation: its type without `R_WASM_`, and what it names (`type` as this object knows it)."""

    relocation: str
    kind: str
    name: str
    type: Any = None
    addend: int = 0
    weak: bool = False


@dataclass(frozen=True)
class Declared:
    """One thing of an object; `kind` says which of the other fields count."""

    kind: str
    """"function", "data", "absolute", "global", "table", "tag", "custom", "alias", "extern", "init", "feature",
    "producer"."""
    name: str
    type: Any = None
    flags: int = 0
    mentions: tuple[Mention, ...] = ()
    data: bytes = b""
    align: int = 0
    segment: str = ""
    segment_flags: int = 0
    comdat: str = ""
    export_name: str | None = None
    debug_name: str = ""
    number: int = 0
    """An init function's priority, a feature's prefix, an alias's offset, an absolute address, a global's value."""
    text: str = ""
    """An extern's kind, an alias's target, a producer's field."""
    module: str = "env"
    import_name: str | None = None


@dataclass(frozen=True)
class File:
    """An input: an object of declarations, or one that was compiled."""

    name: str
    declared: tuple[Declared, ...] = ()
    compiled: Path | None = None
    archive: str = ""
    """The archive that it is a member of."""


@dataclass(frozen=True)
class Scene:
    """A link: files, the words of the command line (names of files and archives among them), and its options."""

    files: tuple[File, ...]
    words: tuple[str, ...]
    options: tuple[str, ...]
    wide: bool = False

    @property
    def argv(self) -> list[str]:
        return [*(["-mwasm64"] if self.wide else []), *self.words, *" ".join(self.options).split()]


# --- scenes to files --------------------------------------------------------------------------------------------


def write(scene: Scene, folder: Path) -> None:
    """Write the files and archives of `scene` into `folder`."""
    archives: dict[str, list[tuple[str, bytes]]] = {}
    for file in scene.files:
        data = file.compiled.read_bytes() if file.compiled else object_of(file, scene.wide)
        if file.archive:
            archives.setdefault(file.archive, []).append((file.name, data))
        else:
            (folder / file.name).write_bytes(data)
    for name in scene.words:
        if name.endswith(".a"):
            (folder / name).write_bytes(archive(archives.get(name, [])))


def archive(members: list[tuple[str, bytes]]) -> bytes:
    """An ar archive without an index."""
    out = b"!<arch>\n"
    for name, data in members:
        out += f"{name + '/':<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode()
        out += data + b"\n" * (len(data) % 2)
    return out


def object_of(file: File, wide: bool) -> bytes:
    """The object that a file's declarations make."""
    return _Object(file.declared, wide).builder.flush()


class _Object:
    """Declarations on their way through the builder: first all that is defined, then what mentions it."""

    def __init__(self, declared: tuple[Declared, ...], wide: bool) -> None:
        self.wide = wide
        self.builder = ObjectBuilder(memory64=wide)
        self.known: dict[str, Declaration] = {}
        self.sections: dict[str, Declaration] = {}
        self.sizes = {one.name: len(one.data) for one in declared if one.kind == "data"}
        made = [(one, self.declare(one)) for one in declared]
        for one, declaration in made:
            if declaration is not None and one.kind in ("function", "data", "custom"):
                self.builder.update(declaration, self.content(one))

    def declare(self, one: Declared) -> Declaration | None:
        builder = self.builder
        if one.kind == "feature":
            if all(feature.name != one.name for feature in builder.features):
                builder.feature(one.name, chr(one.number))
        elif one.kind == "producer":
            if all(made.name != one.name for made in builder.producers.get(one.text, [])):
                builder.producer(one.text, one.name, one.data.decode())
        elif one.kind == "init":
            target = self.known.get(one.name)
            if target is not None and target.kind == "function":
                builder.init(target, one.number)
        elif one.kind == "custom":
            made = builder.custom(one.name, comdat=one.comdat)
            if not one.comdat:  # the builder gives it no symbol then
                self.sections.setdefault(one.name, made)
            return made
        elif one.name not in self.known:
            declaration = self.define(one)
            if declaration is not None and one.name:
                self.known[one.name] = declaration
            return declaration
        return None

    def define(self, one: Declared) -> Declaration | None:
        builder = self.builder
        if one.kind == "function":
            return builder.function(one.name, one.type, None, flags=one.flags, comdat=one.comdat,
                                    export_name=one.export_name, debug_name=one.debug_name)  # fmt: skip
        if one.kind == "data":
            return builder.data(one.name, b"", align=one.align, segment=one.segment, flags=one.flags,
                                segment_flags=one.segment_flags, comdat=one.comdat)  # fmt: skip
        if one.kind == "absolute":
            return builder.absolute(one.name, one.number, flags=one.flags)
        if one.kind == "global":
            return builder.global_var(one.name, one.type, _constant(one.type.type, one.number), flags=one.flags)
        if one.kind == "table":
            return builder.table(one.name, one.type, flags=one.flags)
        if one.kind == "tag":
            return builder.tag(one.name, one.type, flags=one.flags)
        if one.kind == "alias":
            target = self.known.get(one.text)
            if target is None or target.definition is None or target.definition.module is not None:
                return None
            offset = min(one.number, self.sizes.get(one.text, 0))
            return builder.alias(one.name, target, offset=offset, size=0 if target.kind == "data" else None,
                                 flags=one.flags)  # fmt: skip
        return self.extern(one.text, one.name, one.type, one.flags, one.module, one.import_name)

    def extern(self, kind: str, name: str, type: Any, flags: int, module: str = "env", import_name: str | None = None
               ) -> Declaration:  # fmt: skip
        builder = self.builder
        if kind == "data":
            return builder.extern_data(name, flags=flags)
        extern = {"function": builder.extern_function, "global": builder.extern_global, "tag": builder.extern_tag,
                  "table": builder.extern_table}[kind]  # fmt: skip
        flags &= ~0 if kind == "function" else ~1  # what is undefined and weak is a function or a datum
        return extern(name, type, module=module, import_name=import_name, flags=flags)

    def content(self, one: Declared) -> Content:
        """The bytes of what is declared, with its mentions."""
        if one.kind == "function":
            return body(*(part for mention in one.mentions for part in self.code(mention)),
                        *(("unreachable",) if one.type.results else ()))  # fmt: skip
        content = Content(one.data)
        for mention in one.mentions:
            target = self.target(mention)
            if target is not None:
                content += word(mention.relocation, target, mention.addend)
        return content

    def target(self, mention: Mention) -> Declaration | None:
        if mention.kind == "section":
            return self.sections.get(mention.name)
        known = self.known.get(mention.name)
        if known is None:
            flags = 1 if mention.weak else 0
            known = self.known[mention.name] = self.extern(mention.kind, mention.name, mention.type, flags)
        return known if known.kind == mention.kind else None

    def code(self, mention: Mention) -> Iterator[Any]:
        """Instructions that hold the relocation, and do no harm."""
        relocation = mention.relocation
        if relocation == "TYPE_INDEX_LEB":
            yield from (ZERO[one] for one in mention.type.params)
            yield ("i64.const" if self.wide else "i32.const", 0)
            yield ("call_indirect", mention.type, self.builder.function_table())
            yield from ("drop" for _ in mention.type.results)
            return
        target = self.target(mention)
        if target is None:
            return
        if relocation == "FUNCTION_INDEX_LEB":
            signature = target.definition.type
            yield from (ZERO[one] for one in signature.params)
            yield ("call", target)
            yield from ("drop" for _ in signature.results)
        elif relocation == "GLOBAL_INDEX_LEB":
            yield from (("global.get", Ref(target, 0, relocation)), "drop")
        elif relocation == "TABLE_NUMBER_LEB":
            yield from (("table.size", target), "drop")
        elif relocation == "TAG_INDEX_LEB":
            arguments = (ZERO[one] for one in target.definition.type.params)
            yield from (("block", NOTHING), *arguments, ("throw", target), "end")
        elif "MEMORY_ADDR_LEB" in relocation:
            yield ("i64.const" if self.wide else "i32.const", 0)
            yield instruction("i32.load8_u", 0, Ref(target, mention.addend, relocation))
            yield "drop"
        else:
            yield (("i64.const" if "64" in relocation else "i32.const"), Ref(target, mention.addend, relocation))
            yield "drop"


def _constant(type: int, value: int) -> Any:
    return const_expr(value, type == 0x7E)
