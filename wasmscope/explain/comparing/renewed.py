"""What of a link is new, or another than in the link before it: after a build, or with other options."""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.explain.comparing.link_pairs import LinkPairs
from wasmscope.explain.naming import site_width, target_title
from wasmscope.link.model import Atom, Link, Symbol


def renewed(old: Link, new: Link) -> frozenset[Atom | Symbol]:
    """Atoms of `new` with other contents than in `old`, or that were not there; symbols that stand for such an atom,
    that someone else holds, or that are kept in one of the links only. What only moved is not among them."""
    pairs = LinkPairs(old, new)
    atoms = set(_atoms(pairs))
    return frozenset(atoms | set(_symbols(pairs, atoms)))


def _atoms(pairs: LinkPairs) -> Iterator[Atom]:
    back = {other: one for one, other in pairs.files.items()}
    for file in pairs.b.resolve.objects if pairs.b.resolve is not None else ():
        before = back.get(file)
        if before is file or (before is not None and before.module.data == file.module.data):
            continue
        for atom in (*file.functions, *file.segments):
            other = pairs.back(atom)
            if not isinstance(other, Atom) or not _alike(pairs, other, atom):
                yield atom


def _alike(pairs: LinkPairs, one: Atom, other: Atom) -> bool:
    """Whether two atoms hold the same, each relocation's site by what it names."""
    if (one.size, one.signature, one.hi - one.lo) != (other.size, other.signature, other.hi - other.lo):
        return False
    return _masked(pairs.a, one) == _masked(pairs.b, other)


def _masked(link: Link, atom: Atom) -> tuple[bytes, list[tuple[object, ...]]]:
    data = bytearray(atom.data)
    sites: list[tuple[object, ...]] = []
    relocs = atom.relocs
    for row in range(atom.lo, atom.hi):
        assert relocs is not None
        at, width = atom.site(row), site_width(atom, row)
        data[at : at + width] = bytes(width)
        sites.append((at, relocs.types[row], relocs.addends[row], target_title(link, atom, row)))
    return bytes(data), sites


def _symbols(pairs: LinkPairs, atoms: set[Atom]) -> Iterator[Symbol]:
    if pairs.b.resolve is None:
        return
    for bound in pairs.b.resolve.bindings.values() if atoms else ():
        yield from (one for one in bound if one.local and one.target in atoms)
    for symbol in pairs.b.resolve.symbols:
        other = pairs.back(symbol)
        if symbol.target in atoms or not isinstance(other, Symbol):
            yield symbol
        elif other.state != symbol.state or _kept(pairs.a, other) != _kept(pairs.b, symbol):
            yield symbol
        elif (pairs.files.get(other.file) if other.file is not None else None) is not symbol.file:
            yield symbol


def _kept(link: Link, symbol: Symbol) -> bool:
    return link.mark is not None and link.mark.keeps(symbol)
