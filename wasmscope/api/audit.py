"""An audit of a module, whoever asks for it."""

from __future__ import annotations

from wasmscope.api.findings import Audited
from wasmscope.api.inputs import Asked
from wasmscope.errors import LinkError
from wasmscope.explain.auditing.auditable import as_linked, auditable
from wasmscope.explain.auditing.object_order import audit_in_order, reordered
from wasmscope.format.module import Module


def audit(module: Module, asked: Asked) -> Audited:
    """Whether every relocation of the objects that `asked` links is applied rightly in `module`.

    Raises FormatError for a module that cannot be audited, OptionError for a command line that cannot be understood or
    has -r, LinkError when the objects cannot be read.
    """
    auditable(module)
    options = as_linked(asked.options, module)
    link = asked.link(options)
    if link.resolve is None:
        first = next((one.text for one in link.diagnostics if one.severity == "error"), "nothing was linked")
        raise LinkError(f"the objects cannot be read: {first}")
    return Audited(*audit_in_order(link, module, lambda order: asked.link(reordered(options, order))))
