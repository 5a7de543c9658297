"""From the words of a command line to values that hold, and the errors on the way, in LLD's order and wording.

`values_of` is what LLD does before it opens a file (reading numbers, choosing defaults that depend on other options);
`conflicts` is its check after the inputs were loaded. Both were compared with LLD 22.1.8, giving it every wrong value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from wasmscope.errors import Diagnostic
from wasmscope.link.linker_names import CALL_CTORS
from wasmscope.link.option_table import VERSIONS, Row
from wasmscope.link.release import Release

if TYPE_CHECKING:
    from wasmscope.link.options import Options

U64 = (1 << 64) - 1
U32 = (1 << 32) - 1

NOT_FIELDS = frozenset(
    {"library", "whole_archive", "static", "start_lib", "end_lib", "rsp_quoting", "z_options", "mllvm"}
    | {"lto", "lto_o", "lto_cgo", "lto_partitions", "lto_jobs"}
)
"""What rows set that is no field of `Options`."""

EARLY = "command line"
"""`Diagnostic.subject` of what LLD says before it knows --error-limit and --fatal-warnings."""


class Talk(list[Diagnostic]):
    """Diagnostics in the order said. `fatal` makes warnings errors, from when it is set."""

    fatal = False

    def error(self, text: str, *notes: str) -> None:
        self.append(Diagnostic("error", text, notes))

    def early_error(self, text: str, *notes: str) -> None:
        """An error from before --error-limit is known."""
        self.append(Diagnostic("error", text, notes, subject=EARLY))

    def warning(self, text: str) -> None:
        self.append(Diagnostic("error" if self.fatal else "warning", text))

    def note(self, text: str) -> None:
        self.append(Diagnostic("note", text))


def decimal(text: str) -> int | None:
    """A number as LLD reads option values: decimal, perhaps negative, 64 bits; None if it is not one."""
    if not re.fullmatch(r"-?[0-9]+", text, re.ASCII):
        return None
    value = int(text) if len(text) < 40 else 1 << 64
    return value if -(1 << 63) <= value < 1 << 63 else None


def prefixed(text: str) -> int | None:
    """A number as LLD reads `-z` values: unsigned, with 0x, 0b, 0o or 0 (octal) in front; None if it is not one."""
    match = re.fullmatch(r"0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0o([0-7]+)|0([0-7]+)|([0-9]+)", text, re.ASCII)
    if not match or (text[0] == "0" and len(text) > 1 and match.group(5)):
        return None
    base = (16, 2, 8, 8, 10)[(match.lastindex or 5) - 1]
    value = int(match.group(match.lastindex or 5), base) if len(text) < 80 else U64 + 1
    return value if value <= U64 else None


def values_of(values: dict[str, Any], last: dict[str, str], talk: Talk) -> dict[str, Any]:
    """The fields of `Options` (but `inputs` and `diagnostics`) from raw values; errors go to `talk` in LLD's order.

    values: as written on the command line; last: the word that gave each.
    """
    found = {name: value for name, value in values.items() if name not in NOT_FIELDS}
    z_options: tuple[str, ...] = values.get("z_options", ())

    def number(name: str, default: int, mask: int = U64) -> int:
        if name not in values:
            return default
        value = decimal(values[name])
        if value is None:
            talk.error(f"{last[name]}: number expected, but got '{values[name]}'")
        return (value or 0) & mask

    def read(name: str, default: int, mask: int = U64) -> None:
        found[name] = number(name, default, mask)

    release = release_of(values.get("lld", ""))
    read("error_limit", 20)
    talk.fatal = bool(values.get("fatal_warnings"))
    for option in z_options:
        known = ("stack-size=", "muldefs") if release.muldefs else ("stack-size=",)
        if not option.startswith(known):
            talk.warning(f"unknown -z value: {option}")
    if "muldefs" in z_options and release.muldefs:
        found["allow_multiple_definition"] = True
    _check_lto(number, talk)
    read("optimize", 1, U32)
    _read_unresolved(found, talk)
    for name in ("table_base", "global_base", "initial_heap", "initial_memory", "max_memory"):
        read(name, 0)
    found["stack_size"] = _stack_size(z_options, talk)
    read("page_size", 65536)
    if found["page_size"] not in (1, 65536):
        talk.error("--page_size=N must be either 1 or 65536")
    if found["max_memory"] and found.get("no_growable_memory"):
        talk.error("--max-memory is incompatible with --no-growable-memory")
    if found.get("arch") not in (None, "wasm32", "wasm64"):
        talk.error(f"invalid target architecture: {found['arch']}")
    if "threads" in values and not 0 < (prefixed(values["threads"]) or 0) <= U32:
        spelling = "-threads" if last["threads"] == "-threads" else "--threads"
        talk.error(f"{spelling}: expected a positive integer, but got '{values['threads']}'")
    _read_build_id(found, talk)
    _read_texts(found)
    _read_version(found, talk)
    _settle(found, talk)
    if not any(one.severity == "error" for one in talk):
        _check_parts(values, talk)
    return found


def _check_lto(number: Any, talk: Talk) -> None:
    level = number("lto_o", 2, U32)
    if level > 3:
        talk.error(f"invalid optimization level for LTO: {level}")
    codegen = number("lto_cgo", 2, U32)
    if codegen > 3:
        talk.error(f"invalid codegen optimization level for LTO: {codegen}")
    number("lto_partitions", 1, U32)


def _check_parts(values: dict[str, Any], talk: Talk) -> None:
    if decimal(values.get("lto_partitions", "1")) == 0:
        talk.error("--lto-partitions: number of threads must be > 0")
    jobs = values.get("lto_jobs", values.get("threads", ""))
    if not re.fullmatch(r"all|[0-9]*", jobs):
        talk.error(f"--thinlto-jobs: invalid job count: {jobs}")


def _read_unresolved(found: dict[str, Any], talk: Talk) -> None:
    method = found.setdefault("unresolved", "report-all")
    if method not in ("report-all", "ignore-all", "import-dynamic"):
        talk.error(f"unknown --unresolved-symbols value: {method}")
    if found.get("allow_undefined"):
        found["import_undefined"] = True
        found["unresolved"] = "ignore-all"


def _stack_size(z_options: tuple[str, ...], talk: Talk) -> int:
    size: int | None = 65536
    for option in z_options:
        key, _, text = option.partition("=")
        if key == "stack-size":
            size = prefixed(text)
            if size is None:
                talk.error(f"invalid stack-size: {text}")
    return size or 0


def _read_build_id(found: dict[str, Any], talk: Talk) -> None:
    style = found.setdefault("build_id", "none")
    if style.startswith("0x"):
        if not re.fullmatch("[0-9a-fA-F]*", style[2:]):
            talk.error(f"not a hexadecimal value: {style[2:]}")
    elif style not in ("fast", "sha1", "tree", "uuid", "none"):
        talk.error(f"unknown --build-id style: {style}")


def _read_texts(found: dict[str, Any]) -> None:
    if "import_memory" in found:
        module, comma, name = found["import_memory"].partition(",")
        found["import_memory"] = (module, name) if comma else ("env", module)
    for name in ("features", "extra_features"):
        if name in found:
            found[name] = tuple(item for item in found[name].split(",") if item)
    if "allow_undefined_files" in found:
        found["allow_undefined_files"] = (found["allow_undefined_files"],)


def release_of(version: str) -> Release:
    """The release that a value of --lld means; the newest when it is empty, or no release that we know."""
    return Release(int(version) if version in map(str, VERSIONS) else VERSIONS[-1])


def _read_version(found: dict[str, Any], talk: Talk) -> None:
    version = found.get("lld", "")
    found["lld"] = release_of(version).major
    if version not in ("", *map(str, VERSIONS)):
        known = ", ".join(map(str, VERSIONS))
        talk.error(f"unknown --lld value: {version}", f"the versions of LLD that can be imitated are {known}")


def usual(relocatable: bool, shared: bool, release: Release) -> dict[str, Any]:
    """The defaults that depend on other options."""
    return {
        "entry": None if relocatable else CALL_CTORS if shared else "_start",
        "gc_sections": not relocatable,
        "merge_data_segments": not relocatable,
        "export_dynamic": shared,
        "stack_first": release.stack_first,
    }


def _settle(found: dict[str, Any], talk: Talk) -> None:
    """Defaults that depend on other options, and what they rule out."""
    relocatable, shared, pie = (bool(found.setdefault(name, False)) for name in ("relocatable", "shared", "pie"))
    found.setdefault("output", "")
    for name, value in usual(relocatable, shared, Release(found["lld"])).items():
        found.setdefault(name, value)
    found["entry"] = found["entry"] or None
    if shared or pie:
        if found.get("export_table"):
            talk.error("-shared/-pie is incompatible with --export-table")
        found["import_table"] = True
    if relocatable:
        if found.get("export_table"):
            talk.error("--relocatable is incompatible with --export-table")
        if found.get("growable_table"):
            talk.error("--relocatable is incompatible with --growable-table")
        found["import_table"] = True
    if shared:
        if "export_memory" in found:
            talk.error("--export-memory is incompatible with --shared")
        found.setdefault("import_memory", ("env", "memory"))


def unsupported(given: Iterable[tuple[Row, str]]) -> list[Diagnostic]:
    """An error of ours for each given option that wasmscope cannot honour; `given` pairs rows with their values."""
    refused: dict[str, str] = {}
    for row, value in given:
        if row.state == "refused" and value != "none":
            refused["-" * min(len(row.long), 2) + row.long] = row.why
    return [Diagnostic("error", f"{name} is not supported: {why}") for name, why in refused.items()]


def unsupported_together(found: dict[str, Any]) -> list[Diagnostic]:
    """An error of ours for options that wasmscope honours, but not in this company; `found`: fields of `Options`."""
    dynamic = [name for name in ("shared", "pie") if found[name]]
    dynamic += ["-unresolved-symbols=import-dynamic"] if found["unresolved"] == "import-dynamic" else []
    said = [f"-{name} with --lld={found['lld']} is not supported: only LLD 22's way is known" for name in dynamic]
    said = said if found["lld"] != VERSIONS[-1] else []
    if found["shared"] and found["relocatable"]:
        said.append("-r with -shared is not supported: wasm-ld crashes")
    return [Diagnostic("error", text) for text in said]


def conflicts(options: Options) -> list[Diagnostic]:
    """What LLD says about options that do not go together, once the inputs are loaded."""
    talk = Talk()
    talk.fatal = options.fatal_warnings
    if options.compress_relocations and not (options.strip_debug or options.strip_all):
        talk.error("--compress-relocations is incompatible with output debug information."
                   " Please pass --strip-debug or --strip-all")  # fmt: skip
    if options.pie and options.shared:
        talk.error("-shared and -pie may not be used together")
    if not options.output:
        talk.error("no output file specified", "-o FILE names it")
    if options.import_table and options.export_table:
        talk.error("--import-table and --export-table may not be used together")
    if options.relocatable:
        _check_relocatable(options, talk)
    _check_dynamic(options, talk)
    return list(talk)


def _check_relocatable(options: Options, talk: Talk) -> None:
    if options.entry:
        talk.error("entry point specified for relocatable output file")
    if options.gc_sections:
        talk.error("-r and --gc-sections may not be used together")
    if options.compress_relocations:
        talk.error("-r -and --compress-relocations may not be used together")
    if options.undefined:
        talk.error("-r -and --undefined may not be used together")
    if options.pie:
        talk.error("-r and -pie may not be used together")
    if options.shared_memory:
        talk.error("-r and --shared-memory may not be used together")
    if options.global_base:
        talk.error("-r and --global-base may not by used together")


def _check_dynamic(options: Options, talk: Talk) -> None:
    if not options.experimental_pic:
        if options.shared:
            talk.warning("creating shared libraries, with -shared, is not yet stable")
        if options.pie:
            talk.warning("creating PIEs, with -pie, is not yet stable")
        if options.unresolved == "import-dynamic":
            talk.warning("dynamic imports are not yet stable (--unresolved-symbols=import-dynamic)")
    if options.bsymbolic and not options.shared:
        talk.warning("-Bsymbolic is only meaningful when combined with -shared")
    if options.pie or options.shared:
        if options.global_base:
            talk.error("--global-base may not be used with -shared/-pie")
        if options.table_base:
            talk.error("--table-base may not be used with -shared/-pie")
