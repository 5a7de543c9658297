"""How long reading takes: `python -m tests.benchmarks.reading`. Prints milliseconds; nothing here is an assertion."""

from __future__ import annotations

from tests.benchmarks.link import median
from tests.samples import SAMPLES
from wasmscope.format.assemble import encode
from wasmscope.format.code import instructions
from wasmscope.format.module import read
from wasmscope.format.reloc_section import RELOCS, Reloc, Relocs
from wasmscope.format.relocs import HAS_ADDEND


def main() -> None:
    """Sections of 1,000 objects, 100,000 relocations, 1 MB of code."""
    data = SAMPLES["hello"].inputs[0].read_bytes()
    entries = [Reloc(row % 27, row, row % 500, 8 * HAS_ADDEND[row % 27]) for row in range(100_000)]
    relocations = RELOCS.build(Relocs(1, entries))
    piece = encode("local.get", 3) + encode("i32.load", 2, 16, width=5) + encode("call", 99, width=5)
    code = piece * (1_000_000 // len(piece))
    for what, action in {
        "sections of 1,000 objects": lambda: [read(data, "a.o") for _ in range(1000)],
        "100,000 relocations": lambda: RELOCS.parse(relocations),
        "1 MB of code": lambda: sum(1 for _ in instructions(code, 0, len(code))),
    }.items():
        print(f"{what:30} {median(action) * 1000:7.0f} ms", flush=True)


if __name__ == "__main__":
    main()
