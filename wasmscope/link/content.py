"""Contents of what is declared: bytes, and the sites in them that a linker shall patch.

A `Site` names its symbol by the declaration, so that numbers can be given out late. `instruction`, `body`, `pointer`
and the rest make bytes and sites together: an immediate that is a declaration, a `Ref` or a function type becomes a
padded placeholder and a site, of the relocation type that a compiler would choose there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from wasmscope.format.assemble import encode as encode_instruction
from wasmscope.format.assemble import encode_body
from wasmscope.format.code import instructions
from wasmscope.format.leb128 import read_u32
from wasmscope.format.linking import SYM_TLS
from wasmscope.format.opcodes import rows_named
from wasmscope.format.relocs import RELOC_TYPES, RelocType, encode
from wasmscope.format.types import FuncType, ValueType
from wasmscope.link.declaration import Declaration

RELOC_NUMBERS = {one.name.removeprefix("R_WASM_"): one.number for one in RELOC_TYPES}
"""Number of each relocation type by its name without `R_WASM_`."""


def reloc_type(type: int | str) -> RelocType:
    """The relocation type of that number, or of that name with or without `R_WASM_`. Raises ValueError."""
    number = RELOC_NUMBERS.get(type.removeprefix("R_WASM_")) if isinstance(type, str) else type
    if number is None or not 0 <= number < len(RELOC_TYPES):
        raise ValueError(f"there is no relocation type {type}")
    return RELOC_TYPES[number]


class Site(NamedTuple):
    """A place that a linker patches: `offset` bytes into the contents, with relocation `type` (number or name).

    `symbol` is a declaration, the function type itself for TYPE_INDEX_LEB, or a bare index that nothing checks.
    """

    offset: int
    type: int | str
    symbol: Declaration | FuncType | int
    addend: int = 0


class Ref(NamedTuple):
    """A declaration as an immediate, with an addend in bytes, or with another relocation `type` than the usual one."""

    symbol: Declaration
    addend: int = 0
    type: int | str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes and the sites in them."""

    data: bytes
    sites: tuple[Site, ...] = ()

    def __len__(self) -> int:
        return len(self.data)

    def __add__(self, other: Content | bytes) -> Content:
        if isinstance(other, bytes):
            other = Content(other)
        moved = (site._replace(offset=site.offset + len(self.data)) for site in other.sites)
        return Content(self.data + other.data, (*self.sites, *moved))


Part: TypeAlias = "Content | bytes | str | tuple[Any, ...]"
"""Contents, bytes, or an instruction: its mnemonic, or a tuple of the mnemonic and its immediates."""


def joined(*parts: Part) -> Content:
    """All parts in a row."""
    whole = Content(b"")
    for part in parts:
        if isinstance(part, tuple):
            part = instruction(*part)
        elif isinstance(part, str):
            part = instruction(part)
        whole += part
    return whole


def body(*parts: Part, locals: Sequence[tuple[int, ValueType]] = ()) -> Content:
    """A function's body without its size: `locals` as (count, type), the parts, and the `end` that closes it."""
    code = joined(*parts, "end")
    sized = encode_body(code.data, locals)
    whole = sized[read_u32(sized, 0)[1] :]
    return Content(whole[: len(whole) - len(code)]) + code


def instruction(name: str, *immediates: Any) -> Content:
    """One instruction; immediates as for `format.assemble.encode`, or a declaration, a Ref or a type to be patched in.

    Raises ValueError when there is no such instruction, or no relocation for such a symbol in that place.
    """
    wanted = [_wanted(name, one) for one in immediates]
    raw = encode_instruction(
        name, *(0 if ref is not None else one for one, ref in zip(immediates, wanted, strict=True))
    )
    if not any(ref is not None for ref in wanted):
        return Content(raw)
    whole, pos = Content(b""), 0
    decoded = next(iter(instructions(raw, 0, len(raw))))
    for arg, ref in zip(decoded.args, wanted, strict=True):
        if ref is not None:
            whole += raw[pos : arg.start]
            whole += _placeholder(_usual(name, arg.kind, ref), ref)
            pos = arg.end
    return whole + raw[pos:]


def _wanted(name: str, immediate: object) -> Ref | FuncType | None:
    """What shall be patched in the place of an immediate, or None when it is written as it is."""
    if isinstance(immediate, Ref):
        return immediate
    if isinstance(immediate, FuncType):
        block = any(row.immediates[:1] == ("block",) for row in rows_named(name))
        return None if block and not immediate.params and len(immediate.results) < 2 else immediate
    return Ref(immediate) if isinstance(immediate, Declaration) else None


_BY_IMMEDIATE = {
    "function": "FUNCTION_INDEX_LEB", "type": "TYPE_INDEX_LEB", "global": "GLOBAL_INDEX_LEB",
    "table": "TABLE_NUMBER_LEB", "tag": "TAG_INDEX_LEB",
}  # fmt: skip
_BY_SYMBOL = {
    ("i32", "data"): "MEMORY_ADDR_SLEB", ("i32", "function"): "TABLE_INDEX_SLEB",
    ("i64", "data"): "MEMORY_ADDR_SLEB64", ("i64", "function"): "TABLE_INDEX_SLEB64",
    ("i32", "tls"): "MEMORY_ADDR_TLS_SLEB", ("i64", "tls"): "MEMORY_ADDR_TLS_SLEB64",
}  # fmt: skip


