"""The tables of a finished module: what filters, sorting and search know of each row."""

from __future__ import annotations

from wasmscope.debugger.fields import Field, Table, both
from wasmscope.debugger.lone.opened import ItemRow, OpenedModule
from wasmscope.debugger.lone.place import LonePlace
from wasmscope.explain.alone.lone_relocations import KeptRelocation


class ItemTable(Table):
    """View 2: all that has a number."""

    name, noun = "items", "item"
    columns = {  # noqa: RUF012
        "kind": "kind", "no.": "number", "name": "name", "type": "type", "size": "size", "host": "host", "role": "role",
    }  # fmt: skip
    fields = {  # noqa: RUF012
        "kind": Field("function, global, table, memory, tag, data", lambda scene, one: one.item.space),
        "number": Field("its number", lambda scene, one: one.item.number, "number"),
        "name": Field("its name, raw or demangled", lambda scene, one: both(one.name), "name"),
        "type": Field("its type: (i32) -> i32", lambda scene, one: one.what, "name"),
        "size": Field("bytes of it in the file", lambda scene, one: one.size if one.start >= 0 else None, "number"),
        "export": Field("the names that the host uses", lambda scene, one: "\n".join(one.exports), "name"),
        "import": Field("MODULE.NAME of an import", lambda scene, one: one.origin, "name"),
        "host": Field("the names of both", lambda scene, one: one.host, "name"),
        "role": Field("start function, slots, what a global is for", lambda scene, one: one.role, "name"),
    }

    def __init__(self, opened: OpenedModule) -> None:
        self.module = opened
        self.key: object = opened

    def __len__(self) -> int:
        return len(self.module.rows)

    def thing(self, row: int) -> ItemRow:
        return self.module.rows[row]

    def row_of(self, place: LonePlace) -> int | None:
        return self.module.row_of.get(place.item) if place.item is not None else None

    def text(self, row: int) -> str:
        one = self.module.rows[row]
        return "\n".join((both(one.name), one.item.space, one.what, *one.exports, one.origin, one.role))


class KeptTable(Table):
    """View 3: the relocations that were kept."""

    name, noun = "relocs", "relocation"
    columns = {"site": "site", "type": "type", "target": "target", "addend": "addend", "section": "section"}  # noqa: RUF012
    fields = {  # noqa: RUF012
        "site": Field("offset in the file", lambda scene, one: one.offset, "number"),
        "section": Field("the section that it patches", lambda scene, one: one.section, "name"),
        "type": Field("MEMORY_ADDR_LEB, …", lambda scene, one: one.type, "name"),
        "target": Field("what it names", lambda scene, one: one.target, "name"),
        "addend": Field("what is added", lambda scene, one: one.addend, "number"),
    }

    def __init__(self, opened: OpenedModule) -> None:
        self.kept = opened.lone.relocations
        self.key: object = opened

    def __len__(self) -> int:
        return len(self.kept)

    def thing(self, row: int) -> KeptRelocation:
        return self.kept[row]

    def row_of(self, place: LonePlace) -> int | None:
        return place.relocation if place.relocation < len(self.kept) else None

    def text(self, row: int) -> str:
        one = self.kept[row]
        return f"{one.target}\n{one.type}\n{one.section}"
