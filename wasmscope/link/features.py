"""The output's target features, and whether the objects agree on them (LLD 22; reference: section 4)."""

from __future__ import annotations

from wasmscope.errors import Diagnostic
from wasmscope.link.hashing import string_map_order
from wasmscope.link.model import ObjectFile
from wasmscope.link.options import Options

USED, DISALLOWED = "+", "-"
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
    for name in options.extra_features:
        allowed.setdefault(name, "--extra-features")
    if not options.check_features:
        return allowed, []
    problems: list[str] = []
    if options.shared_memory:
        if "shared-mem" in disallowed:
            problems.append(
                f"--shared-memory is disallowed by {disallowed['shared-mem'].own_name} because it was not compiled "
                "with 'atomics' or 'bulk-memory' features."
            )
        problems += [
            f"'{name}' feature must be used in order to use shared memory"
            for name in ("atomics", "bulk-memory")
            if name not in allowed
        ]
    if thread_local:
        problems += [
            f"'{name}' feature must be used in order to use thread-local storage"
            for name in ("atomics", "bulk-memory")
            if name not in allowed
        ]
    if options.features is not None:
        problems += [
            f"Target feature '{name}' used by {used[name].own_name} is not allowed."
            for name in string_map_order(used)
            if name not in allowed
        ]
    for file in objects:
        own = [one.name for one in file.module.features or () if one.prefix != DISALLOWED]
        problems += [
            f"Target feature '{name}' used in {file.own_name} is disallowed by {disallowed[name].own_name}. {SUPPRESS}"
            for name in own
            if name in disallowed
        ]
        problems += [
            f"Missing target feature '{name}' in {file.own_name}, required by {required[name].own_name}. {SUPPRESS}"
            for name in string_map_order(required)
            if name not in own
        ]
    return allowed, [Diagnostic("error", text) for text in problems]
