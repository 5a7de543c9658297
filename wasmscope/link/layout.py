"""Phase 4: data gets its addresses, custom sections their offsets.

Live data atoms are appended to the chain of their output segment, in object order; strings of equal kind collapse into
one atom; segments are sorted by kind and placed in linear memory. Custom section pieces are appended to theirs.
(The code chain is made in the next phase: a linker-made body's size depends on the numbers of the functions that it
calls.)
"""

from __future__ import annotations

import re
from itertools import repeat

from wasmscope.errors import Diagnostic
from wasmscope.format.linking import SEG_TLS, SYM_ABSOLUTE, SYM_HIDDEN
from wasmscope.link.chain import Chain
from wasmscope.link.features import target_features
from wasmscope.link.memory import MemoryLayout
from wasmscope.link.model import (
    Atom,
    CustomSection,
    Layout,
    Live,
    Loaded,
    Merge,
    Resolution,
    Segment,
    Symbol,
)
from wasmscope.link.options import Options
from wasmscope.link.pic import combined, combines
from wasmscope.link.strings import merge_strings, mergeable
from wasmscope.link.subjects import Wanted

SEGMENT_ORDER = ((".tdata", 0), (".rodata", 1), (".data", 2), (".bss", 4))
"""Output segments are sorted by the prefix of their name; any other name is 3."""
MERGED_PREFIXES = (".text.", ".data.", ".bss.", ".rodata.")
MERGED_CUSTOMS = (".debug_str", ".debug_str.dwo", ".debug_line_str")
NOT_COPIED = frozenset(("linking", "name", "producers", "target_features", ".llvmbc", ".llvmcmd"))
PASSIVE = 1
"""Segment flag: the start function copies it into a shared memory, once for all threads."""
C_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def layout(loaded: Loaded, resolution: Resolution, live: Live, options: Options) -> Layout:
    """Place every live data atom and every custom section piece; the result has all addresses."""
    return _Layout(loaded, resolution, live, options).run()


