"""What LLD's earlier releases do otherwise than 22: every difference in one place, for the phases to ask.

`--lld` chooses the release. Each difference was seen by linking the same inputs with 19.1.7, 20.1.2, 21.1.0 and 22.1.8
(reference: section 7). Not imitated: where an earlier release crashes, or writes what cannot work, ours does what the
first right one does. So it is with --compress-relocations of thread-local or position-independent code before 21, with
--wrap where the wrapper is missing, and with 19 where a name is defined only locally in the member it pulled in.
"""

from __future__ import annotations

from typing import NamedTuple


class Release(NamedTuple):
    """A major release of LLD."""

    major: int

    # --- options --------------------------------------------------------------------------------------------

    def lacks(self, since: int) -> bool:
        """Whether an option that came with release `since` is unknown."""
        return self.major < since

    @property
    def stack_first(self) -> bool:
        """The stack is below the data unless options say otherwise."""
        return self.major >= 22

    @property
    def muldefs(self) -> bool:
        """`-z muldefs` is known."""
        return self.major >= 20

    @property
    def version_stops(self) -> bool:
        """`-v` prints the version and does nothing else, also when there are inputs."""
        return self.major < 20

    # --- load -----------------------------------------------------------------------------------------------

    @property
    def feature_prefixes(self) -> str:
        """What an object may put before a feature; with `=` it says that every object must use it."""
        return "+-" if self.major >= 20 else "+-="

    @property
    def takes_shared_libraries(self) -> bool:
        """A static link takes shared libraries, too."""
        return self.major < 20

    # --- resolve --------------------------------------------------------------------------------------------

    @property
    def visible_stack_pointer(self) -> bool:
        """`__stack_pointer` is a symbol that options can export, rather than a hidden one."""
        return self.major >= 22

    @property
    def first_page_end(self) -> bool:
        """The linker defines `__wasm_first_page_end`."""
        return self.major >= 21

    @property
    def lazy_locals(self) -> bool:
        """Local symbols of archive members count as offered definitions, too, and so pull members in."""
        return self.major < 20

    # --- mark -----------------------------------------------------------------------------------------------

    @property
    def start_lib_is_live(self) -> bool:
        """An object between --start-lib and --end-lib counts as live once it is pulled in, used or not."""
        return self.major < 21

    # --- layout ---------------------------------------------------------------------------------------------

    @property
    def tls_offsets(self) -> bool:
        """Without threads, too, a thread-local symbol's value is its offset in the block."""
        return self.major >= 20

    @property
    def empty_customs(self) -> bool:
        """A custom section that is empty in all inputs is in the output."""
        return self.major < 20

    @property
    def aligned_coverage(self) -> bool:
        """Coverage records (`__llvm_covfun`, `__llvm_covmap`) are aligned to 8 bytes."""
        return self.major >= 20

    def not_aligned(self, what: str, page_size: int) -> str:
        """The words for a size that is not a multiple of the page size."""
        if self.major < 21:
            return f"{what} must be {page_size}-byte aligned"
        return f"{what} must be aligned to the page size ({page_size} bytes)"

    # --- index ----------------------------------------------------------------------------------------------

    @property
    def exports_own_mutable_globals(self) -> bool:
        """Mutable globals of the linker are exported like others where the feature `mutable-globals` is in use."""
        return self.major >= 22

    @property
    def checks_constant_exports(self) -> bool:
        """Exports of constant globals, too, need the feature `mutable-globals`."""
        return self.major < 22

    # --- emit -----------------------------------------------------------------------------------------------

    @property
    def keeps_dead_relocations(self) -> bool:
        """--emit-relocs writes relocations to what is not in the output, too, with no index."""
        return self.major < 21


NEWEST = Release(22)
