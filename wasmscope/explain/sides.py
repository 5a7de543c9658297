"""What an object says of a symbol, and how the object came into the link, each in a few words."""

from __future__ import annotations

from wasmscope.explain.naming import count, title
from wasmscope.format.linking import SYM_DATA, SYM_SECTION, SYM_UNDEFINED, SYMBOL_KINDS, SymbolRecord
from wasmscope.link.model import Atom, Link, ObjectFile
from wasmscope.link.names import INTERNAL, readable
from wasmscope.link.subjects import Side

SHOWN = 5


def shown(texts: list[str], limit: int = SHOWN) -> str:
    """A list in words, cut after `limit`."""
    more = f" and {len(texts) - limit:,} more" if len(texts) > limit else ""
    return ", ".join(texts[:limit]) + more


def told(link: Link, side: Side) -> str:
    """One side of a clash: "b.o defines function f () -> nil, 2 bytes at 0x47; lib.a(b.o) was pulled in by …"."""
    file = side.file
    if file is not None and file.module.linking is None:
        return f"{file.name} is a shared library, and exports it"
    if file is None or not 0 <= side.record < len(file.records):
        return f"{file.name if file is not None else INTERNAL}: the linker makes it"
    record = file.records[side.record]
    said = _mentioned(file, record) if record.flags & SYM_UNDEFINED else _defined(file, record)
    how = joined_by(link, file)
    return f"{file.name} {said}{f'; {how}' if how else ''}"


def _defined(file: ObjectFile, record: SymbolRecord) -> str:
    kind = SYMBOL_KINDS[record.kind]
    target = target_of(file, record)
    weak = "weak " if record.binding == "weak" else ""
    if record.kind == SYM_DATA:
        where = f" in {target.name} at {target.start + record.offset:#x}" if isinstance(target, Atom) else ""
        text = f"defines {weak}{kind}, {count(record.size, 'byte')}{where}"
    elif isinstance(target, Atom):
        text = f"defines {weak}{kind} {target.signature}, {count(target.size, 'byte')} at {target.start:#x}"
    else:
        text = f"defines {weak}{kind} {getattr(target, 'type', '')}".rstrip()
    if isinstance(target, Atom) and target.comdat >= 0:
        text += f", in COMDAT group {readable(file.comdats[target.comdat])}"
    return text


def _mentioned(file: ObjectFile, record: SymbolRecord) -> str:
    kind = SYMBOL_KINDS[record.kind]
    weak = "weak " if record.binding == "weak" else ""
    if record.kind in (SYM_DATA, SYM_SECTION):
        return f"mentions it as {weak}{kind}"
    found = file.import_of(record)
    type = file.signature(found.desc) if isinstance(found.desc, int) else found.desc
    return f"mentions it as {weak}{kind} {type}, imported as {found.module}.{found.name}"


def target_of(file: ObjectFile, record: SymbolRecord) -> object:
    """The atom or entity that a defined symbol of an object stands for; None if there is none."""
    own = (file.functions, file.segments, file.globals, [], file.tags, file.tables)[record.kind]
    kinds = (0, None, 3, None, 4, 1)
    kind = kinds[record.kind]
    number = record.index - (file.imported(kind) if kind is not None else 0)
    return own[number] if 0 <= number < len(own) else None


def joined_by(link: Link, file: ObjectFile) -> str:
    """Who pulled an archive member in, and for what; "" for a file of the command line."""
    if not file.lazy:
        return ""
    from wasmscope.explain.steps import steps  # which asks for hints, which ask here

    found = steps(link).symbols
    row = found.extracted.get(file)
    if row is None:
        return f"{file.name} was not pulled in"
    event = found.events[row]
    asker = event.other.name if event.other is not None else event.rule
    return f"{file.name} was pulled in by {asker} for {title(event.symbol)}"
