"""Commands that move in space: to what a name, a number or an offset means, along relocations, back and forward."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

from wasmscope.debugger.commands.command import DONE, Answer, Command, Refused, number_in, times_in
from wasmscope.debugger.cursor import BYTES, LINK, VIEWS, WHY, Byte, at_bytes, at_thing
from wasmscope.debugger.goto import GRAMMAR, HINT, find_place
from wasmscope.debugger.panes.chains import chain_of, chains
from wasmscope.debugger.panes.structure import source_at, structure_of
from wasmscope.debugger.session import Debugger
from wasmscope.debugger.spaces import ORDER as SPACES
from wasmscope.debugger.spaces import sides_of
from wasmscope.debugger.subject import at_byte, byte_at
from wasmscope.explain.find import find
from wasmscope.explain.memory_image import memory_image
from wasmscope.explain.origin import origin
from wasmscope.explain.references import AtomByte
from wasmscope.format.tree import node_at
from wasmscope.link.model import Symbol
from wasmscope.link.names import readable
from wasmscope.report.messages import said as spoken
from wasmscope.report.why import why_facts
from wasmscope.report.why_text import lines as why_lines

MEANT = 100
"""Meanings of a text that `find` looks for at most."""
NAMES = 200
"""Names offered at most for what is begun."""
TOLD = ("file", "segment", "section", "type", "memory")
"""Kinds of things that view 6 has no path to."""


def goto(debugger: Debugger, rest: str) -> Answer:
    """To what `rest` names (see `debugger/goto.py`), or to checkpoint `$NAME`."""
    if not rest:
        raise Refused(f"go to what? {HINT}")
    checkpoint = debugger.checkpoints.find(rest) if rest.startswith("$") else None
    if checkpoint is not None:
        rest = f"@{checkpoint.step(debugger.steps)}"
    found = find_place(debugger.steps, debugger.place, rest)
    if isinstance(found, str):
        raise Refused(found)
    debugger.go(found, jump=True)
    return Answer(_others(debugger, rest))


def _others(debugger: Debugger, text: str) -> str:
    """Which other symbols `text` may mean, of which the first was gone to; "" if there are none."""
    symbol, meant = debugger.place.symbol, [one.thing for one in find(debugger.link, text, MEANT)]
    if symbol is None or len(meant) < 2 or meant[0] is not symbol:
        return ""
    naming, more = debugger.opened.naming, "+" * (len(meant) == MEANT)
    whole = any(text == name or text.endswith(f":{name}") for name in (symbol.name, naming.of(symbol)))
    first = f"{text} is 1 of {len(meant)}{more} of that name" if whole else (
        f"{naming.of(symbol)} is 1 of {len(meant)}{more} names with {text} in them"
    )  # fmt: skip
    there = dict.fromkeys(one.file for one in meant[1:] if isinstance(one, Symbol) and one.file is not symbol.file)
    if not whole:
        return f"{first}; view 2 finds them with /"
    if not there:
        return f"{first}; {text}#2 goes to another"
    return f"{first}; FILE:{text} goes to another: {', '.join(naming.file(one) for one in islice(there, 3))}"


def names(debugger: Debugger, begun: str) -> list[str]:
    """Names of global symbols that begin with `begun`, mangled or not; behind a file and a colon the symbols of that
    file, local ones too, of several of one name `b.o:inc`, `b.o:inc#2`, …"""
    file, colon, name = begun.partition(":")
    files = debugger.steps.symbols.files_named
    while colon and file not in files:
        more, colon, name = name.partition(":")
        file = f"{file}:{more}"
    if colon:
        return [f"{file}:{one}" for one in islice(_names_in(debugger, file, name), NAMES)]
    resolve = debugger.link.resolve
    shown = ((name, readable(name)) for name in (resolve.by_name if resolve is not None else ()))
    fitting = (name if name.startswith(begun) else title for name, title in shown
               if name.startswith(begun) or title.startswith(begun))  # fmt: skip
    return list(islice(fitting, NAMES))


def _names_in(debugger: Debugger, file: str, begun: str) -> Iterator[str]:
    """Names of the symbols of the files called `file` that begin with `begun`, as `goto` understands them."""
    resolve, met = debugger.link.resolve, Counter[str]()
    bindings = resolve.bindings if resolve is not None else {}
    for one in debugger.steps.symbols.files_named[file]:
        for symbol in dict.fromkeys(bindings.get(one, ())):
            title = readable(symbol.name)
            name = symbol.name if symbol.name.startswith(begun) else title
            if name.startswith(begun):
                met[title] += 1
                yield name if met[title] == 1 else f"{name}#{met[title]}"


def relocation(by: int) -> Callable[[Debugger, str], Answer]:
    """To the relocation before or after."""

    def run(debugger: Debugger, rest: str) -> Answer:
        mention = debugger.opened.relocations.after(debugger.place.relocation, by * number_in(rest))
        if mention is None:
            raise Refused("there is no further relocation")
        debugger.go(at_thing(debugger.steps, debugger.place, mention, output=True))
        return DONE

    return run


def field(by: int) -> Callable[[Debugger, str], Answer]:
    """To the field before or after the one at the cursor: the smallest parts of the structure."""

    def run(debugger: Debugger, rest: str) -> Answer:
        place, source = debugger.place, source_at(debugger.scene())
        if source is None:
            raise Refused("there are no bytes")
        root, path, offset = structure_of(source), [], place.start
        for _ in range(times_in(rest)):
            path = node_at(root, offset)[1:]
            target = (path[-1].end if by > 0 else path[-1].start - 1) if path else offset + by
            if not 0 <= target < source.size:
                raise Refused("there is no further field")
            path = node_at(root, target)[1:]
            offset = path[-1].start if path else target
        end = path[-1].end if path else offset + 1
        debugger.go(replace(at_bytes(place, place.file, offset, end, place.memory), view=BYTES))
        return DONE

    return run


def other_side(debugger: Debugger, rest: str) -> Answer:
    """The same byte in the next address space, or in the one that is named."""
    if rest and rest not in SPACES:
        raise Refused(f"there is no space {rest}: they are {', '.join(SPACES)}")
    place = debugger.place
    byte = byte_at(place)
    sides = sides_of(debugger.link, byte)
    there = getattr(sides, rest) if rest else sides.after(byte)
    if there is None:
        raise Refused(f"this byte is not in {'the ' * (rest != 'memory') + rest}" if rest else _nowhere(debugger, byte))
    there_place = at_bytes(place, there.file, there.offset, there.offset + 1, there.memory)
    debugger.go(replace(there_place, view=BYTES), jump=True)
    return DONE


def _nowhere(debugger: Debugger, byte: Byte) -> str:
    """Why a byte is in one space only."""
    link = debugger.link
    if byte.memory:
        image = memory_image(link)
        if image is None or byte.offset >= image.size:
            return "there is no memory here"
        return f"in memory only: {image.region_at(byte.offset).rule}"
    if byte.file is not None:
        return "this byte is not copied to the output"
    return f"made by the linker: {origin(link, byte.offset).rule}" if link.emit else "the link made no output"


def chain(by: int) -> Callable[[Debugger, str], Answer]:
    """To the first atom of the next chain, or of the one before."""

    def run(debugger: Debugger, rest: str) -> Answer:
        scene = debugger.scene()
        known = chains(scene)
        if not known:
            raise Refused("the link has no chain yet")
        here = chain_of(scene, debugger.place.atom)
        at = next((i for i, one in enumerate(known) if one is here), 0)
        first = known[(at + by * number_in(rest)) % len(known)].first
        assert first is not None
        debugger.go(replace(at_thing(debugger.steps, debugger.place, first.item), view=LINK))
        return DONE

    return run


def naming(debugger: Debugger, rest: str) -> Answer:
    """Show names demangled or as they are in the files."""
    known = {"": not debugger.opened.naming.raw, "raw": True, "demangled": False}
    if rest not in known:
        raise Refused("names are raw or demangled")
    debugger.show_names(raw=known[rest])
    return Answer("names as they are in the files" if known[rest] else "names demangled")


def back(debugger: Debugger, rest: str) -> Answer:
    """Undo the last jump."""
    if not debugger.cursor.back():
        raise Refused("there is nothing to go back to")
    return DONE


def forward(debugger: Debugger, rest: str) -> Answer:
    """Redo the jump that was undone last."""
    if not debugger.cursor.forward():
        raise Refused("there is nothing to go forward to")
    return DONE


def said(debugger: Debugger, rest: str) -> Answer:
    """Show what the link said, and the checks that failed."""
    debugger.go(replace(debugger.place, thing=None, view=LINK), jump=True)
    if any(spoken(debugger.link)) or debugger.stops.failed(debugger.steps):
        return DONE
    if debugger.stops.waits(debugger.steps):
        return Answer("the link said nothing; checks are still being made")
    return Answer("the link said nothing" + ", and no check failed" * debugger.stops.checks)


def view(debugger: Debugger, rest: str) -> Answer:
    """Bring a view in sight, by number (from 1) or name."""
    known = {name.lower(): position for position, name in enumerate(VIEWS)}
    position = int(rest) - 1 if rest.isdecimal() else known.get(rest.lower(), -1)
    if not 0 <= position < len(VIEWS):
        raise Refused(f"there is no view {rest}: they are {', '.join(VIEWS)}")
    if position != debugger.place.view:
        debugger.go(replace(debugger.place, view=position), jump=True)
    return DONE


def why(debugger: Debugger, rest: str) -> Answer:
    """Show view 6, about what `rest` names (a dot: the output as a whole); tell of a file, a segment, the memory."""
    if rest == ".":
        debugger.go(replace(debugger.place, thing=None, symbol=None, atom=None, view=WHY), jump=True)
        return Answer(panes=("dominators",))
    meant = find(debugger.link, rest, limit=1)
    if meant and meant[0].kind in TOLD:  # nothing keeps or drops it
        told = why_lines(why_facts(debugger.link, meant[0]))
        return Answer("", [[(debugger.opened.naming.words(line), "")] for line in told], title=f"why {rest}")
    found = find_place(debugger.steps, debugger.place, rest) if rest else debugger.place
    if isinstance(found, str):
        raise Refused(found)
    if rest.partition(":")[0] in ("mem", "memory", "out", "output"):
        byte = at_byte(debugger.link, byte_at(found))[0]
        if not isinstance(byte, AtomByte):
            raise Refused(f"no atom is at {rest}: at {rest} says what is")
        found = at_thing(debugger.steps, found, byte.atom)
    debugger.go(replace(found, view=WHY), jump=True)
    return Answer(panes=("paths", "reasons"))


SPACE: tuple[Command[Debugger], ...] = (
    Command("goto", "go to a name, step, offset, number", goto, "PLACE", ("g",), names, GRAMMAR),
    Command("relocation", "next relocation", relocation(1), "[N]", (")",)),
    Command("relocation-back", "previous relocation", relocation(-1), "[N]", ("(",)),
    Command("field", "next field of the structure", field(1), "[N]", ("]",)),
    Command("field-back", "previous field", field(-1), "[N]", ("[",)),
    Command("other-side", "the same byte: output, input, memory", other_side, "[SPACE]", ("a", "space"),
            lambda debugger, begun: SPACES),
    Command("chain", "next chain", chain(1), "[N]", ("t",)),
    Command("chain-back", "previous chain", chain(-1), "[N]", ("T",)),
    Command("names", "demangled names, or raw ones", naming, "[raw|demangled]", ("e",),
            lambda debugger, begun: ("raw", "demangled")),
    Command("said", "what the link said, and failed checks", said, "", ("!",)),
    Command("back", "back to before the jump", back, "", ("u",)),
    Command("forward", "forward again", forward, "", ("U",)),
    Command("why", "why a thing is in the output: view 6", why, "[PLACE | .]", (), names),
    Command("view", "bring a view in sight", view, "NAME or NUMBER", (), lambda debugger, begun: VIEWS),
)  # fmt: skip
