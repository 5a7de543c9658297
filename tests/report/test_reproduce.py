"""`--reproduce` writes the archive that LLD writes, and such an archive opens and links again."""

import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.samples import Sample, links
from tests.toolchain import ZIG, archived, compiled
from wasmscope.cli.main import main
from wasmscope.format.tar import read_tar, write_tar
from wasmscope.link.option_spelling import spellings

DEEP = "/".join(letter * 50 for letter in "abcdef")
"""A folder whose name takes an extended header."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reproduce")
    main = compiled("int helper(int); void host(void); void _start(void) { helper(1); host(); }", "-Os", "-g0")
    helper = compiled("int helper(int x) { return x + 1; }", "-Os", "-g0")
    for place in (".", "in blanks", DEEP, DEEP[:160], DEEP[:90]):
        (folder / place).mkdir(parents=True, exist_ok=True)
        (folder / place / "main.o").write_bytes(main.read_bytes())
    (folder / "library").mkdir()
    (folder / "library" / "libhelp.a").write_bytes(archived(helper, names=["helper.o"]).read_bytes())
    (folder / "library" / "libhelp.imports").write_text("host\n")
    (folder / "names.txt").write_text("host\n")
    (folder / "host.stub").write_text("#STUB\nhost\n")
    (folder / "words.rsp").write_text("main.o -L library -lhelp\n")
    return folder


def both(words: list[str], archive: str = "again.tar") -> bytes:
    """Write the archive with both linkers, assert that they are equal and the links end alike."""
    Path(archive).unlink(missing_ok=True)
    ran = subprocess.run([ZIG, "wasm-ld", *words], capture_output=True)
    expected = Path(archive).read_bytes()
    Path(archive).unlink()
    assert main(["link", *words]) == ran.returncode
    assert Path(archive).read_bytes() == expected
    return expected


LINES = """
main.o -L library -lhelp -o out.wasm
@words.rsp -o folder/out.wasm --allow-undefined-file=names.txt
main.o ./library/../main.o names.txt missing.o main.o
in\\ blanks/main.o --whole-archive library/libhelp.a host.stub --verbose -y in\\ blanks -o out.wasm
DEEP/main.o library/libhelp.a -o out.wasm --no-entry
DEEP160/main.o DEEP90/main.o --features=a,b --extra-features=,c,, -z unknown
"""


@pytest.mark.parametrize("line", LINES.strip().splitlines())
def test_archive_is_that_of_lld(line: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    line = line.replace("DEEP160", DEEP[:160]).replace("DEEP90", DEEP[:90]).replace("DEEP", DEEP)
    words = [word.replace("\0", " ") for word in line.replace("\\ ", "\0").split()]
    both([*words, "--reproduce=again.tar"])
    monkeypatch.setenv("LLD_REPRODUCE", "again.two.tar")
    both(words, "again.two.tar")


def test_every_option_is_written_as_by_lld(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    values = {"number": "1", "items": "a,b", "pair": "m,n"}
    words = ["absent.o"]
    for text, value, row in spellings():
        if row.sets in ("help", "reproduce", "lld") or row.value == "only":
            continue
        given = {"rsp_quoting": "posix", "color": "never", "error_limit": "0"}.get(row.sets) or values.get(
            row.value, "v w"
        )
        words += {"none": [text], "joined": [text + given], "next": [text, given]}[value]
    tar = both([*words, "--reproduce=again.tar"])
    assert len(read_tar(tar, "")["again/response.txt"].splitlines()) > 150


@pytest.mark.parametrize("words", [["--reproduce=none/again.tar"], ["--reproduce", ".", "-z", "unknown"]])
def test_archive_that_cannot_be_written_ends_the_link(
    words: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    words = ["main.o", *words]
    ran = subprocess.run([ZIG, "wasm-ld", *words], capture_output=True, text=True)
    assert main(["link", *words]) == ran.returncode == 1
    assert capfd.readouterr().err == ran.stderr


# --- reading ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", links())
def test_sample_is_linked_again_from_its_archive(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sample.folder)
    archive, output = tmp_path / "again.tar", tmp_path / "out.wasm"
    line = [*sample.link, "--export-all", "--extra-features=simd128,tail-call", "--no-check-features"]
    subprocess.run([ZIG, "wasm-ld", *line, "-o", output, f"--reproduce={archive}"], check=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert main(["link", str(archive)]) == 0
    assert [path.name for path in elsewhere.iterdir()] == ["out.wasm"]
    assert Path("out.wasm").read_bytes() == output.read_bytes()


def test_what_a_folder_named_is_found(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    line = ["@words.rsp", "--allow-undefined-file=names.txt", "-o", "out.wasm"]
    assert main(["link", *line, f"--reproduce={tmp_path / 'again.tar'}"]) == 0
    expected = Path("out.wasm").read_bytes()
    monkeypatch.chdir(tmp_path)
    assert main(["link", "-o", "new.wasm", "-S", "again.tar"]) == 0
    assert main(["link", "again.tar", "-o", "stripped.wasm", "-s"]) == 0
    assert not Path("out.wasm").exists()
    assert len(Path("stripped.wasm").read_bytes()) < len(expected)
    assert main(["why", "helper", "again.tar"]) == 0
    assert "helper.o" in capsys.readouterr().out
    assert main(["again.tar"]) == 0
    assert "out.wasm" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again.tar", "new.wasm", "stripped.wasm"]


def test_other_archives_are_no_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    Path("plain.tar").write_bytes(write_tar([("folder/a.o", b"")]))
    Path("broken.tar").write_bytes(write_tar([("folder/response.txt", b"a.o\n")])[:300])
    assert main(["link", "plain.tar", "broken.tar", "-o", "out.wasm"]) == 1
    assert capsys.readouterr().err.count("unknown file type: ") == 2


@pytest.mark.parametrize(
    "name", ["a", "a" * 99, "a" * 100, "b/" + "a" * 99, DEEP + "/x", "a/" * 70 + "b", "é" * 60 + "/ü"]
)
def test_tar_reads_back(name: str, tmp_path: Path) -> None:
    files = {name: b"x" * 513, f"{name}2": b""}
    data = write_tar([*files.items(), (name, b"again")])
    assert read_tar(data, "") == files
    (tmp_path / "a.tar").write_bytes(data)
    with tarfile.open(tmp_path / "a.tar") as tar:
        assert {one.name: one.mode for one in tar} == dict.fromkeys(files, 0o664)
