"""Titles in borders: long names give way to what tells them apart and to the facts behind them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.tui.stage import HELLO, Stage, opened, play
from wasmscope.debugger.lines import Title
from wasmscope.format.types import FuncType
from wasmscope.link.builder import ObjectBuilder, body, call
from wasmscope.tui.text import titled

LONG = "_ZN6ledger7AccountINS_8CurrencyENSt3__19allocatorIcEEE19settle_transactionsEii"
"""`ledger::Account<ledger::Currency, std::__1::allocator<char>>::settle_transactions(int, int)`"""


@pytest.mark.parametrize(
    ("title", "width", "shown"),
    [
        ("a title without names is left to the frame", 10, "a title without names is left to the frame"),
        ([("Why ", ""), ("a::Bc<long>::d(int)", "name"), (" is kept", "")], 28, "Why a::Bc<…>::d(…) is kept"),
        ([("Why ", ""), ("a::Bc<int>::d(int)", "name"), (" is kept", "")], 40, "Why a::Bc<int>::d(int) is kept"),
        ([("a long beginning ", ""), ("abcdefghijklmnop", "name")], 10, "a long beginning abc…mnop"),
        ([("short", "name"), (" → ", ""), ("rather_long_is_this", "name")], 20, "short → rathe…s_this"),
        ([("\x1b漢字漢字漢字", "name"), (" of 2", "")], 15, "\\x1b…漢字 of 2"),
    ],
)  # fmt: skip
def test_names_share_what_the_rest_of_a_title_leaves(title: Title, width: int, shown: str) -> None:
    assert titled(title, width) == shown


@pytest.fixture(scope="module")
def long_names(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An object with a function of a long name, in a folder and a file of long names."""
    builder = ObjectBuilder()
    callee = builder.function(LONG, FuncType((), ()), body())
    builder.function("_start", FuncType((), ()), body(call(callee)))
    path = tmp_path_factory.mktemp("x") / "settlement_of_transactions_between_accounts_of_two_currencies.o"
    path.write_bytes(builder.flush())
    return path


@pytest.mark.parametrize("size", [(80, 24), (60, 15)])
def test_what_tells_names_apart_and_the_facts_after_them_are_in_sight(size: tuple[int, int], long_names: Path) -> None:
    app = opened(long_names)

    async def scenario(stage: Stage) -> None:
        async def title(*keys: str) -> str:
            await stage.keys(*keys)
            return "\n".join(line for line in stage.lines() if "─" in line)

        await stage.keys("g")
        await stage.type("func:0")
        await stage.keys("6", "z")
        assert re.search(r"settle_transactions\((…|int, int)\) is kept ─", await title())
        await stage.keys("x")
        assert re.search(r"nsactions\(…\) ─+┐", await title())
        await stage.keys("escape", "z", "4", "a")
        assert "Bytes  " in await title()
        assert re.search(r"currencies\.o  0x\w+ of 0x\w+ ─", await title())

    play(app, scenario, size)


def test_a_title_is_fitted_anew_when_there_is_more_room(long_names: Path) -> None:
    app = opened(long_names)

    async def scenario(stage: Stage) -> None:
        await stage.keys("g")
        await stage.type("func:0")
        await stage.keys("6", "z")
        assert "Why ledger::Account<…>::settle_transactions(int, int) is kept" in stage.text()
        await stage.pilot.resize_terminal(140, 24)
        await stage.settle()
        assert "<ledger::Currency, std::__1::allocator<char>>::settle_transactions(int, int) is kept" in stage.text()

    play(app, scenario, (80, 24))


def test_the_title_says_whether_what_it_is_about_is_kept() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        for name, verdict in (("greet", "is kept"), ("forget", "is not kept")):
            await stage.keys("colon")
            await stage.type(f"why {name}")
            assert f"Why {name} {verdict} ─" in stage.text()

    play(app, scenario, (120, 36))
