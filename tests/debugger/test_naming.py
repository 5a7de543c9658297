"""Files are called by as much of their path's end as tells them apart."""

from __future__ import annotations

from tests.tui.stage import HELLO, linked
from wasmscope.debugger.naming import Naming, short_names


def test_the_end_of_a_path_is_enough_if_no_other_file_ends_the_same():
    """Folders say nothing that the last part does not."""
    assert short_names(["/a/b/main.o", "/a/b/greet.o"]) == {"/a/b/main.o": "main.o", "/a/b/greet.o": "greet.o"}


def test_files_of_one_name_keep_the_folders_that_tell_them_apart():
    """Only as many folders as are needed, and only for those files."""
    short = short_names(["/x/a/main.o", "/x/b/main.o", "/x/c/other.o"])
    assert short == {"/x/a/main.o": "a/main.o", "/x/b/main.o": "b/main.o", "/x/c/other.o": "other.o"}


def test_an_archive_member_keeps_both_names():
    """The archive's last part and the member's."""
    assert short_names(["/lib/libc.a(/build/o/printf.o)"]) == {"/lib/libc.a(/build/o/printf.o)": "libc.a(printf.o)"}


def test_the_same_file_twice_keeps_its_name():
    """There is nothing to tell apart."""
    assert short_names(["a/x.o", "b/x.o", "b/x.o"])["a/x.o"] == "a/x.o"


def test_a_name_in_parentheses_is_shortened_in_a_sentence():
    """Sentences say where something is from in parentheses."""
    naming, path = Naming.in_link(linked(*HELLO)), HELLO[1]
    assert naming.words(f"index of greet ({path}): 6") == "index of greet (greet.o): 6"
    assert naming.words(f"{path}: 6 (of /nobody/knows)") == "greet.o: 6 (of /nobody/knows)"


def test_names_in_a_sentence_read_as_they_do_by_themselves():
    """The reference's name section has `main` for `__main_argc_argv`, and C++ names demangled."""
    words = Naming().words("relocation 3 of __main_argc_argv names _Z5twicei, __main_argc_argv.o and a__main_argc_argv")
    assert words == "relocation 3 of main names twice(int), __main_argc_argv.o and a__main_argc_argv"
