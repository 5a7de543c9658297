"""Summary, steps, why and at: what they say can be checked against the sources and the reference's own output."""

import json
from pathlib import Path

import pytest

from tests.toolchain import OUTPUT, archived, compiled, reference
from wasmscope.cli.main import main
from wasmscope.format.module import read
from wasmscope.report.dump import file_facts

MAIN = """
int helper(int x);
extern int shared[4];
__attribute__((weak)) int choice(void) { return 1; }
static int unused(void) { return 9; }
int (*keep)(int) = helper;
void _start(void) { shared[2] = keep(choice()); }
"""
OTHER = """
int shared[4] = {1, 2, 3, 4};
int choice(void) { return 2; }
int never(void) { return 3; }
"""
LIBRARY = "int helper(int x) { return x + 1; }"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with main.o, other.o and libhelp.a(help.o)."""
    folder = tmp_path_factory.mktemp("answers")
    (folder / "main.o").write_bytes(compiled(MAIN, "-O1", "-g0", "-fno-inline").read_bytes())
    (folder / "other.o").write_bytes(compiled(OTHER, "-O1", "-g0").read_bytes())
    library = archived(compiled(LIBRARY, "-O1", "-g0"), names=["help.o"])
    (folder / "libhelp.a").write_bytes(library.read_bytes())
    return folder


LINE = ["main.o", "other.o", "libhelp.a", "-o", OUTPUT]


@pytest.fixture
def ask(files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run a command on the link and give back its JSON."""
    monkeypatch.chdir(files)

    def answer(*words: str, status: int = 0):
        assert main([*words, "--json", *LINE]) == status
        return json.loads(capsys.readouterr().out)

    return answer


@pytest.fixture
def expected(files: Path) -> bytes:
    """What the reference makes of the link."""
    output = reference(LINE[:3], files).output
    assert output is not None
    return output


# --- summary and steps ------------------------------------------------------------------------------------------


def test_summary_describes_the_reference_output(ask, expected: bytes) -> None:
    facts = ask()
    module = read(expected, OUTPUT)
    assert (facts["output"], facts["size"], facts["failed"]) == (OUTPUT, len(expected), None)
    assert [(one["name"], one["start"], one["size"]) for one in facts["sections"] if one["name"] != "memory"] == [
        (one.name, one.start, one.end - one.start) for one in module.sections if one.name != "memory"
    ]
    assert [one["name"] for one in facts["exports"]] == [one.name for one in module.exports]
    assert facts["memory"]["pages"] == module.memories[0].min
    assert [(one["file"], one["joined"]) for one in facts["inputs"]] == [
        ("main.o", True),
        ("other.o", True),
        ("libhelp.a(help.o)", True),
    ]


def test_steps_are_numbered_through_the_phases(ask) -> None:
    steps = ask("steps")
    assert [one["step"] for one in steps] == list(range(1, len(steps) + 1))
    phases = list(dict.fromkeys(one["phase"] for one in steps))
    assert phases == ["load", "resolve", "mark", "layout", "index", "relocate", "emit"]
    assert len(steps) == ask()["steps"]


def test_steps_can_be_cut_to_a_range_and_to_phases(ask) -> None:
    everything = ask("steps")
    assert ask("steps", "--from", "5", "--to=9") == everything[4:9]
    assert ask("steps", "--phase=mark,emit") == [one for one in everything if one["phase"] in ("mark", "emit")]
    assert ask("steps", "--from=1000000") == []


def test_steps_say_what_happened_to_a_symbol(ask) -> None:
    texts = [one["text"] for one in ask("steps", "--phase=resolve") if one["text"].startswith("choice")]
    assert "main.o" in texts[0]
    assert "other.o" in texts[1]


