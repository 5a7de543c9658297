"""What a breakpoint is on: the words that name it (`GRAMMAR`), and the steps of a link that it covers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import translate
from typing import NamedTuple

from wasmscope.explain.diagnostic_steps import diagnostic_steps
from wasmscope.explain.find import atom_called, find_exactly
from wasmscope.explain.named_bytes import NUMBER
from wasmscope.explain.naming import title
from wasmscope.explain.steps import Steps
from wasmscope.explain.symbols import Mention
from wasmscope.explain.writers import memory_writers, output_writers
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.link.model import PHASES, Atom, ObjectFile, Symbol
from wasmscope.link.names import readable

GRAMMAR = """\
phase emit · emit                       the first step of a phase
symbol GLOB · greet*                    what touches a symbol of that name, raw or demangled
atom 12 · atom:12 · atom GLOB           what touches an atom: by its number in link order, or by name
atom main.o:_start · atom main.o:_start#1
                                        by file and name, of several that are called so the first
reloc 5 · r5 · reloc 0 of _start        a relocation, by its row, or by its number in an atom
reloc TYPE · *TABLE_INDEX* · reloc @ GLOB · reloc TYPE @ GLOB
                                        relocations of a type, or against symbols of a name
out 0x40..0x60 · out 0x40+4 · out:0x40  what writes or patches bytes of the output
mem 0x1000..0x1010 · mem:0x1000         what decides on bytes of linear memory
diagnostic · warning · error · diagnostic TEXT
                                        where the link has something to say (an error that ends it always stops a run)
