"""The tables of a session: their rows, and the fields that filters, sorting and search know of each row.

A table is made for one link; rows are numbered as the link numbers them, and stay so however they are arranged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from wasmscope.debugger.cursor import Place
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.symbol_rows import standing
from wasmscope.debugger.scene import Scene
from wasmscope.explain.naming import bound, signature_of, site_width, target_title, title, type_title
from wasmscope.explain.symbols import Mention
from wasmscope.link.chain import Chain
from wasmscope.link.model import Atom, Symbol
from wasmscope.link.names import readable

Value = str | int | bool | None


class Field(NamedTuple):
    """What a filter can ask of a row."""

    about: str
    get: Callable[[Scene, Any], Value]
    """Of the row's thing (or of its source) at a moment; several names of one thing are on lines of their own."""
    kind: str = "word"
    """How it is compared: "word", "name", "file", "number" or "yes"."""
    moves: bool = False
    """It is another at another step."""
    source: Callable[[Scene, Any], Any] | None = None
    """Of the row's thing what the field is read from, if many rows share that: a filter looks at it once for each."""
    dear: bool = False
    """It takes long to make: a filter asks it last."""
    order: Callable[[Scene, Any], Any] | None = None
    """What rows are sorted by, of the row's thing, where the field as text would stand in another order."""

    def of(self, scene: Scene, thing: Any) -> Value:
        """The field of a row's thing."""
        return self.get(scene, thing if self.source is None else self.source(scene, thing))

    def rank(self, scene: Scene, thing: Any) -> Any:
        """What a row's thing is sorted by: None and "" are no value."""
        return self.of(scene, thing) if self.order is None else self.order(scene, thing)


