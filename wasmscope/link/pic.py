"""What position-independent output asks of the other phases: which symbols the dynamic linker looks up, and where data
goes when its address is known only at run time.

Nobody knows where a shared library or a position-independent executable will be in memory and in the table: it
imports both places, `__memory_base` and `__table_base`, and counts from them. What another module may define, or
define anew, is reached through globals that the dynamic linker fills in: the imports of the modules `GOT.mem` and
`GOT.func`. All rules are LLD 22's.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

from wasmscope.format.expr import END, ConstExpr, Instr, const_expr
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.format.types import I32, I64, GlobalType
from wasmscope.link.chain import Chain, Placed
from wasmscope.link.model import Atom, CustomSection, Merge, Resolution, Segment, Symbol
from wasmscope.link.options import Options

MEMORY_BASE, TABLE_BASE = "__memory_base", "__table_base"
COMBINED = ".data"
GOT_MEMORY, GOT_FUNCTIONS = "GOT.mem", "GOT.func"

ABSOLUTE = frozenset(
    one.number
    for one in RELOC_TYPES
    if one.name.removeprefix("R_WASM_")
    in ("TABLE_INDEX_SLEB", "TABLE_INDEX_SLEB64", "MEMORY_ADDR_SLEB", "MEMORY_ADDR_LEB", "MEMORY_ADDR_SLEB64",
        "MEMORY_ADDR_LEB64")
)  # fmt: skip
"""Relocation types that need a number in code which is known only at run time."""

WORDS = frozenset(
    one.number
    for one in RELOC_TYPES
    if one.name.removeprefix("R_WASM_") in ("TABLE_INDEX_I32", "TABLE_INDEX_I64", "MEMORY_ADDR_I32", "MEMORY_ADDR_I64")
)
"""Relocation types of words of data, which code of the module can set when it starts."""


def dynamic(symbol: Symbol, options: Options) -> bool:
    """Whether the address of `symbol`, if something wants it, is for the dynamic linker to say."""
    if symbol.shared:
        return True
    if not options.pic and options.unresolved != "import-dynamic":
        return False
    if symbol.hidden or symbol.local:
        return False
    return not (symbol.defined and (not options.shared or options.bsymbolic))


def pointer_type(wide: bool, mutable: bool) -> GlobalType:
    """The type of a global that holds an address. `wide`: addresses are 64 bits wide."""
    return GlobalType(I64 if wide else I32, mutable)


def base_index(resolution: Resolution, imported: dict[Symbol, int], name: str) -> int:
    """Number of the imported global `name`: `__memory_base` or `__table_base`."""
    return imported[resolution.by_name[name]]


def based(base: int, offset: int, wide: bool) -> ConstExpr:
    """The constant expression for what is `offset` past the value of global `base`."""
    start = Instr("global.get", (base,))
    if not offset:
        return (start, END)
    return (start, *const_expr(offset, wide)[:1], Instr("i64.add" if wide else "i32.add", ()), END)


def combines(features: Container[str], options: Options) -> bool:
    """Whether all data becomes one segment: there is one place to count from, and no sum in constant expressions."""
    return options.pic and "extended-const" not in features and not options.shared_memory


def combined(
    segments: Sequence[Segment],
    merges: dict[Atom, Merge],
    home: dict[Atom, Segment | CustomSection],
    rows: list[tuple[str, object, object]],
) -> tuple[Segment, dict[Atom, Segment | CustomSection], list[tuple[str, object, object]]]:
    """One segment for all data, which starts at `__memory_base`.

    `segments` have their addresses, which stay. Returns the segment, and `home` and `rows` with it in their place.
    """
    whole = Segment(COMBINED, Chain(COMBINED))
    joined = set(segments)
    moved: dict[Placed[Atom], Placed[Atom]] = {}
    homes: dict[Atom, Segment | CustomSection] = dict(home)
    for segment in segments:
        whole.align = max(whole.align, segment.align)
        for placed in segment.chain:
            align = segment.align if placed.prev is None else placed.item.align
            moved[placed] = whole.chain.append(placed.item, placed.size, max(align, placed.item.align))
            homes[placed.item] = whole
        whole.address = whole.address if len(whole.chain) > len(segment.chain) else segment.address
    for atom, merge in merges.items():
        homes[atom] = homes[merge.atom]
    whole.size = whole.chain.size
    kept: list[tuple[str, object, object]] = []
    for what, thing, part in rows:
        if what == "placed" and isinstance(part, Placed) and part in moved:
            kept.append((what, whole, moved[part]))
        elif what != "segment" or thing not in joined:
            kept.append((what, thing, part))
    last = max((number for number, row in enumerate(kept) if row[1] is whole), default=-1)
    kept.insert(last + 1, ("segment", whole, None))
    return whole, homes, kept
