"""A debugger for WebAssembly linking.

    import wasmscope

    link = wasmscope.link("main.o", "greet.o")    # as wasm-ld would: LinkResult
    print(link.why("greet"))
    wasmscope.open("linked.wasm").audit("main.o", "greet.o").ok

docs/python.md tells more. Bad input (files, options, names, places) raises a `WasmError`, and nothing else.

`errors` is the one error family. `format/` turns bytes into records and back. `link/` turns records into a module in
seven phases and keeps every reason: its result, a `Link`, is a value. `explain/` answers questions from that value
(steps, states, why, where from) and `report/` says the answers as text and JSON. `api/` is all that from Python.
`debugger/` is a session over a link without a screen: cursor, moves, commands, what each pane says. `cli/` is the
command line, `tui/` the screens; only `tui/` imports Textual. Imports go one way:
errors <- format <- link <- explain, report <- debugger, api <- cli, tui.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import wasmscope.link as _link_room

if TYPE_CHECKING:
    from wasmscope.api.inputs import Input, OptionWords
    from wasmscope.api.linked import LinkResult as LinkResult
    from wasmscope.api.linked import link as link
    from wasmscope.api.opened import WasmFile as WasmFile
    from wasmscope.api.opened import open as open
    from wasmscope.errors import WasmError as WasmError
    from wasmscope.link.builder import ObjectBuilder as ObjectBuilder

__version__ = "0.1.0"

_HOMES = {
    "LinkResult": "wasmscope.api.linked",
    "ObjectBuilder": "wasmscope.link.builder",
    "WasmError": "wasmscope.errors",
    "WasmFile": "wasmscope.api.opened",
    "open": "wasmscope.api.opened",
}
"""Public names and the modules that define them, which are imported when somebody asks: the command line never does."""


class _LinkRoom(ModuleType):
    """The package `wasmscope.link`, which can be called: its name is also that of the first thing that it is for."""

    def __call__(self, *inputs: Input, options: OptionWords = (), strict: bool = False) -> LinkResult:
        """`wasmscope.api.linked.link`."""
        from wasmscope.api.linked import link

        return link(*inputs, options=options, strict=strict)


_link_room.__class__ = _LinkRoom


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(_HOMES[name]), name)
    setattr(sys.modules[__name__], name, found)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
