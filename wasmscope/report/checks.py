"""What `check` found, as facts and as text.

The facts: `findings`, each with rule, file, section, offset (in the file), function (or the segment or symbol), found,
consequence and source; `assumed`, options of the viewer; `failed`, the phase that ended the link, if one did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from wasmscope.explain.checking.findings import RULES, Finding, Place
from wasmscope.link.model import Link
from wasmscope.report.text import count, printable

Facts = dict[str, Any]
SHOWN = 20
"""How many findings of one rule are printed."""


def check_facts(found: Iterable[Finding], link: Link | None) -> Facts:
    """The facts of all findings; `link` is None when nothing was linked."""
    return {
        "findings": [
            {
                "rule": one.rule,
                **one.place._asdict(),
                "found": one.found,
                "consequence": one.consequence,
                "source": one.source,
            }
            for one in found
        ],
        "assumed": list(link.assumed) if link is not None else [],
        "failed": link.failed if link is not None else None,
    }


def lines(facts: Facts) -> Iterator[str]:
    """The facts as text: findings rule by rule, in the order of the rules, with what comes of them."""
    found = facts["findings"]
    rules = Counter(one["rule"] for one in found)
    for rule in RULES:
        if rule not in rules:
            continue
        yield f"{rule}: {RULES[rule].asks}"
        these = [one for one in found if one["rule"] == rule]
        for one in these[:SHOWN]:
            yield f"  {where(one)}"
            yield f"    {printable(one['found'])}"
        if len(these) > SHOWN:
            yield f"  … and {len(these) - SHOWN:,} more (--json prints all)"
        yield f"  so: {RULES[rule].consequence}"
        yield f"  source: {RULES[rule].source}"
        yield ""
    if not found:
        yield "nothing found"
    else:
        yield f"{count(len(found), 'finding')} of {count(len(rules), 'rule')}"


def where(one: Facts) -> str:
    """A finding's place: `b.o 0x1a4 (code) in f`."""
    place = Place(*(one[name] for name in Place._fields))
    text = place.file if place.offset is None else f"{place.file} {place.offset:#x}"
    text += f" ({place.section})" if place.section else ""
    return printable(f"{text} in {place.function}" if place.function else text)


def rule_lines() -> Iterator[str]:
    """Every rule and what it asks for."""
    width = max(map(len, RULES))
    return (f"  {name:<{width}}  {rule.asks}" for name, rule in RULES.items())
