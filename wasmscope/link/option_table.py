"""wasm-ld's options: one row for each, asked by the parser, by `--help` and by the writer of command lines.

A row says how the option is spelled and how its value is taken, which field of `Options` it sets, and whether wasmscope
does what LLD does. The rows are those of wasm-ld 22.1.8 (its `--help`, and the aliases that it accepts without listing
them); `--lld` is ours. The spelling rules are LLVM's option library's, observed by trying every form:

- a name of one letter takes one dash, and its value either joined (`-lfoo`) or as the next argument (`-l foo`);
- a longer name takes one dash or two; those written with their dashes in the table take two only;
- `takes` says where a longer name's value stands: "=" only after an equals sign, "either" also as the next argument,
  "next" only as the next argument (and after one dash), "joined" without anything between.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Takes = Literal["flag", "=", "either", "next", "joined"]
State = Literal["done", "no effect", "refused"]

VERSIONS = (19, 20, 21, 22)
"""Major versions of LLD whose output `--lld` can ask for; the last is the default."""


class Row(NamedTuple):
    """One option. `names` are its spellings, separated by spaces; those that start with "--" take two dashes only."""

    names: str
    sets: str
    """Field of `Options` that it sets, or a word that the parser acts on."""
    help: str
    takes: Takes = "flag"
    value: str = "true"
    """What a flag sets its field to ("true", "false", "none" or a text), or how a value is read: "text", "number"
    (decimal, as LLD reads it), "items" (separated by commas), "pair" (MODULE,NAME)."""
    metavar: str = ""
    many: bool = False
    """Each occurrence adds one; otherwise the last one counts."""
    state: State = "done"
    why: str = ""
    """Why it has no effect, or is refused."""
    since: int = 0
    """The release of LLD that it came with, if that is later than 19: earlier ones do not know it."""

    @property
    def takes_value(self) -> bool:
        return self.takes != "flag"

    @property
    def long(self) -> str:
        """The longest name, without dashes: the one to show and to write."""
        return max((name.lstrip("-") for name in self.names.split()), key=len)

    @property
    def spelling(self) -> str:
        """How it is written: dashes and name, and what comes before its value if it takes one ("=" or a space)."""
        if len(self.long) == 1:
            return f"-{self.long}{' ' if self.takes_value else ''}"
        return f"--{self.long}{'=' if self.takes_value else ''}"


LTO = "inputs are machine code already: there is no bitcode to optimise, and bitcode inputs are refused"
LATER = "this kind of output is not made yet"


def _state(refused: str, idle: str) -> tuple[State, str]:
    return ("refused", refused) if refused else ("no effect", idle) if idle else ("done", "")


def _flag(names: str, sets: str, help: str, value: str = "true", refused: str = "", idle: str = "") -> Row:
    return Row(names, sets, help, "flag", value, "", False, *_state(refused, idle))


def _text(
    names: str, sets: str, metavar: str, help: str, takes: Takes = "either", refused: str = "", idle: str = ""
) -> Row:
    return Row(names, sets, help, takes, "text", metavar, False, *_state(refused, idle))


def _many(names: str, sets: str, metavar: str, help: str, refused: str = "", idle: str = "") -> Row:
    return Row(names, sets, help, "either", "text", metavar, True, *_state(refused, idle))


def _number(names: str, sets: str, metavar: str, help: str, takes: Takes = "=", idle: str = "") -> Row:
    return Row(names, sets, help, takes, "number", metavar, False, *_state("", idle))


def _items(names: str, sets: str, metavar: str, help: str) -> Row:
    return Row(names, sets, help, "=", "items", metavar)


def _pair(names: str, sets: str, metavar: str, help: str) -> Row:
    return Row(names, sets, help, "=", "pair", metavar)


INPUT_ROWS = (
    _many("l library", "library", "NAME", "link lib<NAME>.a from the search path; -l:FILE looks for that file name"),
    _many("L library-path", "search_paths", "DIR", "add a directory to the search path of -l"),
    _flag("whole-archive", "whole_archive", "from here on, take every member of an archive"),
    _flag(
        "no-whole-archive",
        "whole_archive",
        "from here on, take the members that are asked for (default)",
        value="false",
    ),
    _flag("start-lib", "start_lib", "the objects that follow join only when asked for, as if in an archive"),
    _flag("end-lib", "end_lib", "end of --start-lib"),
    _flag("Bstatic static dn non_shared", "static", "from here on, -l looks for archives only (default)"),
    _flag("Bdynamic dy call_shared", "static", "from here on, -l looks for lib<NAME>.so as well", value="false"),
    _text("rsp-quoting", "rsp_quoting", "STYLE", "how @FILE quotes: posix (default) or windows"),
    _text("m", "arch", "ARCH", "wasm32 or wasm64; default: what the first object is"),
)

OUTPUT_ROWS = (
    _text("o", "output", "FILE", "write the output to FILE"),
    _flag("relocatable r", "relocatable", "make a relocatable object"),
    _flag("emit-relocs", "emit_relocs", "keep relocations in the output"),
    _flag("strip-all s", "strip_all", "leave out debug sections, names, producers and features"),
    _flag("strip-debug S", "strip_debug", "leave out debug sections"),
    _many("keep-section", "keep_sections", "NAME", "keep a section that --strip-all would leave out"),
    _flag(
        "compress-relocations", "compress_relocations", "write relocated numbers in the fewest bytes (needs -s or -S)"
    ),
    _flag("build-id", "build_id", "same as --build-id=fast", value="fast"),
    _text("build-id", "build_id", "STYLE", "add a build id: fast, sha1, tree, uuid, 0xHEX or none", takes="="),
    _text("soname", "soname", "NAME", "module name for the name section"),
    _number("O", "optimize", "LEVEL", "at 0 equal strings are not merged; 1 is the default", takes="either"),
    _flag("demangle", "demangle", "C++ and Rust names are readable in the name section and messages (default)"),
    _flag("no-demangle", "demangle", "names stay mangled", value="false"),
    _flag("shared", "shared", "make a shared library"),
    _flag("pie", "pie", "make a position-independent executable"),
    _flag("no-pie", "pie", "make an executable with fixed addresses (default)", value="false"),
    _flag("--experimental-pic", "experimental_pic", "do not warn that position-independent output is unstable"),
    _flag("Bsymbolic", "bsymbolic", "bind a shared library's own symbols locally"),
    _many("rpath", "rpath", "PATH", "where shared libraries are looked for at run time")._replace(since=21),
    _flag("noinhibit-exec", "noinhibit_exec", "duplicate definitions are warnings")._replace(since=20),
)

SYMBOL_ROWS = (
    _text("entry e", "entry", "NAME", "entry point; it must be defined (default: _start)"),
    _flag("--no-entry", "entry", "there is no entry point", value="none"),
    _many("export", "exports", "NAME", "export a symbol, which must be defined"),
    _many("export-if-defined", "exports_if_defined", "NAME", "export a symbol if it is defined"),
    _flag("--export-all", "export_all", "export every symbol that is not local"),
    _flag("export-dynamic E", "export_dynamic", "export every symbol that is not hidden"),
    _flag("no-export-dynamic", "export_dynamic", "export what is asked for only (default)", value="false"),
    _many("undefined u", "undefined", "NAME", "pull in the archive member that defines a symbol"),
    _many("wrap", "wrap", "NAME", "references to NAME go to __wrap_NAME, those to __real_NAME to NAME"),
    _flag("import-undefined", "import_undefined", "undefined functions become imports"),
    _flag("allow-undefined", "allow_undefined", "same as --import-undefined --unresolved-symbols=ignore-all"),
    _text(
        "allow-undefined-file",
        "allow_undefined_files",
        "FILE",
        "the symbols listed in FILE may stay undefined",
        takes="=",
    ),
    _text("allow-undefined-file", "allow_undefined_files", "FILE", "same", takes="next"),
    _text(
        "unresolved-symbols",
        "unresolved",
        "METHOD",
        "report-all (default): undefined symbols are errors; ignore-all: they are 0 or trap; import-dynamic",
    ),
    _flag("warn-unresolved-symbols", "warn_unresolved", "undefined symbols are warnings"),
    _flag("error-unresolved-symbols", "warn_unresolved", "undefined symbols are errors (default)", value="false"),
    _flag(
        "allow-multiple-definition", "allow_multiple_definition", "the first of several definitions is taken"
    )._replace(since=20),
    _flag(
        "no-allow-multiple-definition",
        "allow_multiple_definition",
        "several definitions are an error (default)",
        value="false",
    )._replace(since=20),
    _flag("gc-sections", "gc_sections", "leave out what nothing refers to (default)"),
    _flag("no-gc-sections", "gc_sections", "keep everything", value="false"),
    _flag(
        "--no-shlib-sigcheck",
        "shlib_sigcheck",
        "do not compare signatures with those of shared libraries",
        value="false",
    ),
)

MEMORY_ROWS = (
    _flag("--import-memory", "import_memory", "import the memory as env.memory", value="pair"),
    _pair("--import-memory", "import_memory", "MODULE,NAME", "import the memory as MODULE.NAME"),
    _flag(
        "--export-memory",
        "export_memory",
        "export the memory as memory (default, unless it is imported)",
        value="memory",
    ),
    _text("--export-memory", "export_memory", "NAME", "export the memory as NAME", takes="="),
    _number("--initial-memory", "initial_memory", "BYTES", "size at the start, in bytes"),
    _flag("i", "initial_memory", "listed by LLD as an alias, but it takes no value: always an error", value=""),
    _number("--max-memory", "max_memory", "BYTES", "largest size, in bytes"),
    _number("--initial-heap", "initial_heap", "BYTES", "room after data and stack at the start, in bytes"),
    _flag("--no-growable-memory", "no_growable_memory", "the largest size is the initial size"),
    _number("--page-size", "page_size", "BYTES", "page size in bytes: 1 or 65536")._replace(since=21),
    _flag(
        "stack-first", "stack_first", "the stack is below the data, so that its overflow traps (default since LLD 22)"
    ),
    _flag("no-stack-first", "stack_first", "the stack is above the data", value="false")._replace(since=22),
    _many("z", "z_options", "KEYWORD", "stack-size=BYTES (default 65536; 0x and 0 prefixes work) or muldefs"),
    _number("--global-base", "global_base", "ADDRESS", "address of the first datum"),
    _flag("--shared-memory", "shared_memory", "the memory is shared between threads"),
    _flag("--merge-data-segments", "merge_data_segments", "one output segment for .data, .rodata, … each (default)"),
    _flag(
        "--no-merge-data-segments",
        "merge_data_segments",
        "one output segment for each input segment name",
        value="false",
    ),
)

TABLE_ROWS = (
    _number("--table-base", "table_base", "SLOT", "number of the first table slot (default 1)"),
    _flag("--import-table", "import_table", "import the function table from env"),
    _flag("--export-table", "export_table", "export the function table"),
    _flag("--growable-table", "growable_table", "the function table has no largest size"),
)

FEATURE_ROWS = (
    _items("features", "features", "A,B", "the features that the output may use, instead of those of the objects"),
    _items("extra-features", "extra_features", "A,B", "features to add to those of the objects"),
    _flag("--check-features", "check_features", "objects must agree on features (default)"),
    _flag("--no-check-features", "check_features", "disagreement on features is ignored", value="false"),
)

REPORT_ROWS = (
    _flag("help", "help", "print this and stop"),
    _flag("version", "version", "print the version and stop", value="only"),
    _flag("v", "version", "print the version; stop if there are no inputs", value="print"),
    _flag("V", "version", "same as -v", value="print")._replace(since=20),
    _flag("verbose", "verbose", "say what each phase does"),
    _flag("trace t", "trace", "print the names of the files read"),
    _many("trace-symbol y", "trace_symbols", "NAME", "print where a symbol is mentioned and defined"),
    _text("Map", "map_file", "FILE", "write a map of the output to FILE"),
    _flag("print-map M", "map_file", "print a map of the output", value="-"),
    _text(
        "--why-extract",
        "why_extract",
        "FILE",
        "write to FILE why archive members were pulled in",
        takes="=",
    ),
    _flag("print-gc-sections", "print_gc_sections", "print what is left out as unused"),
    _flag("no-print-gc-sections", "print_gc_sections", "do not (default)", value="false"),
    _text("--reproduce", "reproduce", "FILE", "write the command line and the inputs to a tar file"),
    _number("--error-limit", "error_limit", "N", "stop after N errors (default 20; 0: never)", takes="either"),
    _flag("fatal-warnings", "fatal_warnings", "warnings are errors"),
    _flag("no-fatal-warnings", "fatal_warnings", "they are not (default)", value="false"),
    _flag("color-diagnostics", "color", "colours in messages", value="always"),
    _flag("no-color-diagnostics", "color", "no colours in messages", value="never"),
    _text("color-diagnostics", "color", "WHEN", "auto (default), always or never", takes="="),
    _text("--lld", "lld", "N", "do as this major version of LLD does: 19, 20, 21 or 22 (default)", takes="="),
)

UNUSED_ROWS = (
    _text("threads", "threads", "N", "number of threads", idle="threads never change LLD's bytes"),
    _many("mllvm", "mllvm", "OPTION", "options for LLVM's code generator", idle=LTO),
    _flag("disable-verify", "lto", "do not verify bitcode", idle=LTO),
    _flag("save-temps", "lto", "keep intermediate files", idle=LTO),
    _number("--lto-O", "lto_o", "LEVEL", "optimisation level", takes="joined", idle=LTO),
    _number("--lto-CGO", "lto_cgo", "LEVEL", "code generation level", takes="joined", idle=LTO),
    _number("--lto-partitions", "lto_partitions", "N", "number of parts", idle=LTO),
    _flag("--lto-debug-pass-manager", "lto", "debug the pass manager", idle=LTO),
    _text("--lto-obj-path", "lto", "PATH", "where to keep objects", takes="=", idle=LTO),
    _text("--thinlto-cache-dir", "lto", "DIR", "cache directory", takes="=", idle=LTO),
    _text("--thinlto-cache-policy", "lto", "POLICY", "when the cache is pruned", idle=LTO),
    _text("--thinlto-jobs", "lto_jobs", "N", "number of jobs", takes="=", idle=LTO),
    _flag("--thinlto-emit-imports-files", "lto", "write import lists", idle=LTO),
    _flag("--thinlto-emit-index-files", "lto", "write indices", refused=LTO),
    _flag("--thinlto-index-only", "lto", "write indices only", refused=LTO),
    _text("--thinlto-index-only", "lto", "FILE", "write indices only", takes="=", refused=LTO),
    _text("--thinlto-object-suffix-replace", "lto", "OLD;NEW", "rename objects", takes="=", refused=LTO),
    _text("--thinlto-prefix-replace", "lto", "OLD;NEW", "rename folders", takes="=", refused=LTO),
)

GROUPS: dict[str, tuple[Row, ...]] = {
    "Inputs": INPUT_ROWS,
    "Output": OUTPUT_ROWS,
    "Symbols": SYMBOL_ROWS,
    "Memory": MEMORY_ROWS,
    "Table": TABLE_ROWS,
    "Features": FEATURE_ROWS,
    "Reports and messages": REPORT_ROWS,
    "Accepted for build scripts": UNUSED_ROWS,
}
"""The rows as `--help` shows them."""

ROWS: tuple[Row, ...] = tuple(row for rows in GROUPS.values() for row in rows)

TALK = {
    "help", "version", "verbose", "trace", "trace_symbols", "map_file", "why_extract", "print_gc_sections", "reproduce",
    "color",
}  # fmt: skip
"""What options set that have no say in the output and its errors: they ask for a report, or for colours."""
