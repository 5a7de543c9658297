"""Who stands for a name, who else could have, and which rule decided."""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.explain.events import event_sentence
from wasmscope.explain.steps import Steps, steps
from wasmscope.format.linking import SYM_UNDEFINED, SYM_WEAK
from wasmscope.link.model import Event, Link, ObjectFile, Symbol


class Extraction(NamedTuple):
    """A lazy file was pulled in: `asker` (None: an option, named in `rule`) wanted `symbol`, which `file` offered."""

    file: ObjectFile
    asker: ObjectFile | None
    symbol: Symbol | None
    rule: str
    step: int


class Candidate(NamedTuple):
    """Someone who mentions, offers or defines a name."""

    file: ObjectFile | None
    """None: the linker."""
    record: int
    """Index in the file's symbol table, or -1."""
    standing: str
    """What it brought: "strong", "weak", "lazy", "undefined", "weak undefined", "COMDAT loser", "unplugged", "stub" or
    "linker"."""
    outcome: str
    """"won", "lost", "replaced" (it had won until something better came), "offered" or "mentioned"."""
    rule: str
    """The sentence of its event's rule."""
    step: int
    extracted: Extraction | None
    """How its file came into the link, if it is an archive member or stands after --start-lib."""


class Chosen(NamedTuple):
    """Everyone who had to do with a symbol's name, in order, and who won."""

    symbol: Symbol
    candidates: tuple[Candidate, ...]
    winner: Candidate | None
    """None when nobody defines it."""
    rule: str
    """Why the winner won; or why there is none."""


_OUTCOMES = {
    "linker": "won",
    "define": "won",
    "replace": "won",
    "stub": "won",
    "optional": "won",
    "keep": "lost",
    "discard": "lost",
    "lazy": "offered",
}


def why_chosen(link: Link, symbol: Symbol) -> Chosen:
    """The candidates for `symbol`'s name, the winner and the rule that made it win."""
    found = steps(link)
    events = found.symbols.events
    candidates = [
        _candidate(found, row, events[row])
        for row in found.symbols.events_of.get(symbol, ())
        if events[row].kind not in ("extract", "export", "import", "wrap")
    ]
    winner = None
    for position, one in enumerate(candidates):
        if one.outcome == "won":
            if winner is not None:
                candidates[winner] = candidates[winner]._replace(outcome="replaced")
            winner = position
    if not candidates:
        return _local(found, symbol)
    won = candidates[winner] if winner is not None else None
    return Chosen(symbol, tuple(candidates), won, won.rule if won else _nobody(symbol))


def _candidate(found: Steps, row: int, event: Event) -> Candidate:
    outcome = _OUTCOMES.get(event.kind, "mentioned")
    if event.kind == "variant" and event.state.endswith("defined") and "undefined" not in event.state:
        outcome = "won"
    _, rule = event_sentence(found.symbols, row)
    extracted = why_extracted(found.link, event.file)
    step = found.number("resolve", row)
    standing, pulled = _standing(found.link, event), extracted[-1] if extracted else None
    return Candidate(event.file, event.record, standing, outcome, rule, step, pulled)


def _standing(link: Link, event: Event) -> str:
    """What the event's own record brought, which need not be what the symbol became."""
    if event.kind in ("lazy", "stub"):
        return event.kind
    if event.kind == "discard":
        assert link.resolve is not None
        assert event.file is not None
        return "unplugged" if event.file.targets[event.record] in link.resolve.unplugged else "COMDAT loser"
    if event.file is None or event.record < 0:
        return "undefined" if event.state.endswith("undefined") else "linker"
    flags = event.file.records[event.record].flags
    weak = flags & 3 == SYM_WEAK
    if flags & SYM_UNDEFINED or event.kind in ("mention", "refer"):
        return "weak undefined" if weak else "undefined"
    return "weak" if weak else "strong"


def _local(found: Steps, symbol: Symbol) -> Chosen:
    """A local symbol has no events and no rivals."""
    row = found.symbols.joined.get(symbol.file) if symbol.file is not None else None
    if row is None or symbol.file is None:
        return Chosen(symbol, (), None, "no object of this link mentions it")
    rule = "a local symbol is its own object's, whatever others are called"
    extracted = why_extracted(found.link, symbol.file)
    standing = "strong" if symbol.defined else "undefined"
    only = Candidate(
        symbol.file, symbol.record, standing, "won" if symbol.defined else "mentioned", rule,
        found.number("resolve", row), extracted[-1] if extracted else None,
    )  # fmt: skip
    return Chosen(symbol, (only,), only if symbol.defined else None, rule)


def _nobody(symbol: Symbol) -> str:
    if symbol.state == "lazy":
        return "a lazy file offers it, and nothing strong asked for it"
    if symbol.weak:
        return "nobody defines it, and as it is weak it may stay undefined"
    return "nobody defines it"


def why_extracted(link: Link, file: ObjectFile | None) -> list[Extraction]:
    """How a lazy file came into the link: the first asker's extraction first, `file`'s own last; else empty."""
    found = steps(link)
    chain: list[Extraction] = []
    seen = set()
    while file is not None and file not in seen and file in found.symbols.extracted:
        seen.add(file)
        row = found.symbols.extracted[file]
        event = found.symbols.events[row]
        chain.append(Extraction(file, event.other, event.symbol, event.rule, found.number("resolve", row)))
        file = event.other
    return chain[::-1]
