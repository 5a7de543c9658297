"""`wasmscope check`: what is wrong with a link, or with single files, that wasm-ld does not say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wasmscope.cli.status import FAILED
from wasmscope.cli.viewing import checked, link_of, print_facts, split, tell
from wasmscope.errors import FormatError
from wasmscope.format.module import Module, read
from wasmscope.link.options import InputArg, Options


def run(words: Sequence[str]) -> int:
    """`check [--json] [--strict] [link options] FILE...`; returns the exit code, 1 when anything was found."""
    given, rest = split(words)
    if "-h" in given or "--help" in given:
        from wasmscope.cli.help import print_help

        return print_help(["check"])
    from wasmscope.explain.checking.checks import findings
    from wasmscope.explain.checking.object_checks import module_findings
    from wasmscope.report.checks import check_facts, lines

    options = checked(rest)
    alone, inputs = _apart(options)
    link = link_of(replace(options, inputs=inputs), "--strict" in given) if inputs else None
    status = tell(link) if link is not None else 0
    found = [one for module in alone for one in module_findings(module)]
    if link is not None:
        found += findings(link)
    facts = check_facts(found, link)
    print_facts(facts, lines, "--json" in given)
    return status or (FAILED if found else 0)


def _apart(options: Options) -> tuple[list[Module], tuple[InputArg, ...]]:
    """Modules to look at by themselves, linked ones and damaged ones; and the inputs to link, damaged ones too."""
    alone: list[Module] = []
    inputs: list[InputArg] = []
    for one in options.inputs:
        module = None if one.library else _module(one.name)
        is_object = module is None or module.custom("linking") is not None
        if module is not None and (not is_object or module.read_all()):
            alone.append(module)
        if is_object:
            inputs.append(one)
    return alone, tuple(inputs)


def _module(name: str) -> Module | None:
    """The wasm file called `name`; None for what is none, or cannot be read: the linker will say why."""
    try:
        with open(name, "rb") as file:
            return read(file.read(), name)
    except (OSError, FormatError):
        return None
