"""The panel beside the bytes: what the byte at the cursor is, what its field means, where it is from."""

from __future__ import annotations

from wasmscope.debugger.audited import finding_lines
from wasmscope.debugger.covered import Unknown
from wasmscope.debugger.cursor import Byte
from wasmscope.debugger.lines import BLANK, CardLine, entry, heading, note
from wasmscope.debugger.panes.bytes_source import InputBytes, OutputBytes
from wasmscope.debugger.panes.data_inspector import LONGEST, data_lines
from wasmscope.debugger.panes.facts import UNSET
from wasmscope.debugger.panes.finding_rows import findings_at
from wasmscope.debugger.panes.memory_source import MemoryBytes
from wasmscope.debugger.panes.source_rows import byte_source
from wasmscope.debugger.panes.structure import Source
from wasmscope.debugger.panes.thing_card import Moment
from wasmscope.debugger.scene import Scene
from wasmscope.debugger.spaces import sides_of
from wasmscope.debugger.subject import at_byte
from wasmscope.debugger.watches import bytes_watched
from wasmscope.explain.memory_image import MemoryImage, address_title
from wasmscope.explain.origin import atom_at, destination, origin, relocation_over
from wasmscope.explain.symbols import Mention
from wasmscope.link.model import ObjectFile


def inspector_lines(scene: Scene, source: Source, offset: int, path: list[tuple[str, str]]) -> list[CardLine]:
    """About byte `offset` of `source`; `path` is (label, value) of the structure around it, outermost first."""
    word = "address" if isinstance(source, MemoryBytes) else "byte"
    lines = [entry(word, f"{offset:#x}  ({offset:,})")]
    noted = scene.note(_thing_at(scene, source, offset))
    lines += [entry("note", noted, "note")] if noted else []
    for depth, (label, value) in enumerate(path):
        lines.append(
            entry("" if depth else "in", f"{label}  {value}".rstrip(), "" if depth < len(path) - 1 else "name")
        )
    if isinstance(source, MemoryBytes):
        lines += writer_lines(scene, offset, "mem") + memory_lines(scene, source, offset)
    elif isinstance(source, OutputBytes):
        lines += writer_lines(scene, offset) + origin_lines(scene, offset)
    elif source.taken:
        lines += destination_lines(scene, source.file, offset)
    byte = sides_of(scene.link, byte_of(source, offset)).input
    lines += byte_source(scene, byte.file, byte.offset) if byte is not None else []
    if not isinstance(source, InputBytes) or source.taken:
        lines += findings_at(scene, byte_of(source, offset))
    changed = source.changed()
    if changed is not None and offset < changed[0] < offset + 8:
        lines.append(entry("", "* bytes behind it changed", "changed"))
    numbers = data_lines(source.fetch(offset, min(offset + LONGEST, source.size)))
    return [*lines, BLANK, heading("read as"), *numbers] if numbers else lines


def _thing_at(scene: Scene, source: Source, offset: int) -> object:
    """What byte `offset` of `source` is of."""
    file = source.file if isinstance(source, InputBytes) else None
    return at_byte(scene.link, Byte(file, offset, isinstance(source, MemoryBytes)))[0]


def byte_of(source: Source, offset: int) -> Byte:
    """Byte `offset` of a source."""
    file = None if isinstance(source, OutputBytes | MemoryBytes) else source.file
    return Byte(file, offset, isinstance(source, MemoryBytes))


def memory_lines(scene: Scene, source: MemoryBytes, address: int) -> list[CardLine]:
    """What is at an address, who puts it there, and what is there at this step."""
    image = source.image
    region = image.region_at(address)
    lines = [BLANK, heading("what is here"), entry("name", scene.naming.words(address_title(image, address)), "name")]
    lines.append(entry("region", f"{region.start:#x}..{region.end:#x}  {region.rule}", "", region.segment))
    if region.segment is not None and scene.now.segment_address(region.segment) is None:
        lines.append(entry("now", "· its segment has no address yet", "pending"))
    sides = sides_of(scene.link, Byte(None, address, memory=True))
    if sides.output is not None:
        lines.append(entry("output", f"{sides.output.offset:#x}", "link", sides.output))
    if sides.input is not None and sides.input.file is not None:
        text = f"{scene.naming.file(sides.input.file)}:{sides.input.offset:#x}"
        lines.append(entry("input", text, "link", sides.input))
    found = image.atom_at(address)
    if found is None:
        return lines
    atom, offset = found
    lines.append(entry("atom", f"{scene.naming.of(atom)}+{offset:#x}", "", atom))
    row = relocation_over(atom, offset)
    lines += relocation_lines(scene, Mention(atom, row)) if row is not None else []
    return lines + pointer_lines(scene, image, address)


def pointer_lines(scene: Scene, image: MemoryImage, address: int) -> list[CardLine]:
    """Where the word at `address` would point, if it is a pointer into what was laid out."""
    wide = 8 if scene.link.layout is not None and scene.link.layout.memory.limits.is64 else 4
    value = int.from_bytes(image.read(address, address + wide), "little")
    if not 0 < value < image.size or image.region_at(value).segment is None:
        return []
    name = scene.naming.words(address_title(image, value))
    return [entry("points", f"{value:#x} {name}", "link", Byte(None, value, memory=True))]


def writer_lines(scene: Scene, offset: int, kind: str = "out") -> list[CardLine]:
    """What the last step made of a byte of the output (of memory: kind "mem"), and which step changed it last."""
    try:
        value = bytes_watched(scene.opened, kind, offset, offset + 1)
    except Unknown:
        return []
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
    memory = sides_of(scene.link, Byte(None, offset)).memory
    if memory is not None:
        lines.append(entry("memory", f"{memory.offset:#x}", "link", memory))
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
    memory = sides_of(scene.link, Byte(file, offset)).memory
    if memory is not None:
        lines.append(entry("memory", f"{memory.offset:#x}", "link", memory))
    atom = atom_at(file, offset)
    if atom is None:
        return lines
    lines.append(entry("atom", f"{scene.naming.of(atom)}+{offset - atom.start:#x}", "", atom))
    row = relocation_over(atom, offset - atom.start)
    return lines + relocation_lines(scene, Mention(atom, row)) if row is not None else lines


def relocation_lines(scene: Scene, mention: Mention) -> list[CardLine]:
    """The relocation that covers the byte, what an audit says of it, and the bytes that its field had."""
    state = scene.now.relocation(*mention)
    number = scene.steps.places.relocation_row(*mention)
    lines = [entry("reloc", f"{mention.row - mention.atom.lo} of {scene.naming.of(mention.atom)}", "link", mention)]
    lines += finding_lines(scene.audited, mention, scene.naming) if scene.audited is not None else []
    lines.append(entry("before", state.before.hex(" "), "pending"))
    if number is not None:
        step = scene.steps.number("relocate", number)
        shown = state.after.hex(" ") if state.after is not None else "·"
        role = "patched" if state.patched else "pending"
        lines.append(CardLine([("after   ", "dim"), (shown, role), (f"  @{step}", "number")], Moment(step), 8))
    return lines
