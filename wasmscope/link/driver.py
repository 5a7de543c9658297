"""The link: seven phases, each from the results of the earlier ones. This page is the table of contents of `link/`."""

from __future__ import annotations

from dataclasses import replace

from wasmscope.link.collector import at_rest
from wasmscope.link.emit import emit
from wasmscope.link.index import index
from wasmscope.link.layout import layout
from wasmscope.link.load import Source, load, stops
from wasmscope.link.mark import mark
from wasmscope.link.model import Link
from wasmscope.link.options import Options
from wasmscope.link.relocate import Values, relocate
from wasmscope.link.resolve import resolve


def link(options: Options, source: Source | None = None, into: Link | None = None) -> Link:
    """Link what `options` names, from start to end or to the phase that fails; files are only read.

    Returns the whole link as a value. `source` keeps what was read for the next link. `into`, a `Link(options)`, is
    the value to fill: whoever waits in another thread can see how far it is. Python's collector rests meanwhile: a
    link makes many records and no garbage. Nothing is raised for bad input:
    `Link.diagnostics` says what is wrong and `Link.failed` names the phase that stopped the link.
    """
    with at_rest():
        return _phases(into or Link(options), source)


def _phases(it: Link, source: Source | None) -> Link:
    """The seven phases, as far as they go."""
    options = it.options
    it.load = load(options, source)
    if _failed(it, "load"):
        return it
    it.resolve = resolve(it.load, options)  # from here on, no object joins the link and no symbol is added
    if _failed(it, "resolve"):
        return it
    it.mark = mark(it.resolve, options)  # ... and nothing else becomes live
    if _failed(it, "mark"):
        return it
    it.layout = layout(it.load, it.resolve, it.mark, options)  # addresses are final
    it.index = index(it.resolve, it.mark, it.layout, options)  # every number that a relocation can ask for is known
    if _failed(it, "layout") or _failed(
        it, "index"
    ):  # LLD reports undefined symbols and memory that is too small together
        return it
    values = Values(it.resolve, it.mark, it.layout, it.index)
    it.relocate = relocate(values, options)  # every byte of code, data and customs
    if _failed(it, "relocate"):
        return it
    it.emit = emit(it.load, values, it.relocate, options)
    return it


def output_called(it: Link, name: str) -> bytes:
    """The file of `it`, a link that went through, had it been called `name`: the name section and a build id tell."""
    assert it.load is not None
    assert it.resolve is not None
    assert it.mark is not None
    assert it.layout is not None
    assert it.index is not None
    assert it.relocate is not None
    values = Values(it.resolve, it.mark, it.layout, it.index)
    return emit(it.load, values, it.relocate, replace(it.options, output=name)).data


def _failed(it: Link, phase: str) -> bool:
    """Whether `phase` found an error, which stops the link after it."""
    result = getattr(it, phase)
    if stops(result.diagnostics, it.options):
        it.failed = phase
    return it.failed is not None
