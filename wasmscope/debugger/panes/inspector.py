"""The panel beside the bytes: what the byte at the cursor is, what its field means, where it is from."""

from __future__ import annotations

from wasmscope.debugger.lines import BLANK, CardLine, entry, heading, note
from wasmscope.debugger.panes.bytes_source import InputBytes, OutputBytes
from wasmscope.debugger.panes.facts import UNSET
from wasmscope.debugger.panes.thing_card import Moment
from wasmscope.debugger.scene import Scene
from wasmscope.debugger.watches import bytes_watched
from wasmscope.errors import FormatError
from wasmscope.explain.origin import atom_at, destination, origin, relocation_over
from wasmscope.explain.symbols import Mention
from wasmscope.format.leb128 import read_sleb, read_uleb
from wasmscope.link.model import ObjectFile


class Byte:
    """A card line that leads to a byte of a file (None: the output)."""

    __slots__ = ("file", "offset")

    def __init__(self, file: ObjectFile | None, offset: int) -> None:
        self.file = file
        self.offset = offset

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Byte) and (self.file, self.offset) == (other.file, other.offset)

    def __hash__(self) -> int:
        return hash((self.file, self.offset))


def inspector_lines(
    scene: Scene, source: OutputBytes | InputBytes, offset: int, path: list[tuple[str, str]]
) -> list[CardLine]:
    """About byte `offset` of `source`; `path` is (label, value) of the structure around it, outermost first."""
    lines = [entry("byte", f"{offset:#x}  ({offset:,})")]
    for depth, (label, value) in enumerate(path):
        lines.append(
            entry("" if depth else "in", f"{label}  {value}".rstrip(), "" if depth < len(path) - 1 else "name")
        )
    lines += number_lines(source.fetch(offset, min(offset + 16, source.size)))
    if isinstance(source, OutputBytes):
        return lines + writer_lines(scene, offset) + origin_lines(scene, offset)
    return lines + destination_lines(scene, source.file, offset) if source.taken else lines


def number_lines(data: bytes) -> list[CardLine]:
    """The bytes read as numbers."""
    if not data:
        return []
    lines = [BLANK, entry("u8 i8", f"{data[0]}  {int.from_bytes(data[:1], signed=True)}")]
    for size in (2, 4, 8):
        if len(data) >= size:
            value = int.from_bytes(data[:size], "little")
            lines.append(entry(f"u{8 * size}", f"{value}  {value:#x}" if size < 8 else str(value)))
    for name, read in (("uleb", read_uleb), ("sleb", read_sleb)):
        try:
            value, end = read(data, 0)
        except (FormatError, IndexError):
            continue
        lines.append(entry(name, f"{value}  in {end} byte{'s' * (end != 1)}"))
    shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in data)
    return [*lines, entry("text", shown)]


def writer_lines(scene: Scene, offset: int) -> list[CardLine]:
    """What the last step made of a byte of the output, and which step changed it last."""
    value = bytes_watched(scene.opened, "out", offset, offset + 1)
    step = value.last_change(scene.place.step + 1)
    if step is None:
        return [BLANK, entry("writer", UNSET, "pending")]
    change = value.changes(step)[0]
    now = step == scene.place.step
    made = (f"{'* ' * now}{change.old} → {change.new}", "changed" if now else "")
    return [BLANK, CardLine([("writer  ", "dim"), made, (f"  @{step}", "number")], Moment(step), 8)]


def origin_lines(scene: Scene, offset: int) -> list[CardLine]:
    """Where a byte of the output is from."""
    made = origin(scene.link, offset)
    lines = [BLANK, heading("where it is from"), note(scene.naming.words(made.rule))]
    for file, at in made.inputs[:20]:
        lines.append(entry("input", f"{scene.naming.file(file)}:{at:#x}", "link", Byte(file, at)))
    if made.section is not None:
        lines.append(entry("section", made.section.name, "", made.section))
    if made.atom is not None and made.piece is not None:
        lines.append(entry("atom", f"{scene.naming.of(made.atom)}+{offset - made.piece.start:#x}", "", made.atom))
    if made.relocation is not None:
        lines += relocation_lines(scene, made.relocation)
    return lines


def destination_lines(scene: Scene, file: ObjectFile, offset: int) -> list[CardLine]:
    """Where a byte of an input went."""
    went = destination(scene.link, file, offset)
    lines = [BLANK, heading("where it goes")]
    if went is None:
        lines.append(note("not copied to the output", "pending"))
    else:
        lines.append(entry("output", f"{went:#x}", "link", Byte(None, went)))
    atom = atom_at(file, offset)
    if atom is None:
        return lines
    lines.append(entry("atom", f"{scene.naming.of(atom)}+{offset - atom.start:#x}", "", atom))
    row = relocation_over(atom, offset - atom.start)
    return lines + relocation_lines(scene, Mention(atom, row)) if row is not None else lines


def relocation_lines(scene: Scene, mention: Mention) -> list[CardLine]:
    """The relocation that covers the byte, and the bytes that its field had."""
    state = scene.now.relocation(*mention)
    number = scene.steps.places.relocation_row(*mention)
    lines = [entry("reloc", f"{mention.row - mention.atom.lo} of {scene.naming.of(mention.atom)}", "link", mention)]
    lines.append(entry("before", state.before.hex(" "), "pending"))
    if number is not None:
        step = scene.steps.number("relocate", number)
        shown = state.after.hex(" ") if state.after is not None else "·"
        role = "patched" if state.patched else "pending"
        lines.append(CardLine([("after   ", "dim"), (shown, role), (f"  @{step}", "number")], Moment(step), 8))
    return lines