def test_text_has_a_heading_for_each_phase(files: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(files)
    assert main(["steps", *LINE]) == 0
    out = capsys.readouterr().out
    headings = [line for line in out.splitlines() if line and not line.startswith(" ")]
    assert headings == ["load:", "resolve:", "mark:", "layout:", "index:", "relocate:", "emit:"]
    assert main(LINE) == 0
    assert capsys.readouterr().out.startswith(f"{OUTPUT}, ")


# --- why --------------------------------------------------------------------------------------------------------


def test_why_says_who_won_and_who_lost(ask) -> None:
    (facts,) = ask("why", "choice")
    assert facts["chosen"]["winner"] == "other.o"
    standings = [(one["file"], one["standing"], one["outcome"]) for one in facts["chosen"]["candidates"]]
    assert ("main.o", "weak", "replaced") in standings
    assert ("other.o", "strong", "won") in standings


def test_why_says_what_keeps_it_from_the_root(ask) -> None:
    (facts,) = ask("why", "helper")
    assert facts["live"][0]["thing"].startswith("_start of main.o")
    assert facts["live"][-1]["thing"].startswith("helper of libhelp.a(help.o)")
    assert facts["dead"] is None
    (extracted,) = [one["extracted_for"] for one in facts["chosen"]["candidates"] if one["outcome"] == "won"]
    assert extracted == {"symbol": "helper", "by": "main.o"}


def test_why_says_why_something_is_gone(ask) -> None:
    (facts,) = ask("why", "never")
    assert facts["live"] is None
    assert "no relocation names never" in facts["dead"]["reason"]
    assert "--export=never" in facts["dead"]["help"]


def test_why_gives_address_and_slot_of_the_reference(ask, expected: bytes) -> None:
    (shared,) = ask("why", "shared")
    (helper,) = ask("why", "helper")
    module = read(expected, OUTPUT)
    assert module.names is not None
    names = {name: index for index, name in module.names.functions.items()}
    assert helper["value"] == names["helper"]
    assert helper["slot"] == 1
    assert module.elements[0].items == (names["helper"],)
    data = module.datas[0]
    start = data.offset[0].args[0] if data.offset else 0
    position = expected.index(b"\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0", data.start)
    assert shared["value"] == start + position - data.start


def test_why_lists_the_relocations_that_name_it(ask) -> None:
    (facts,) = ask("why", "helper")
    assert [(one["by"], one["file"], one["type"], one["live"]) for one in facts["references"]] == [
        (".data.keep", "main.o", "R_WASM_TABLE_INDEX_I32", True)
    ]


def test_why_tells_a_relocation_term_by_term(ask, files: Path) -> None:
    (shared,) = ask("why", "shared")
    (reference,) = [one for one in shared["references"] if one["file"] == "main.o"]
    facts = ask("why", f"main.o:{reference['file_offset']:#x}")[0]
    assert (facts["kind"], facts["names"], facts["ok"]) == ("relocation", "shared", True)
    data = (files / "main.o").read_bytes()
    relocations = file_facts("main.o", data, ["relocations"])["relocations"]
    (addend,) = [one["addend"] for one in relocations if one["file_offset"] == reference["file_offset"]]
    assert sum(term["value"] for term in facts["terms"]) == facts["value"] == shared["value"] + addend
    before = bytes.fromhex(facts["before"])
    assert data[reference["file_offset"] :].startswith(before)


def test_why_of_an_unknown_name_names_the_nearest(ask, files: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(files)
    assert main(["why", "helpr", *LINE]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "wasmscope: nothing is called 'helpr'\n  did you mean helper?\n"


@pytest.mark.parametrize(
    "thing", ["choice", "unused", "never", "shared", "_start", "__stack_pointer", "main.o", "@3", "func:0"]
)
def test_why_has_text_for_everything(thing: str, files: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(files)
    status = main(["why", thing, *LINE])
    out = capsys.readouterr().out
    assert (status, bool(out)) in ((0, True), (1, False))
    assert (status == 1) == (thing == "unused")  # clang drops it


# --- at ---------------------------------------------------------------------------------------------------------


def test_at_knows_every_byte_of_the_reference_output(ask, expected: bytes, files: Path) -> None:
    inputs = {name: (files / name).read_bytes() for name in ("main.o", "other.o")}
    member = archived(compiled(LIBRARY, "-O1", "-g0"), names=["help.o"])
    assert member.exists()
    for offset in range(0, len(expected), 5):
        facts = ask("at", str(offset))
        output = facts["output"]
        assert output["byte"] == expected[offset]
        assert output["rule"] == facts["fate"] != ""
        section = output["section"]
        assert (section is None) == (offset < 8)
        if section is not None:
            assert section["start"] <= offset < section["end"]
        for one in facts["inputs"]:
            if one["file"] in inputs and facts["relocation"] is None:
                assert one["byte"] == inputs[one["file"]][one["offset"]] == expected[offset]


def test_at_a_patched_byte_tells_the_relocation(ask, expected: bytes) -> None:
    module = read(expected, OUTPUT)
    data = module.datas[-1]
    (keep,) = ask("why", "keep")
    start = data.offset[0].args[0] if data.offset else 0
    facts = ask("at", hex(data.start + keep["value"] - start))
    assert facts["relocation"]["type"] == "R_WASM_TABLE_INDEX_I32"
    assert facts["relocation"]["names"] == "helper"
    assert ([one["file"] for one in facts["inputs"]], facts["atom"]) == (["main.o"], ".data.keep")
    assert facts["memory"]["address"] == keep["value"]


def test_at_past_the_end_is_an_error(files: Path, monkeypatch, capsys, expected: bytes) -> None:
    monkeypatch.chdir(files)
    assert main(["at", str(len(expected)), *LINE]) == 1
    assert capsys.readouterr().err.startswith(f"wasmscope: at: the output has no byte {len(expected):#x}")


def test_at_has_text_for_header_rule_copy_and_patch(files: Path, monkeypatch, capsys, expected: bytes) -> None:
    monkeypatch.chdir(files)
    code = next(section for section in read(expected, OUTPUT).sections if section.name == "code")
    for offset in (0, code.start, *range(code.contents, code.end, 3)):
        assert main(["at", str(offset), *LINE]) == 0
        assert capsys.readouterr().out.startswith(f"{offset:#x}: {expected[offset]:02x}, ")


@pytest.mark.parametrize(
    ("place", "space"),
    [("0x40", "output"), ("64", "output"), ("mem:0x1010", "memory"), ("main.o:0x40", "input"), ("code+2", "output"),
     ("main.o:code+2", "input"), ("shared+4", "input"), ("_start+1", "input"), ("libhelp.a(help.o):9", "input")],
)  # fmt: skip
def test_at_takes_every_kind_of_place(place: str, space: str, ask, files: Path, monkeypatch, capsys) -> None:
    facts = ask("at", place)
    assert facts["asked"]["space"] == space
    assert main(["at", place, *LINE]) == 0
    assert capsys.readouterr().out


def test_at_a_symbol_and_an_offset_is_that_byte_of_the_source(ask) -> None:
    facts = ask("at", "shared+4")
    assert [(one["file"], one["byte"], one["symbol"], one["symbol_offset"]) for one in facts["inputs"]] == [
        ("other.o", 2, "shared", 4)  # int shared[4] = {1, 2, 3, 4}
    ]
    (shared,) = ask("why", "shared")
    assert facts["memory"]["address"] == shared["value"] + 4
    assert facts["memory"]["value"] == 2


@pytest.mark.parametrize(
    ("place", "reason"),
    [("nowhere", "'nowhere' is no place: say 0xOFFSET, mem:ADDRESS"), ("nothing+4", "nothing is called 'nothing'"),
     ("main.o:0xfffff", "main.o has no byte 0xfffff"), ("mem:x", "'mem:x' is no place"),
     ("0xfffffff", "the output has no byte 0xfffffff")],
)  # fmt: skip
def test_at_says_why_there_is_no_such_place(place: str, reason: str, files: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(files)
    assert main(["at", place, *LINE]) == 1
    assert f"at: {reason}" in capsys.readouterr().err


# --- failing links ----------------------------------------------------------------------------------------------


def test_failing_link_is_still_told(files: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(files)
    assert main(["--strict", "--json", "main.o"]) == 1
    out, err = capsys.readouterr()
    facts = json.loads(out)
    assert facts["failed"] is not None
    assert facts["size"] is None
    assert "undefined symbol: helper" in err
    assert any("undefined symbol: helper" in one["text"] for one in facts["diagnostics"])
    assert main(["steps", "--strict", "main.o"]) == 1
    assert "undefined symbol: helper" in capsys.readouterr().out
    assert main(["at", "8", "--strict", "main.o"]) == 1


def test_what_was_assumed_is_said_on_stderr(files: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(files)
    assert main(["steps", "libhelp.a", "other.o"]) == 0
    assert capsys.readouterr().err == "wasmscope: assumed --no-entry --export-dynamic (--strict turns this off)\n"
    assert main(["steps", "--strict", "other.o"]) == 1
    assert "entry symbol not defined" in capsys.readouterr().err
