"""The test support itself: what it says about two modules, and that it makes and runs what it promises."""

from tests.module_diff import first_difference, items, sections
from tests.toolchain import archived, call, compiled, complaints, reference

SUM = "int twice(int x) { return 2 * x; } int sum(int a, int b) { return twice(a) + b; }"
LINE = ("--no-entry", "--export=sum")


def linked(source: str, *line: str) -> bytes:
    output = reference([*line, str(compiled(source))]).output
    assert output is not None
    return output


def test_a_linked_function_runs():
    assert call(linked(SUM, *LINE), "sum", 3, 4) == 10


def test_a_refused_link_has_a_status_and_a_complaint_and_no_file():
    refused = reference(["--export=absent", "--no-entry", str(compiled(SUM))])
    assert (refused.status, refused.output) == (1, None)
    assert complaints(refused.stderr) == ["error: symbol exported via --export not found: absent"]


def test_archive_members_are_linked_on_demand():
    library = archived(compiled("int f(void) { return 42; }"), names=["f.o"])
    caller = compiled("int f(void); int g(void) { return f(); }")
    output = reference(["--no-entry", "--export=g", str(caller), str(library)]).output
    assert output is not None
    assert call(output, "g") == 42


def test_a_difference_in_a_body_names_the_function():
    told = first_difference(linked(SUM, *LINE), linked(SUM.replace("2 *", "3 *"), *LINE))
    assert "code section" in told
    assert "code 0 'twice'" in told


def test_a_difference_in_an_export_names_it():
    told = first_difference(linked(SUM, *LINE, "--export-memory=heap"), linked(SUM, *LINE, "--export-memory=pile"))
    assert "export section" in told
    assert "export 0 heap = memory 0 (got export 0 pile = memory 0), 1 bytes in" in told


def test_missing_sections_are_named():
    told = first_difference(linked(SUM, *LINE), linked(SUM, *LINE, "-S"))
    assert "sections expected: header, type, function, memory, global, export, code, .debug_" in told
    assert "sections got:      header, type, function, memory, global, export, code, name, producers" in told


def test_items_cover_a_module_without_gaps():
    module = linked(SUM, *LINE, "--export-memory=heap", "--import-memory")
    for section in sections(module):
        at = section.start
        for item in items(module, section):
            assert item.start == at
            at = item.end
        assert at == section.end
