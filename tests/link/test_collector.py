"""When Python's garbage collector rests, and what it does not look at again."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from tests.samples import SAMPLES
from wasmscope.link.collector import at_rest, settle


def test_the_collector_rests_and_goes_on_also_after_an_error() -> None:
    with at_rest():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(LookupError), at_rest():
        raise LookupError
    assert gc.isenabled()


def test_what_was_put_aside_stays_there() -> None:
    kept = [[number] for number in range(1000)]
    settle()
    aside = gc.get_freeze_count()
    assert aside > len(kept)
    with at_rest():
        made = [[number] for number in range(30_000)]
    assert gc.get_freeze_count() >= aside + len(made)
    assert not any(one is made for one in gc.get_objects())  # so no collection begins by looking through them


def test_a_link_that_nobody_holds_is_gone_without_a_collection() -> None:
    """Its records are put aside, out of the collector's sight: what only that frees would pile up with every link."""
    code = f"""import gc
from wasmscope.link.driver import link
from wasmscope.link.load import Source
from wasmscope.link.command_line import parse
words = ["--no-entry", "--export-all", "-o", "linked.wasm", *{list(map(str, SAMPLES["hello"].inputs))}]
source = Source()
for turn in range(2):
    made = link(parse(words), source)  # the objects, and what they are made of, stay
    assert made.emit is not None
    gc.collect()
    gc.disable()
del made
print(gc.collect())"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "0\n"


def test_nothing_is_put_aside_for_good_before_that() -> None:
    """In a process of its own: this one may have settled long ago."""
    code = "import gc; from wasmscope.link.collector import at_rest\nwith at_rest(): pass\nprint(gc.get_freeze_count())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "0\n"
