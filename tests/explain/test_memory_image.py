"""Memory as it is after instantiation, beside what wasmtime's memory holds then."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import pytest
import wasmtime

from tests.samples import SAMPLES, Sample, links
from tests.toolchain import compiled
from wasmscope.explain.memory_image import MemoryImage, address_title, memory_image
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link
from wasmscope.link.lenient import link_leniently
from wasmscope.link.model import Link


def in_wasmtime(module: bytes, pages: int) -> bytes:
    """What the memory of `module`, exported or imported as "memory", holds once it is instantiated."""
    config = wasmtime.Config()
    config.wasm_threads = True
    config.shared_memory = True
    config.wasm_exceptions = True
    config.wasm_memory64 = True
    engine = wasmtime.Engine(config)
    store, linker = wasmtime.Store(engine), wasmtime.Linker(engine)
    made = wasmtime.Module(engine, module)
    memory: object = None
    for one in made.imports:
        if isinstance(one.type, wasmtime.MemoryType):
            memory = wasmtime.Memory(store, one.type)
            memory.write(store, b"\xaa" * memory.data_len(store))  # a host may hand over what it used before
            linker.define(store, one.module, one.name or "", memory)
    linker.define_unknown_imports_as_traps(made)
    instance = linker.instantiate(store, made)
    memory = memory or instance.exports(store)["memory"]
    if isinstance(memory, wasmtime.SharedMemory):
        return ctypes.string_at(memory.data_ptr(), memory.data_len())
    assert isinstance(memory, wasmtime.Memory)
    return bytes(memory.read(store, 0, memory.data_len(store)))


def image_of(words: Sequence[str]) -> MemoryImage:
    made = link_leniently(parse([str(word) for word in words]), link)
    assert made.emit is not None, made.diagnostics
    image = memory_image(made)
    assert image is not None
    return image


def assert_true(image: MemoryImage) -> None:
    emit, layout = image.link.emit, image.link.layout
    assert emit is not None
    assert layout is not None
    held = in_wasmtime(emit.data, layout.memory.limits.min)
    assert len(held) == image.size
    made = image.read(0, image.size)
    at = next((i for i in range(len(held)) if held[i] != made[i]), None)
    assert made == held, f"differs at {at:#x}: {address_title(image, at or 0)}"


@pytest.mark.parametrize("sample", links())
def test_memory_is_what_the_engine_holds_after_instantiation(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sample.folder)
    assert_true(image_of(sample.link))


THREADS = """
_Thread_local int mine = 7;
_Thread_local int none;
int data[3] = {1, 2, 3};
int zeros[100];
const char text[] = "read only";
int *_start(void) { data[0] += zeros[2]; return &mine + none + text[data[0]]; }
"""


@pytest.mark.parametrize("options", [(), ("--no-stack-first",), ("--global-base=131072",)])
def test_a_shared_memory_is_filled_by_the_start_function(options: tuple[str, ...]) -> None:
    object_file = compiled(THREADS, "-O1", "-g0", "-matomics", "-mbulk-memory")
    image = image_of([str(object_file), "--shared-memory", "--max-memory=1048576", "--export-memory", *options])
    assert_true(image)
    assert image.flag is not None
    assert image.region_at(image.flag).kind == "flag"


def test_an_imported_memory_is_cleared_where_the_module_needs_zeros() -> None:
    object_file = compiled(THREADS.replace("_Thread_local", ""), "-O1", "-g0", "-mbulk-memory")
    image = image_of([str(object_file), "--import-memory=env,memory"])
    assert image.link.emit is not None
    held = in_wasmtime(image.link.emit.data, 0)
    for region in image.regions:
        if region.segment is not None:
            assert held[region.start : region.end] == image.read(region.start, region.end)


def test_every_address_is_in_one_region_and_every_byte_has_a_name() -> None:
    image = image_of([str(path) for path in SAMPLES["hello"].inputs])
    at = 0
    for region in image.regions:
        assert region.start == at
        assert region.end > region.start
        at = region.end
    assert at == image.size
    assert {"stack", "data", "heap"} <= {region.kind for region in image.regions}
    link_of = image.link
    assert link_of.resolve is not None
    symbol = next(one for one in link_of.resolve.symbols if one.kind == "data" and one.size)
    span = image.of(symbol)
    assert span is not None
    assert address_title(image, span[0] + 1) == f"{symbol.name}+0x1"


def test_a_memory_of_four_gibibytes_costs_nothing() -> None:
    image = image_of([*map(str, SAMPLES["hello"].inputs), "--initial-memory=4294967296"])
    assert image.size == 1 << 32
    assert image.read((1 << 32) - 8, (1 << 32) + 8) == bytes(8)
    assert len(image.regions) < 10


def test_a_relocatable_output_has_no_memory() -> None:
    made: Link = link(parse([*map(str, SAMPLES["hello"].inputs), "-r"]))
    assert memory_image(made) is None