class _Layout:
    def __init__(self, loaded: Loaded, resolution: Resolution, live: Live, options: Options) -> None:
        self.loaded = loaded
        self.resolution = resolution
        self.live = live
        self.options = options
        self.rows: list[tuple[str, object, object]] = []
        self.merges: dict[Atom, Merge] = {}
        self.home: dict[Atom, Segment | CustomSection] = {}
        self.late: list[Symbol] = []
        self.merged_customs = MERGED_CUSTOMS if options.optimize > 0 else ()
        self.diagnostics: list[Diagnostic] = []

    def run(self) -> Layout:
        segments = [self.place_segment(segment, atoms) for segment, atoms in self.output_segments()]
        laid_out = segments
        memory_align = max((one.align for one in segments), default=0)
        memory = MemoryLayout(segments, self.resolution.linker, self.loaded.arch, self.options)
        self.rows += memory.rows
        self.diagnostics += memory.diagnostics
        values = memory.values
        self.start_stop(segments, values)
        self.check_exports(values)
        features, problems = target_features(self.resolution.objects, any(one.tls for one in segments), self.options)
        self.diagnostics += problems
        imported = self.options.import_memory is not None
        old_homes: dict[Atom, Segment] = {}
        emit_bss = self.options.emit_relocs or (imported and "bulk-memory" not in features)
        if combines(features, self.options) and segments[1:]:
            written = [one for one in segments if emit_bss or not one.bss]
            merged = (*self.merges, *(merge.atom for merge in self.merges.values()))
            homes = ((atom, self.home[atom]) for atom in merged)
            old_homes = {atom: home for atom, home in homes if isinstance(home, Segment) and home in written}
            whole, self.home, self.rows = combined(written, self.merges, self.home, self.rows)
            segments = [whole, *(one for one in segments if one not in written)]
        return Layout(
            segments=segments,
            customs=[self.place_custom(name, atoms) for name, atoms in self.output_customs().items()],
            merges=self.merges,
            home=self.home,
            values=values,
            late_symbols=self.late,
            flag=memory.flag,
            boundaries=memory.boundaries,
            memory=memory.memory,
            table_base=memory.table_base,
            tls_offsets=self.options.shared_memory or self.options.release.tls_offsets,
            features=features,
            merged_customs=self.merged_customs,
            emit_bss=emit_bss,
            data_size=memory.data_size,
            memory_align=memory_align,
            old_homes=old_homes,
            laid_out=laid_out,
            rows=self.rows,
            diagnostics=self.diagnostics,
        )

    # --- data -----------------------------------------------------------------------------------------------

    def output_segments(self) -> list[tuple[Segment, list[Atom]]]:
        """Live data atoms by output segment, sorted by kind (stable: else in order of first use)."""
        found: dict[tuple[str, int], list[Atom]] = {}
        for file in self.resolution.objects:
            for atom in file.segments:
                if atom in self.live.why:
                    # -r: a COMDAT member stays apart, so that the final link can drop it
                    apart = len(found) + 1 if self.options.relocatable and atom.comdat >= 0 else 0
                    found.setdefault((self.output_name(atom), apart), []).append(atom)
        ordered = sorted(found.items(), key=lambda item: _segment_rank(item[0][0]))
        return [(Segment(name, Chain(name), index), atoms) for index, ((name, _), atoms) in enumerate(ordered)]

    def output_name(self, atom: Atom) -> str:
        if atom.flags & SEG_TLS:
            return ".tdata"
        if self.options.merge_data_segments:
            for prefix in MERGED_PREFIXES:
                if atom.name.startswith(prefix):
                    return prefix[:-1]
        return atom.name

    def place_segment(self, segment: Segment, atoms: list[Atom]) -> Segment:
        segment.align = max(atom.align for atom in atoms)
        segment.bss = segment.name.startswith(".bss") and not self.options.relocatable
        segment.tls = segment.name == ".tdata"
        segment.flags = PASSIVE if self.options.shared_memory else 0
        for atom, group in self.merge(atoms):
            self.place(segment, atom, group)
        segment.size = segment.chain.size
        return segment

    def merge(self, atoms: list[Atom]) -> list[tuple[Atom, Merge | None]]:
        """Atoms as they are placed: strings of equal flags become one atom in the place of the first."""
        groups: dict[int, list[Atom]] = {}
        for atom in atoms:
            if mergeable(atom, self.options):
                groups.setdefault(atom.flags, []).append(atom)
        placed: list[tuple[Atom, Merge | None]] = []
        for atom in atoms:
            if not mergeable(atom, self.options):
                placed.append((atom, None))
            elif groups[atom.flags][0] is atom:
                placed.append(self.merged(atom, groups[atom.flags]))
        return placed

    def merged(self, first: Atom, atoms: list[Atom]) -> tuple[Atom, Merge]:
        """One linker-made atom for the strings of `atoms`."""
        made = Atom(first.kind, None, first.index, first.name)
        made.flags, made.rule = first.flags, "strings merged"
        for atom in atoms:
            if atom.file is not None and atom.file.module.data[atom.end - 1] != 0:
                text = f"{atom.file.name}:({atom.name}): string is not null terminated"
                self.diagnostics.append(Diagnostic("error", text, (), atom))
        merge = merge_strings(made, atoms)
        made.end = len(merge.data)
        for atom in atoms:
            self.merges[atom] = merge
        return made, merge

    def place(self, home: Segment | CustomSection, atom: Atom, merge: Merge | None) -> None:
        aligned = atom.kind != "custom" or self.options.release.aligned_coverage
        placed = home.chain.append(atom, atom.size, atom.align if aligned else 0)
        self.home[atom] = home
        self.rows.append(("placed", home, placed))
        if merge is not None:
            for input_atom in merge.first:
                self.home[input_atom] = home
            self.rows += zip(repeat("string"), repeat(merge), range(len(merge.strings)))

    def start_stop(self, segments: list[Segment], values: dict[Symbol, int]) -> None:
        """`__start_X` and `__stop_X` of an output segment whose name is a C identifier, if something wants them."""
        named = {*self.options.exports, *self.options.exports_if_defined}
        for segment in segments:
            if not C_IDENTIFIER.fullmatch(segment.name) or self.options.relocatable:
                continue
            for prefix, address in (("__start_", segment.address), ("__stop_", segment.address + segment.size)):
                name = prefix + segment.name
                symbol = self.resolution.by_name.get(name)
                if symbol is None and (self.options.export_all or name in named):
                    symbol = Symbol(name, len(self.resolution.symbols) + len(self.late))
                    symbol.kind, symbol.state, symbol.flags, symbol.linker = (
                        "data",
                        "defined",
                        SYM_HIDDEN | SYM_ABSOLUTE,
                        True,
                    )
                    symbol.export = "--export" if name in named else ""
                    self.late.append(symbol)
                elif symbol is None or symbol.defined:
                    continue
                values[symbol] = address

    def check_exports(self, values: dict[Symbol, int]) -> None:
        late = {symbol.name for symbol in self.late}
        if self.options.unresolved != "report-all":
            return
        for name in self.options.exports:
            symbol = self.resolution.by_name.get(name)
            there = symbol is not None and (symbol.defined or symbol.shared or symbol in values)
            if name not in late and not there:
                text = f"symbol exported via --export not found: {name}"
                severity = "warning" if self.options.warn_unresolved else "error"
                self.diagnostics.append(Diagnostic(severity, text, (), Wanted(name, symbol)))

    # --- custom sections ------------------------------------------------------------------------------------

    def output_customs(self) -> dict[str, list[Atom]]:
        """Custom section pieces by name, names in order of first use over the objects."""
        strip_debug = self.options.strip_debug or self.options.strip_all
        found: dict[str, list[Atom]] = {}
        for file in self.resolution.objects:
            for atom in file.customs:
                name = atom.name
                if atom.size == 0 and not self.options.release.empty_customs:
                    continue
                if name in NOT_COPIED or name.startswith("reloc."):
                    continue
                if atom in self.resolution.discarded or (strip_debug and name.startswith(".debug_")):
                    continue
                found.setdefault(name, []).append(atom)
        return found

    def place_custom(self, name: str, atoms: list[Atom]) -> CustomSection:
        section = CustomSection(name, Chain(name))
        if name in self.merged_customs:
            self.place(section, *self.merged(atoms[0], atoms))
        else:
            for atom in atoms:
                self.place(section, atom, None)
        return section


def _segment_rank(name: str) -> int:
    return next((rank for prefix, rank in SEGMENT_ORDER if name.startswith(prefix)), 3)