class Table:
    """Rows of things; `key` differs when the rows are others."""

    name = ""
    noun = "row"
    fields: dict[str, Field] = {}  # noqa: RUF012 each table has its own
    columns: dict[str, str] = {}  # noqa: RUF012
    """Field by the title of the column that shows it."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.key: object = opened

    def __len__(self) -> int:
        raise NotImplementedError

    def thing(self, row: int) -> Any:
        """What row `row` is about."""
        raise NotImplementedError

    def row_of(self, place: Any) -> int | None:
        """The row that the cursor is on."""
        raise NotImplementedError

    def text(self, row: int) -> str:
        """What a search looks at: raw and demangled names, on lines of their own."""
        raise NotImplementedError

    def parts(self) -> Iterable[tuple[range, Mapping[str, Value]]]:
        """All rows, in order, in ranges; and by name the fields that all rows of a range have in common."""
        return [(range(len(self)), {})]


def both(name: str) -> str:
    """A name as it is in the file and as it reads."""
    shown = readable(name)
    return name if shown == name else f"{name}\n{shown}"


# --- symbols ----------------------------------------------------------------------------------------------------


def _binding(scene: Scene, symbol: Symbol) -> str:
    return "weak" if symbol.weak else "local" if symbol.local else "global"


def _size(scene: Scene, symbol: Symbol) -> int | None:
    if symbol.kind == "data":
        return symbol.size
    return symbol.target.size if isinstance(symbol.target, Atom) else None


def _symbol_file(scene: Scene, symbol: Symbol) -> str:
    file = scene.now.symbol(symbol).file
    return file.name if file is not None else "linker"


class SymbolTable(Table):
    """View 2: every symbol of the link."""

    name, noun = "symbols", "symbol"
    columns = {  # noqa: RUF012
        "file": "file", "name": "name", "kind": "kind", "bind": "bind", "vis": "vis", "state": "state",
        "stands for": "target", "value": "value", "slot": "slot",
    }  # fmt: skip
    fields = {  # noqa: RUF012
        "name": Field("its name, raw or demangled", lambda scene, one: both(one.name), "name"),
        "file": Field("who stands for it", _symbol_file, "file", moves=True),
        "kind": Field("function, data, global, table, tag, section", lambda scene, one: one.kind),
        "bind": Field("global, weak, local", _binding),
        "vis": Field("default, hidden", lambda scene, one: "hidden" if one.hidden else "default"),
        "state": Field(
            "undefined, lazy, defined, imported, tolerated, dropped, …",
            lambda scene, one: standing(scene.now, one)[0].lower(), moves=True,
        ),
        "type": Field("its type: (i32) -> i32", lambda scene, one: str(one.signature or one.type or ""), "name"),
        "target": Field("what it stands for", lambda scene, one: both(title(one.target)) if one.target else "", "name"),
        "size": Field("bytes", _size, "number"),
        "value": Field("address or number", lambda scene, one: scene.now.symbol(one).value, "number", moves=True),
        "slot": Field("table slot", lambda scene, one: scene.now.symbol(one).slot, "number", moves=True),
        "changed": Field(
            "by the last step", lambda scene, one: scene.now.symbol(one) != scene.before.symbol(one), "yes", moves=True
        ),
    }  # fmt: skip

    def __len__(self) -> int:
        return len(self.opened.symbols)

    def thing(self, row: int) -> Symbol:
        return self.opened.symbols[row]

    def row_of(self, place: Place) -> int | None:
        return self.opened.symbol_rows.get(place.symbol) if place.symbol is not None else None

    def text(self, row: int) -> str:
        return both(self.opened.symbols[row].name)


# --- relocations ------------------------------------------------------------------------------------------------


def _target(scene: Scene, mention: Mention) -> str:
    symbol = bound(scene.link, *mention)
    return both(title(symbol)) if symbol is not None else target_title(scene.link, *mention)


def _signature(scene: Scene, mention: Mention) -> str:
    symbol = bound(scene.link, *mention)
    if symbol is not None:
        return str(symbol.signature or symbol.type or "")
    return str(signature_of(*mention)) if _type(scene, mention).startswith("TYPE") else ""


def _type(scene: Scene, mention: Mention) -> str:
    assert mention.atom.relocs is not None
    return type_title(mention.atom.relocs.types[mention.row]).removeprefix("R_WASM_")


def _reloc_state(scene: Scene, mention: Mention) -> str:
    now = scene.now.relocation(*mention)
    return "patched" if now.patched else "pending" if now.value is not None else "dead"


def _addend(scene: Scene, mention: Mention) -> int:
    assert mention.atom.relocs is not None
    return mention.atom.relocs.addends[mention.row]


def _patched_now(scene: Scene, mention: Mention) -> bool:
    return scene.now.relocation(*mention).patched and not scene.before.relocation(*mention).patched


class RelocTable(Table):
    """View 3: every relocation that the link applies."""

    name, noun = "relocations", "relocation"
    columns = {  # noqa: RUF012
        "#": "row", "site": "site", "type": "type", "target": "target", "value": "value", "before": "before",
        "after": "after", "state": "state",
    }  # fmt: skip
    fields = {  # noqa: RUF012
        "atom": Field("the atom that it is in", lambda scene, one: both(title(one.atom)), "name"),
        "site": Field(
            "atom and offset", lambda scene, one: f"{title(one.atom)}+{one.atom.site(one.row):#x}", "name",
            order=lambda scene, one: (title(one.atom).lower(), one.atom.site(one.row)),
        ),
        "file": Field("whose atom", lambda scene, one: one.atom.file.name if one.atom.file else "linker", "file"),
        "type": Field("MEMORY_ADDR_LEB, …", _type, "name"),
        "target": Field("what it names", _target, "name"),
        "signature": Field("the type of what it names", _signature, "name"),
        "kind": Field("of atom: function, data, custom", lambda scene, one: one.atom.kind),
        "addend": Field("added to the target", _addend, "number"),
        "size": Field("bytes of the site", lambda scene, one: site_width(*one), "number"),
        "value": Field("what it writes", lambda scene, one: scene.now.relocation(*one).value, "number", moves=True),
        "state": Field("patched, pending, dead", _reloc_state, moves=True),
        "before": Field("bytes in the object", lambda scene, one: scene.now.relocation(*one).before.hex(" "), "name"),
        "after": Field(
            "bytes in the output", lambda scene, one: (scene.now.relocation(*one).after or b"").hex(" "), "name", True
        ),
        "changed": Field("by the last step", _patched_now, "yes", moves=True),
    }  # fmt: skip

    def __len__(self) -> int:
        return len(self.opened.relocations)

    def thing(self, row: int) -> Mention:
        return self.opened.relocations[row]

    def row_of(self, place: Place) -> int | None:
        return self.opened.relocations.row_of(place.relocation) if place.relocation is not None else None

    def text(self, row: int) -> str:
        mention = self.thing(row)
        symbol = bound(self.opened.link, *mention)
        end = both(title(symbol)) if symbol is not None else target_title(self.opened.link, *mention)
        assert mention.atom.relocs is not None
        return f"{both(title(mention.atom))}\n{end}\n{type_title(mention.atom.relocs.types[mention.row])}"


# --- a chain ----------------------------------------------------------------------------------------------------


class ChainTable(Table):
    """View 1: the atoms of one chain. It is drawn as a chain: it is searched, but neither filtered nor sorted."""

    name, noun = "chain", "atom"

    def __init__(self, opened: Opened, chain: Chain[Atom]) -> None:
        super().__init__(opened)
        self.chain = chain
        self.key = chain

    @cached_property
    def _atoms(self) -> Sequence[Atom]:
        return [placed.item for placed in self.chain]

    def __len__(self) -> int:
        return len(self._atoms)

    def thing(self, row: int) -> Atom:
        return self._atoms[row]

    def row_of(self, place: Place) -> int | None:
        placed = self.chain.places.get(place.atom) if place.atom is not None else None
        return placed.number if placed is not None else None

    def text(self, row: int) -> str:
        atom = self._atoms[row]
        names = (one.name for one in self.opened.steps.symbols.symbols_at.get(atom, ()))
        file = atom.file.name if atom.file is not None else "linker"
        return "\n".join(dict.fromkeys((both(title(atom)), *map(both, names), file)))
