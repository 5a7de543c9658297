"""The output's target features, and whether the objects agree on them (LLD 22; reference: section 4)."""

from __future__ import annotations

from wasmscope.errors import Diagnostic
from wasmscope.link.hashing import string_map_order
from wasmscope.link.model import ObjectFile
from wasmscope.link.options import Options
from wasmscope.link.subjects import Feature

DISALLOWED = "-"
REQUIRED = "="
"""Every object must use the feature: known up to LLD 19."""
SUPPRESS = "Use --no-check-features to suppress."


def target_features(
    objects: list[ObjectFile], thread_local: bool, options: Options
) -> tuple[dict[str, str], list[Diagnostic]]:
    """The output's features by name, each with the first object that uses it or the option that names it.

    Also says what is wrong with them. `thread_local`: the output has thread-local data.
    """
    used: dict[str, ObjectFile] = {}
    required: dict[str, ObjectFile] = {}
    disallowed: dict[str, ObjectFile] = {}
    for file in objects:
        for feature in file.module.features or ():
            table = disallowed if feature.prefix == DISALLOWED else used
            table.setdefault(feature.name, file)
            if feature.prefix == REQUIRED:
                required.setdefault(feature.name, file)
    allowed = {name: file.name for name, file in used.items()}
    if options.features is not None:
        allowed = dict.fromkeys(options.features, "--features")
    if options.pic:
        always = {"mutable-globals": "position-independent output"}
        allowed = always | {name: who for name, who in allowed.items() if name not in always}
    for name in options.extra_features:
        allowed.setdefault(name, "--extra-features")
    if not options.check_features:
        return allowed, []
    problems: list[tuple[str, str]] = []
    """What is wrong, and the feature that it is about."""
    if options.shared_memory:
        if "shared-mem" in disallowed:
            text = (
                f"--shared-memory is disallowed by {disallowed['shared-mem'].own_name} because it was not compiled "
                "with 'atomics' or 'bulk-memory' features."
            )
            problems.append((text, "shared-mem"))
        problems += [
            (f"'{name}' feature must be used in order to use shared memory", name)
            for name in ("atomics", "bulk-memory")
            if name not in allowed
        ]
    if thread_local:
        problems += [
            (f"'{name}' feature must be used in order to use thread-local storage", name)
            for name in ("atomics", "bulk-memory")
            if name not in allowed
        ]
    if options.features is not None:
        problems += [
            (f"Target feature '{name}' used by {used[name].own_name} is not allowed.", name)
            for name in string_map_order(used)
            if name not in allowed
        ]
    for file in objects if disallowed or required else ():
        own = [one.name for one in file.module.features or () if one.prefix != DISALLOWED]
        problems += [
            (f"Target feature '{name}' used in {file.own_name} is disallowed by {other.own_name}. {SUPPRESS}", name)
            for name in own
            if (other := disallowed.get(name)) is not None
        ]
        for name in string_map_order(required):
            if name not in own:
                first = required[name].own_name
                text = f"Missing target feature '{name}' in {file.own_name}, required by {first}. {SUPPRESS}"
                problems.append((text, name))
    return allowed, [Diagnostic("error", text, (), Feature(name)) for text, name in problems]
