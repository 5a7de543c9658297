"""The orders of LLVM's hash tables, seen in what the reference linker says and writes."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from tests.link.built import FUNCTION, NOTHING, Linked, difference, linked, objects
from tests.toolchain import OUTPUT, archived, reference
from wasmscope.format.module import read
from wasmscope.format.types import I32, FuncType
from wasmscope.link.builder import ObjectBuilder, body, call
from wasmscope.link.hashing import dense_map_order, string_hash, string_map_order

MAPS = FuncType((I32,), (I32,))
LETTERS = "abcdefghijklmnopqrstuvwxyzABCXYZ0189_.$é"


def names_of(count: int, lengths: range, seed: int) -> list[str]:
    """Different names, their lengths spread over `lengths`, in no order."""
    source = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        size = lengths[len(found) % len(lengths)]
        found["".join(source.choice(LETTERS) for _ in range(size))] = None
    names = list(found)
    source.shuffle(names)
    return names


# --- functions whose signatures disagree: a DenseMap ----------------------------------------------------------------


def disagreement(names: list[str], seed: int) -> tuple[ObjectBuilder, ObjectBuilder]:
    """An object that calls functions, and one that defines them, in another order, with another signature."""
    caller, definer = ObjectBuilder(), ObjectBuilder()
    calls = [(("i32.const", 0), call(caller.extern_function(name, MAPS)), "drop") for name in names]
    caller.function("_start", NOTHING, body(*(part for one in calls for part in one)))
    for name in random.Random(seed).sample(names, len(names)):
        definer.function(name, NOTHING, body())
    return caller, definer


# 64 buckets hold 47 names, 128 hold 95, 256 hold 191
@pytest.mark.parametrize("count", [2, 3, 30, 47, 48, 95, 96, 200, 400])
def test_mismatching_functions_are_told_and_stubbed_in_hash_order(tmp_path: Path, count: int) -> None:
    names = names_of(count, range(1 if count < 300 else 2, 201), seed=count)
    caller, definer = disagreement(names, seed=count)
    entered = [one.name for one in definer.symbols.places if one is not None]
    expected = dense_map_order(entered)
    seen = linked(tmp_path, caller, definer, options="--no-demangle")
    assert re.findall("function signature mismatch: (.*)", seen.outcome.stderr) == expected
    shown = [name for name in seen.module.names.functions.values() if name.startswith("signature_mismatch:")]
    assert shown == [f"signature_mismatch:{name}" for name in expected]
    assert count < 10 or expected != entered


def test_every_length_up_to_three_blocks_hashes_as_in_the_reference(tmp_path: Path) -> None:
    for start in (1, 17, 33, 64, 65, 127, 128, 129, 192, 193):
        names = names_of(60, range(start, start + 8), seed=start)
        caller, definer = disagreement(names, seed=start)
        outcome = reference(objects(tmp_path, caller, definer), tmp_path)
        told = re.findall("function signature mismatch: (.*)", outcome.stderr)
        assert told == dense_map_order([one.name for one in definer.symbols.places if one is not None]), start


def test_a_hash_has_64_bits_and_differs_with_every_byte() -> None:
    for size in (0, 1, 3, 4, 8, 9, 16, 17, 32, 33, 64, 65, 128, 200):
        data = bytes(range(size))
        values = {string_hash(data)}
        values |= {string_hash(data[:at] + bytes((data[at] ^ 0x80,)) + data[at + 1 :]) for at in range(size)}
        assert len(values) == size + 1
        assert all(0 <= value < 2**64 for value in values)


# --- names of --export: a StringMap ---------------------------------------------------------------------------------


def extracted(folder: Path, names: list[str], options: list[str]) -> Linked:
    """Link an archive that has a member for each of `names`, with `options` that alone ask for them."""
    members = []
    for name in names:
        builder = ObjectBuilder()
        builder.function(name, NOTHING, body())
        members.append(folder / objects(folder, builder)[0])
    argv = [str(archived(*members)), "--no-entry", *options]
    outcome = reference(argv, folder)
    assert outcome.output is not None, outcome.stderr
    different = difference(argv, folder)
    assert not different, different
    return Linked(outcome, read(outcome.output, OUTPUT))


# 16 buckets hold 12 names, 32 hold 24, 64 hold 48
@pytest.mark.parametrize("count", [2, 11, 12, 13, 24, 25, 60])
def test_exported_names_pull_members_in_by_hash_order(tmp_path: Path, count: int) -> None:
    names = names_of(count, range(2, 90), seed=count)
    seen = extracted(tmp_path, names, [f"--export={name}" for name in names])
    numbers = seen.exports(FUNCTION)
    assert sorted(names, key=numbers.__getitem__) == string_map_order(names)
    assert count < 10 or string_map_order(names) != names


def test_names_exported_if_defined_come_into_the_table_first(tmp_path: Path) -> None:
    names = names_of(30, range(3, 40), seed=1)
    maybe, sure = names[:20], names[15:]
    options = [*(f"--export={name}" for name in sure), *(f"--export-if-defined={name}" for name in maybe)]
    numbers = extracted(tmp_path, names, options).exports(FUNCTION)
    assert sorted(names, key=numbers.__getitem__) == string_map_order([*maybe, *sure])


@pytest.mark.parametrize("order", [string_map_order, dense_map_order])
def test_a_name_is_entered_once(order) -> None:
    assert order([]) == []
    assert order(["a"]) == ["a"]
    assert sorted(order(["b", "a", "b"])) == ["a", "b"]