def _usual(name: str, kind: str, ref: Ref | FuncType) -> RelocType:
    """The relocation type for an immediate of `kind`."""
    if isinstance(ref, FuncType):
        found = _BY_IMMEDIATE.get(kind) if kind == "type" else None
    elif ref.type is not None:
        return reloc_type(ref.type)
    elif kind == "offset":
        found = "MEMORY_ADDR_LEB64" if ref.symbol.wide else "MEMORY_ADDR_LEB"
    else:
        what = "tls" if ref.symbol.flags & SYM_TLS else ref.symbol.kind
        found = _BY_IMMEDIATE.get(kind) or _BY_SYMBOL.get((kind, what))
    if found is None:
        what = str(ref) if isinstance(ref, FuncType) else f"a {ref.symbol.kind}"
        raise ValueError(f"{name}: no relocation puts {what} into the place of its {kind}")
    return reloc_type(found)


def _placeholder(type: RelocType, ref: Ref | FuncType) -> Content:
    site = Site(0, type.number, ref) if isinstance(ref, FuncType) else Site(0, type.number, ref.symbol, ref.addend)
    return Content(encode(type, 0), (site,))


# --- the commonest ----------------------------------------------------------------------------------------------


def call(function: Declaration) -> Content:
    """`call`, patched with the function's number."""
    return instruction("call", function)


def address(symbol: Declaration, addend: int = 0) -> Content:
    """`i32.const` (in 64-bit code `i64.const`), patched with an address plus `addend`, or with a function's table slot.

    The address of thread-local data is its offset in the thread's block: the code adds `__tls_base`.
    """
    return instruction("i64.const" if symbol.wide else "i32.const", Ref(symbol, addend))


def pointer(symbol: Declaration, addend: int = 0) -> Content:
    """A word of data, patched with an address plus `addend`, or with a function's table slot."""
    what = "TABLE_INDEX" if symbol.kind == "function" else "MEMORY_ADDR"
    return word(f"{what}_I{64 if symbol.wide else 32}", symbol, addend)


def word(type: int | str, symbol: Declaration, addend: int = 0) -> Content:
    """A site alone, of any relocation type, as wide as that type."""
    return _placeholder(reloc_type(type), Ref(symbol, addend, type))


# --- what is wrong with contents ----------------------------------------------------------------------------------


_END = 0x0B


def checked(content: Content | bytes, declaration: Declaration) -> Content:
    """`content` for `declaration`, its sites in order. Raises ValueError when it cannot have any, or not this."""
    kind, definition = declaration.kind, declaration.definition
    where = declaration.name or f"the {kind}"
    if isinstance(content, bytes):
        content = Content(content)
    if definition is None or definition.module is not None or kind in ("global", "table", "tag"):
        raise ValueError(f"{where}: a {kind} that has no bytes here was given some")
    if kind == "function" and content.data[-1:] != bytes((_END,)):
        raise ValueError(f"{where}: the body does not close with end (0x0b)")
    return _in_order(content, where)


def _in_order(content: Content, where: str) -> Content:
    sites = tuple(sorted(content.sites, key=lambda site: site.offset))
    end = 0
    for site in sites:
        type = reloc_type(site.type)
        place = f"{where}: {type.name} at offset {site.offset:#x}"
        if site.offset < end:
            raise ValueError(f"{place} {'overlaps the one before it' if site.offset >= 0 else 'is out of bounds'}")
        end = site.offset + type.width
        if end > len(content):
            raise ValueError(f"{place} needs {type.width} bytes, and the contents end at {len(content):#x}")
        raw = content.data[site.offset : end]
        if type.encoding != "le" and not (raw[-1] < 128 and min(raw[:-1]) > 127):
            raise ValueError(f"{place} needs a number padded to {type.width} bytes, not {raw.hex(' ')}")
        _check_symbol(site, place)
    return Content(content.data, sites)


def _check_symbol(site: Site, place: str) -> None:
    type, symbol = reloc_type(site.type), site.symbol
    if isinstance(symbol, int):
        return
    kind = "type" if isinstance(symbol, FuncType) else symbol.kind
    got = type.name == "R_WASM_GLOBAL_INDEX_LEB" and kind in ("data", "function")
    if kind != type.symbol_kind and not got:
        raise ValueError(f"{place} needs a {type.symbol_kind}, not {symbol if kind == 'type' else f'the {kind}'}")
    if not isinstance(symbol, FuncType) and symbol.symbol < 0:
        why = f"{symbol.name} was freed" if symbol.freed else f"the {kind} was declared without a symbol"
        raise ValueError(f"{place}: {why}")
    if site.addend and not type.addend:
        raise ValueError(f"{place} has no addend, so {site.addend} is lost")