file GLOB                               a file is read, pulled in, joins the link, loses its copy of a COMDAT group
step 12 · @12                           a step
anything else                           a thing by its name or number: func:3, slot:1, .data, b.o:inc
"""
"""For a reader: what may be typed, and what it means."""
IN_ATOM = re.compile(r"([0-9]+) of (.+)")
RANGE = re.compile(rf"({NUMBER})(?:\s*(\.\.|\+)\s*({NUMBER}))?")


class Unknown(LookupError):
    """Nothing is meant by the words; the text says so in one line."""


class Covered(NamedTuple):
    """What the words of a breakpoint mean in one link."""

    steps: list[int]
    """In order."""
    things: frozenset[object] = frozenset()
    """The symbols, atoms and files that tables mark."""


def covered(found: Steps, spec: str) -> Covered:
    """What `spec`, as `spelled` gives it, covers in a link; raises Unknown if it names nothing there."""
    kind, _, rest = spec.partition(" ")
    if kind not in KINDS:
        raise Unknown(f"there is no breakpoint on {kind}")
    return KINDS[kind](found, rest)


def looked_up(found: Steps, text: str) -> tuple[str, Covered]:
    """`text` as `spelled` gives it, and what it covers; raises Unknown."""
    spec = spelled(found, text)
    return spec, covered(found, spec)


def spelled(found: Steps, text: str) -> str:
    """`text`, as a person types it, with the word for its kind in front; raises Unknown."""
    text = " ".join(text.split())
    for pattern, made in _SHORT:
        match = re.fullmatch(pattern, text)
        if match is not None:
            return made.format(*match.groups())
    word, _, rest = text.partition(" ")
    kind = ALIASES.get(word, word)
    if kind in KINDS and rest:
        return f"{kind} {rest}"
    if text in PHASES:
        return f"phase {text}"
    if any(_names_matching(found, text)):
        return f"symbol {text}"
    if text in SAID:
        return f"diagnostic {SAID[text]}"
    if _of_name(matcher(text)):
        return f"reloc {text}"
    if find_exactly(found.link, text):
        return f"thing {text}"
    raise Unknown(f"nothing is called {text}")


def parsed_range(text: str) -> tuple[int, int]:
    """`0x40..0x60`, `0x40+4` or `0x40` as start and end; raises Unknown."""
    match = RANGE.fullmatch(text)
    if match is None:
        raise Unknown(f"a range was expected, such as 0x40..0x60, not {text}")
    start, sign, number = int(match[1], 0), match[2], int(match[3] or "1", 0)
    end = number if sign == ".." else start + number
    if end <= start:
        raise Unknown(f"the range {text} is empty")
    return start, end


# --- kinds ------------------------------------------------------------------------------------------------------


def _phase(found: Steps, name: str) -> Covered:
    if name not in PHASES:
        raise Unknown(f"there is no phase {name}: they are {', '.join(PHASES)}")
    _, first, end = found.ranges[PHASES.index(name)]
    return Covered([first] if first < end else [])


def symbols_named(found: Steps, pattern: str) -> list[Symbol]:
    """The symbols whose name, raw or demangled, with or without parameters, is `pattern` or matches it as a glob."""
    names = found.symbols.names
    matching = [symbol for name in _names_matching(found, pattern) for symbol in names[name]]
    return list(dict.fromkeys(matching))


def _names_matching(found: Steps, pattern: str) -> Iterable[str]:
    """The names of symbols that `pattern` means; only a glob has all of them looked through."""
    names = found.symbols.names
    if is_glob(pattern):
        return _matching(names, pattern)
    return [*([pattern] if pattern in names else ()), *found.symbols.names_before.get(pattern, ())]


def _symbol(found: Steps, pattern: str) -> Covered:
    wanted = symbols_named(found, pattern)
    if not wanted:
        raise Unknown(f"no symbol is called {pattern}")
    return _on_symbols(found, wanted)


def _on_symbols(found: Steps, wanted: Sequence[Symbol]) -> Covered:
    things: set[object] = {one.target for one in wanted if one.target is not None}
    return Covered(found.of_many(wanted), frozenset(things.union(wanted)))


def _atom(found: Steps, text: str) -> Covered:
    atoms = found.symbols.atoms
    if re.fullmatch(NUMBER, text):
        if int(text, 0) >= len(atoms):
            raise Unknown(f"there is no atom {text}: the link has {len(atoms)}")
        wanted = [atoms[int(text, 0)]]
    elif (one := atom_called(found, text)) is not None:
        wanted = [one]
    else:
        is_named = matcher(text)
        wanted = [one for one in atoms if is_named(title(one)) or is_named(readable(title(one)))]
    if not wanted:
        raise Unknown(f"no atom is called {text}")
    return Covered(found.of_many(wanted), frozenset(wanted))


def _file(found: Steps, pattern: str) -> Covered:
    is_named = matcher(pattern)
    named = found.symbols.files_named.items()
    wanted = dict.fromkeys(file for name, files in named if is_named(name) for file in files)
    if not wanted:
        raise Unknown(f"no file is called {pattern}")
    steps = sorted(step for file in wanted for step in _of_file(found, file))
    return Covered(steps, frozenset(wanted))


def _of_file(found: Steps, file: ObjectFile) -> Iterator[int]:
    """The steps that read a file, pull it in, join it to the link, or drop its copy of something."""
    rows = found.symbols
    yield found.number("load", rows.load_first[rows.files[file]])
    for row in rows.events_of_file.get(file, ()):
        if rows.events[row].kind in ("add", "extract", "library", "comdat-kept", "comdat-dropped"):
            yield found.number("resolve", row)


def _thing(found: Steps, text: str) -> Covered:
    meant = find_exactly(found.link, text)
    if not meant:
        raise Unknown(f"nothing is called {text}")
    thing = meant[0].thing
    if isinstance(thing, Symbol):
        return _on_symbols(found, [thing])
    return Covered(found.of(thing), frozenset((thing,) if isinstance(thing, Atom | ObjectFile) else ()))


def _relocation(found: Steps, text: str) -> Covered:
    total = found.link.relocate.first[-1] if found.link.relocate is not None else 0
    if re.fullmatch(NUMBER, text):
        if int(text, 0) >= total:
            raise Unknown(f"there is no relocation {text}: the link applies {total}")
        return Covered([found.number("relocate", int(text, 0))])
    mention = relocation_of_atom(found, text)
    if mention is not None:
        row = found.places.relocation_row(*mention)
        return Covered([found.number("relocate", row)] if row is not None else [])
    of_type, at, against = (part.strip() for part in text.partition("@"))
    rows: Sequence[int] = range(total)
    if of_type:
        rows = found.relocations.of_types(_types(of_type))
    if at:
        wanted = symbols_named(found, against)
        if not wanted:
            raise Unknown(f"no symbol is called {against}")
        naming = found.relocations.naming(wanted)
        rows = sorted(set(naming).intersection(rows)) if of_type else naming
    first = found.number("relocate", 0)
    return Covered([first + row for row in rows])


def atom_named(found: Steps, name: str) -> Atom | None:
    """The atom of that number in link order, or the first of that name, also with its file: `b.o:inc`, `b.o:inc#2`."""
    atoms = found.symbols.atoms
    numbers = [int(name, 0)] if re.fullmatch(NUMBER, name) else found.symbols.atoms_named.get(name, ())
    return next((atoms[at] for at in numbers if at < len(atoms)), None) or atom_called(found, name)


def relocation_of_atom(found: Steps, text: str) -> Mention | None:
    """Relocation `2 of b.o:inc`, or of an atom with a name or a number of its own; None if there is none."""
    match = IN_ATOM.fullmatch(text)
    if match is None:
        return None
    number, atom = int(match[1]), atom_named(found, match[2])
    return Mention(atom, atom.lo + number) if atom is not None and atom.lo + number < atom.hi else None


def _types(pattern: str) -> set[int]:
    """The numbers of the relocation types that `pattern` means."""
    wanted = {int(pattern)} if pattern.isdecimal() and int(pattern) < len(RELOC_TYPES) else _of_name(matcher(pattern))
    if not wanted:
        raise Unknown(f"no relocation type is called {pattern}")
    return wanted


def _of_name(is_named: Callable[[str], bool]) -> set[int]:
    """The relocation types of that name, with R_WASM_ or without."""
    return {one.number for one in RELOC_TYPES if is_named(one.name) or is_named(one.name.removeprefix("R_WASM_"))}


def _output(found: Steps, text: str) -> Covered:
    start, end = parsed_range(text)
    size = len(found.link.emit.data) if found.link.emit is not None else 0
    if start >= size:
        raise Unknown(f"the output has no byte {start:#x}: it ends at {size:#x}")
    return Covered(output_writers(found, start, end))


def _memory(found: Steps, text: str) -> Covered:
    return Covered(memory_writers(found, *parsed_range(text)))


def _diagnostic(found: Steps, text: str) -> Covered:
    said, is_told = list(diagnostic_steps(found)), matcher(text)
    if text not in SAID.values():
        said = [(step, one) for step, one in said if text in one.text or is_told(one.text)]
        if not said:
            raise Unknown(f"the link does not say {text}")
    elif text != "any":
        said = [(step, one) for step, one in said if one.severity == text]
    return Covered(sorted({step for step, _ in said}))


def _step(found: Steps, text: str) -> Covered:
    if not re.fullmatch(r"\d+", text) or not 0 < int(text) <= len(found):
        raise Unknown(f"there is no step {text}: the last is {len(found)}")
    return Covered([int(text)])


KINDS: dict[str, Callable[[Steps, str], Covered]] = {
    "phase": _phase, "symbol": _symbol, "atom": _atom, "reloc": _relocation, "out": _output, "mem": _memory,
    "file": _file, "step": _step, "diagnostic": _diagnostic, "thing": _thing,
}  # fmt: skip
ALIASES = {"relocation": "reloc", "output": "out", "memory": "mem", "address": "mem", "sym": "symbol"}
SAID = {"diagnostic": "any", "diagnostics": "any", "warning": "warning", "warnings": "warning",
        "error": "error", "errors": "error"}  # fmt: skip
"""Words for diagnostics, and which are meant."""
_SHORT = (
    (r"mem(?:ory)?:(.+)", "mem {0}"),
    (r"out(?:put)?:(.+)", "out {0}"),
    (r"atom:(.+)", "atom {0}"),
    (r"r(\d+)", "reloc {0}"),
    (r"@(\d+)", "step {0}"),
    (r"@?(" + "|".join(PHASES) + ")", "phase {0}"),
)


# --- names ------------------------------------------------------------------------------------------------------


def is_glob(pattern: str) -> bool:
    """Whether it may mean several names."""
    return any(char in pattern for char in "*?[")


def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a name is `pattern`, or matches it as a glob, with its parameters or without."""
    glob = re.compile(translate(pattern)).match if is_glob(pattern) else None

    def matches(name: str) -> bool:
        bare = name.partition("(")[0] if "(" in name else name
        if pattern in (name, bare):
            return True
        return glob is not None and bool(glob(name) or (bare is not name and glob(bare)))

    return matches


def _matching(names: Iterable[str], pattern: str) -> Iterable[str]:
    is_named = matcher(pattern)
    return (name for name in names if is_named(name))
