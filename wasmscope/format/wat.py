"""An instruction as the text format writes it.

What the text format lets a writer leave out is left out: `offset=0`, the natural `align=`, memory 0, the table 0 of a
call_indirect. A caller can put its own words in the place of an immediate (a symbol's name for an index, an address
for an offset): what it names is always shown.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from typing import TypeAlias

from wasmscope.format.immediates import Immediate
from wasmscope.format.opcodes import UNDECODED, rows_named
from wasmscope.format.types import heap_name, type_name

Namer: TypeAlias = Callable[[Immediate], str | None]
"""The caller's words for an immediate (its kind, value and span), or None to leave it as it is. The words stand for the
value alone: for `offset=16` they replace "16", for `(type 3)` "3"; for a block type, reftype or constant all of it."""

Args: TypeAlias = Sequence[Immediate]
Say: TypeAlias = Callable[[Immediate], str]


def text(name: str, args: Args, names: Namer | None = None) -> str:
    """The .wat text of the instruction `name` with the immediates `args`."""
    if not args:
        return name
    named = names or (lambda arg: None)

    def say(arg: Immediate) -> str:
        return named(arg) or _SHOW.get(arg.kind, str)(arg.value)

    def unless_zero(arg: Immediate) -> str:
        return named(arg) or (str(arg.value) if arg.value else "")

    if args[0].kind == "align":
        words = _memory_access(name, args, say, unless_zero)
    elif name in _OPTIONAL:
        words = _OPTIONAL[name](args, say, unless_zero)
    else:
        words = _LAYOUTS.get(name, _plain)(args, say)
    return " ".join(word for word in (name, *words) if word)


# --- layouts: the words after the mnemonic ----------------------------------------------------------------------


def _plain(args: Args, say: Say) -> list[str]:
    return [say(arg) for arg in args]


def _memory_access(name: str, args: Args, say: Say, unless_zero: Say) -> list[str]:
    by_kind = {arg.kind: arg for arg in args}
    align = by_kind["align"]
    natural = align.value == rows_named(name)[0].alignment
    memory, offset = by_kind.get("memory"), unless_zero(by_kind["offset"])
    return [
        unless_zero(memory) if memory else "",
        f"offset={offset}" if offset else "",
        "" if natural else f"align={say(align)}",
        *(say(arg) for arg in args if arg.kind == "lane"),
    ]


def _call_indirect(args: Args, say: Say, unless_zero: Say) -> list[str]:
    type, table = args
    return [unless_zero(table), f"(type {say(type)})"]


def _whole(args: Args, say: Say, unless_zero: Say) -> list[str]:
    return [unless_zero(arg) for arg in args]


def _init(args: Args, say: Say, unless_zero: Say) -> list[str]:
    segment, target = args
    return [unless_zero(target), say(segment)]


def _copy(args: Args, say: Say, unless_zero: Say) -> list[str]:
    return _plain(args, say) if any(map(unless_zero, args)) else []


def _block_type(arg: Immediate, say: Say) -> str:
    return say(arg) if arg.kind == "block" else f"(type {say(arg)})"


def _block(args: Args, say: Say) -> list[str]:
    return [_block_type(args[0], say)]


_CATCHES = ("catch", "catch_ref", "catch_all", "catch_all_ref")


def _try_table(args: Args, say: Say) -> list[str]:
    words = [_block_type(args[0], say)]
    for arg in args[1:]:
        if arg.kind == "catch":
            words.append(f"({_CATCHES[arg.value]}")
        else:
            words[-1] += f" {say(arg)}{')' if arg.kind == 'label' else ''}"
    return words


def _select(args: Args, say: Say) -> list[str]:
    return [f"(result {' '.join(map(say, args))})"]


def _br_on_cast(args: Args, say: Say) -> list[str]:
    flags, label, source, target = args
    null = ["null " if flags.value & bit else "" for bit in (1, 2)]
    return [say(label), f"(ref {null[0]}{say(source)})", f"(ref {null[1]}{say(target)})"]


def _undecoded(args: Args, say: Say) -> list[str]:
    raw, error = args
    return [*(f"{byte:02x}" for byte in raw.value[:16]), "…" if len(raw.value) > 16 else "", f";; {error.value}"]


_LAYOUTS: dict[str, Callable[[Args, Say], list[str]]] = {
    **dict.fromkeys(("block", "loop", "if", "try"), _block), "try_table": _try_table, "select": _select,
    "br_on_cast": _br_on_cast, "br_on_cast_fail": _br_on_cast, UNDECODED: _undecoded,
}  # fmt: skip
_OPTIONAL: dict[str, Callable[[Args, Say, Say], list[str]]] = {
    **dict.fromkeys(("call_indirect", "return_call_indirect"), _call_indirect),
    **dict.fromkeys(("memory.size", "memory.grow", "memory.fill", "memory.discard", "atomic.fence"), _whole),
    **dict.fromkeys(("memory.init", "table.init"), _init),
    **dict.fromkeys(("memory.copy", "table.copy"), _copy),
}  # fmt: skip


# --- constants --------------------------------------------------------------------------------------------------


def float_text(bits: int, size: int) -> str:
    """The shortest decimal that means exactly the float of `size` bytes (4 or 8) with these bits; inf, nan, nan:0x…"""
    mantissa_bits, width = (23, 32) if size == 4 else (52, 64)
    sign = "-" if bits >> width - 1 else ""
    mantissa = bits & (1 << mantissa_bits) - 1
    exponents = (1 << width - 1 - mantissa_bits) - 1
    if bits >> mantissa_bits & exponents == exponents:
        if not mantissa:
            return f"{sign}inf"
        return f"{sign}nan" if mantissa == 1 << mantissa_bits - 1 else f"{sign}nan:{mantissa:#x}"
    raw = bits.to_bytes(size, "little")
    if size == 8:
        return repr(struct.unpack("<d", raw)[0])
    value: float = struct.unpack("<f", raw)[0]
    decimal = next(short for digits in range(1, 10) if _means(short := f"{value:.{digits}g}", raw))
    return decimal if set(decimal) & set(".e") else f"{decimal}.0"


def _means(decimal: str, raw: bytes) -> bool:
    """Whether `decimal` rounds to the 4-byte float `raw`, and does so from well within its bounds.

    A decimal becomes a double before it becomes a float here, which could round twice: so its neighbours are asked too.
    """
    value = float(decimal)
    try:
        around = [struct.pack("<f", math.nextafter(value, towards)) for towards in (-math.inf, value, math.inf)]
    except OverflowError:
        return False
    return value == 0 == int.from_bytes(raw, "little") & 0x7FFFFFFF or set(around) == {raw}


def _vector_text(raw: bytes) -> str:
    return "i32x4 " + " ".join(f"{lane:#010x}" for lane in struct.unpack("<4I", raw))


_SHOW: dict[str, Callable[..., str]] = {
    "align": lambda log2: str(1 << log2),
    "f32": lambda bits: float_text(bits, 4),
    "f64": lambda bits: float_text(bits, 8),
    "v128": _vector_text,
    "heap": heap_name,
    "valtype": type_name,
    "block": lambda type: f"(result {type_name(type.results[0])})" if type.results else "",
}
