"""What a file is, by its first bytes: a wasm file, an archive, or something else that has a name."""

from __future__ import annotations

from wasmscope.errors import FormatError
from wasmscope.format.archive import MAGIC, THIN_MAGIC, Archive
from wasmscope.format.module import Module, read
from wasmscope.format.module_value import MAGIC as WASM

_OTHERS = {
    b"BC\xc0\xde": "LLVM bitcode: compile without -flto",
    b"\x7fELF": "an ELF file",
    b"MZ": "a Windows executable",
    b"\xcf\xfa\xed\xfe": "a Mach-O file",
    b"(module": "WebAssembly text: assemble it first",
    b"#STUB": "a stub library (text)",
    b"rust\0\0\0": "the metadata of a Rust crate, which only rustc reads",
}


def recognized(data: bytes, file: str) -> Module | Archive:
    """`data` as a module (an object is one) or an archive; `file` is its name in messages.

    Raises FormatError when it is neither, or a wasm file of another version.
    """
    if is_archive(data):
        return Archive(file, data)
    if data[:4] != WASM:
        raise FormatError(f"not WebAssembly and not an archive: {what_is(data)}", file)
    return read(data, file)


def is_archive(data: bytes) -> bool:
    """Whether `data` begins as an archive does, thin ones included."""
    return data[:8] in (MAGIC, THIN_MAGIC)


def what_is(data: bytes, called: str = "file") -> str:
    """What an unusable file (or what else it is `called`) seems to be, from its first bytes."""
    if not data:
        return f"the {called} is empty"
    for magic, words in _OTHERS.items():
        if data.startswith(magic):
            return f"it is {words}"
    return f"it begins with {data[:8].hex(' ')}"
