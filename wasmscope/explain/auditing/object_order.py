"""Objects that were named in another order than that in which the module was linked.

The order decides which weak definition and which copy of a COMDAT group wins, and where data and debug information are.
A linker that keeps it has the functions of each object together, so a module tells in which order its objects were.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from statistics import median

from wasmscope.explain.auditing.audit import Audit, audit
from wasmscope.explain.matching.matching import Matching
from wasmscope.format.module import Module
from wasmscope.link.model import Link
from wasmscope.link.options import Options


def audit_in_order(
    link: Link, module: Module, relink: Callable[[tuple[str, ...]], Link]
) -> tuple[Link, Audit, tuple[str, ...]]:
    """`audit`; and where that leaves anything to say, of the objects in the order of the module, if that leaves less.

    `relink` links again with these paths in this order. Returns the link that counts, its audit, and that order, or ()
    if it is the one of `link`.
    """
    found = audit(link, module)
    order = object_order(found.matching) if found.findings or found.unmatched else ()
    other = relink(order) if order else link
    if other is link or other.resolve is None:
        return link, found, ()
    again = audit(other, module)
    better = (len(again.findings), len(again.unmatched)) < (len(found.findings), len(found.unmatched))
    return (other, again, order) if better else (link, found, ())


def object_order(matching: Matching) -> tuple[str, ...]:
    """The paths of the objects in the order in which the module has their functions; () when that is the link's, or is
    not known of some."""
    places: dict[str, list[int]] = defaultdict(list)
    for index, atom in matching.functions.items():
        if atom.file is not None and not atom.file.archive and atom.comdat < 0:
            places[atom.file.path].append(index)
    named = [one.name for one in matching.link.options.inputs if not one.library and not one.lazy]
    given = [name for name in named if name in places and named.count(name) == 1]
    order = sorted(given, key=lambda name: median(places[name]))
    return tuple(order) if order != given else ()


def reordered(options: Options, order: tuple[str, ...]) -> Options:
    """`options` with the inputs that are in `order` in that order, in the places that they have."""
    left = iter(order)
    inputs = [one._replace(name=next(left)) if one.name in order else one for one in options.inputs]
    return replace(options, inputs=tuple(inputs))
