"""`wasmscope steps`: every step of a link, or some of them."""

from __future__ import annotations

from collections.abc import Sequence

from wasmscope.cli.status import FAILED, USAGE, Stop
from wasmscope.cli.viewing import checked, linked, linked_module, print_facts, split, tell
from wasmscope.cli.words import number


def run(words: Sequence[str]) -> int:
    """`steps [--json] [--strict] [--from N] [--to N] [--phase P,...] [link options] FILE...`; returns the exit code."""
    given, rest = split(words, {"--from": True, "--to": True, "--phase": True})
    if "-h" in given or "--help" in given:
        from wasmscope.cli.help import print_help

        return print_help(["steps"])
    first = number(given.get("--from", "1"), "--from")
    last = number(given["--to"], "--to") if "--to" in given else None
    phases = _phases(given.get("--phase", ""))
    module = linked_module(checked(rest))
    if module is not None:
        why = f"steps: {module.file} is linked already, and does not hold the steps of its link"
        raise Stop(FAILED, why, "give the objects that it was made of, with the options of its link")
    link = linked(rest, "--strict" in given)
    status = tell(link)
    from wasmscope.report.steps import lines, step_facts

    facts, as_json = step_facts(link, first, last, phases), "--json" in given
    print_facts(list(facts) if as_json else facts, lines, as_json)
    return status


def _phases(text: str) -> frozenset[str]:
    from wasmscope.link.model import PHASES

    wanted = frozenset(word for word in text.split(",") if word)
    for word in sorted(wanted - set(PHASES)):
        raise Stop(USAGE, f"there is no phase '{word}'", f"phases: {', '.join(PHASES)}")
    return wanted or frozenset(PHASES)
