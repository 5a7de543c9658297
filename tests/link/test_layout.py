"""Phase 4: every address, and what the output may use."""

import pytest

from tests.link.inputs import SEGMENT_TLS, TLS, address, alike, datum, feature, function, kept, library

THREADS = "--no-entry --shared-memory --max-memory=1048576 --features=atomics,bulk-memory"

# --- features ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["--no-check-features", "", "--features=simd128", "--shared-memory --features=a"])
def test_features_are_told_of_with_the_name_of_the_member_alone(line: str):
    """Without its archive, other than in all other messages."""
    member = library(m=[function("f"), feature("simd128"), feature("shared-mem", "-"), feature("atomics", "-")])
    alike(f"--no-entry {line} a.o --whole-archive lib.a", a=[feature("atomics")], **{"lib.a": member})


# --- thread-local data ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x", "absent"])
@pytest.mark.parametrize("line", [THREADS, f"{THREADS} --no-merge-data-segments", "--no-entry --no-check-features"])
def test_a_thread_local_use_of_ordinary_data_is_refused_when_there_are_threads(name: str, line: str):
    """Symbol and section are told of one after the other; the section is the output's."""
    uses = kept(address(name, how="TLS_SLEB"))
    alike(line, a=[uses, datum("x")])
    alike(line, a=[uses, datum("x", flags=TLS)])
    alike(line, a=[uses, datum("x", segment_flags=SEGMENT_TLS)])
