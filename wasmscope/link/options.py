"""What a link is asked to do, as a value: `command_line.parse` makes one of a command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from wasmscope.errors import Diagnostic
from wasmscope.link.release import Release


class InputArg(NamedTuple):
    """A file or library named on the command line, with the switches that hold at its place."""

    name: str
    library: bool = False
    """Named by -l: `name` is to be found on the search path."""
    whole_archive: bool = False
    lazy: bool = False
    """Between --start-lib and --end-lib."""
    static: bool = True
    """-Bstatic holds: shared libraries are not looked for."""


class Unplugged(NamedTuple):
    """An atom to be linked without: as if its object did not hold it, so that its symbols are mentions only."""

    file: str
    """The object's name as LLD prints it: `main.o`, `libc.a(puts.o)`."""
    kind: str
    """"function" or "data"."""
    number: int
    """Its number among the object's own functions or segments, from 0."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a link was asked to do. Sizes and addresses are in bytes; 0 means "not given" where LLD means that too."""

    output: str = "a.out"
    """Empty when a command line named none, which LLD refuses."""
    inputs: tuple[InputArg, ...] = ()
    search_paths: tuple[str, ...] = ()
    entry: str | None = "_start"
    exports: tuple[str, ...] = ()
    exports_if_defined: tuple[str, ...] = ()
    export_all: bool = False
    export_dynamic: bool = False
    import_undefined: bool = False
    allow_undefined: bool = False
    """Given as such; it has set `import_undefined` and `unresolved` as well."""
    unresolved: str = "report-all"
    warn_unresolved: bool = False
    allow_undefined_files: tuple[str, ...] = ()
    """At most one: the last --allow-undefined-file."""
    gc_sections: bool = True
    strip_all: bool = False
    strip_debug: bool = False
    keep_sections: tuple[str, ...] = ()
    import_memory: tuple[str, str] | None = None
    export_memory: str | None = None
    """As given; the default export "memory" is not in it."""
    initial_memory: int = 0
    max_memory: int = 0
    initial_heap: int = 0
    no_growable_memory: bool = False
    page_size: int = 65536
    stack_first: bool = True
    stack_size: int = 65536
    global_base: int = 0
    table_base: int = 0
    import_table: bool = False
    """True with -r and position-independent output too."""
    export_table: bool = False
    growable_table: bool = False
    demangle: bool = True
    optimize: int = 1
    merge_data_segments: bool = True
    relocatable: bool = False
    emit_relocs: bool = False
    shared_memory: bool = False
    compress_relocations: bool = False
    features: tuple[str, ...] | None = None
    extra_features: tuple[str, ...] = ()
    check_features: bool = True
    build_id: str = "none"
    wrap: tuple[str, ...] = ()
    undefined: tuple[str, ...] = ()
    trace: bool = False
    trace_symbols: tuple[str, ...] = ()
    why_extract: str = ""
    map_file: str = ""
    """"-" for stdout."""
    print_gc_sections: bool = False
    verbose: bool = False
    reproduce: str = ""
    soname: str = ""
    error_limit: int = 20
    fatal_warnings: bool = False
    allow_multiple_definition: bool = False
    noinhibit_exec: bool = False
    arch: str | None = None
    shared: bool = False
    pie: bool = False
    experimental_pic: bool = False
    bsymbolic: bool = False
    shlib_sigcheck: bool = True
    rpath: tuple[str, ...] = ()
    threads: str = ""
    lld: int = 22
    color: str = "auto"
    version: str = ""
    """"print" (-v: stop if there are no inputs) or "only" (--version: stop)."""
    help: bool = False
    reproduction: str = ""
    """The archive that the command line and the inputs were found in."""
    left_out: tuple[str, ...] = ()
    """Objects (members by `libc.a(puts.o)`) to be linked without. No command line says this, nor what follows."""
    unplugged: tuple[Unplugged, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    """What LLD says while it reads the command line, in order; what wasmscope refuses is at the end."""

    @property
    def pic(self) -> bool:
        """The output is position-independent: where it is in memory is known only at run time."""
        return self.shared or self.pie

    @property
    def release(self) -> Release:
        """What the release of LLD that is imitated does."""
        return Release(self.lld)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(one for one in self.diagnostics if one.severity == "error")
