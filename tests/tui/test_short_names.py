"""Names that are cut: what tells them apart stays."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from wasmscope.tui.short_names import short_name

STRING = "std::__1::basic_string<char, std::__1::char_traits<char>, std::__1::allocator<char>>"
SHOWN = {
    f"shop::Ledger<{STRING}, int>::add({STRING} const&, int)": {
        82: "shop::Ledger<std::basic_string<…>, int>::add(std::basic_string<…> const&, int)",
        30: "shop::Ledger<…>::add(std… int)",
        27: "shop::Ledger<…>::add(…)",
        16: "shop::L…::add(…)",
    },
    f"shop::Ledger<{STRING}, int>::add(int)": {30: "shop::Ledger<…>::add(int)"},
    "print(char const*)": {12: "print(…)", 13: "print(ch…st*)"},
    "print(char const*, unsigned int)+0x12": {23: "print(char…d int)+0x12"},
    "print(char const*, unsigned long)+0x12": {23: "print(char… long)+0x12"},
    "operator new(unsigned long)": {15: "operator new(…)"},
    "void show<std::pair<int, long>>(int)": {20: "void show<…>(int)"},
    "signature (i32, i32) -> i32": {15: "signatu… -> i32"},
    f"a::operator<<<char>(a::B<{STRING}>&)": {30: "a::operator<<<char>(a::B<…>&)", 20: "a::operator<<<…>(…)"},
    "a::B::operator()(a::C<int>) const": {28: "a::B::operator()(…) const"},
    "a::B::operator->(a::CCCCCCCCCCCCC) const": {29: "a::B::operator->(…) const"},
    "a::broken<<(name that does not close": {20: "a::broken… not close"},
    "<core::option::Option<Text> as core::fmt::Debug>::fmt": {
        50: "<Option<Text> as Debug>::fmt",
        27: "<Option<…> as Debug>::fmt",
        20: "Option::fmt",
    },
    "<fn(i32) -> i32 as core::ops::FnOnce<(i32,)>>::call_once": {25: "fn(i32) -> i32::call_once"},
    "core::ptr::drop_in_place::<alloc::vec::Vec<alloc::string::String>>": {
        28: "drop_in_place::<Vec<String>>",
        24: "drop_in_place::<Vec<…>>",
        14: "drop_in_place",
    },
    "core::option::Option<T>::map::h9faaae2edd23c484": {30: "core::option::Option<T>::map", 13: "Option::map"},
    "std::panicking::default_hook::h9faaae2edd23c484": {28: "std::panicking::default_hook"},
    "core::ptr::mut_ptr::<impl *mut T>::is_null::h2183631cd8b0ceab": {31: "mut_ptr::<impl *mut T>::is_null"},
    "zoo.3dbn1r2v7vobz7612o1gx5ee5.07xr33r.rcgu.o": {30: "zoo.3dbn1r2v7vobz7612o1gx5ee5", 15: "zoo.3dbn1r2v7v…"},
    "menagerie.3dbn1r2v7vobz7612o1gx5ee5.07xr33r.rcgu.o": {12: "menag.3dbn1…"},
    "zoo.2c4jm8xnujufpuur.rcgu.o": {20: "zoo.2c4jm8xnujufpuur"},
    "libcore-f971.rlib(core-f971.core.4488c3f2ebed0714-cgu.06.rcgu.o)": {
        31: "libcore-f971.rlib(core…cgu.06)",
        18: "libc…(core…cgu.06)",
        12: "(cor…cgu.06)",
    },
    "libcore-f971.rlib(core-f971.core.4488c3f2ebed0714-cgu.127.rcgu.o)": {9: "(…gu.127)"},
    "    └ <core::option::Option<Text> as core::fmt::Debug>::fmt": {20: "    └ Option::fmt"},
    "libc++abi.a(cxa_exception.o)": {22: "libc…(cxa_exception.o)", 18: "…(cxa_exception.o)", 15: "(cxa_exception…"},
    "a/libc.a(strerror.o)": {8: "(strerr…"},
    "longer_than_its_room(int)": {15: "longer_…room(…)"},
    "(anonymous namespace)::Circle::grow(int)": {17: "…Circle::grow(…)"},
    "(anonymous namespace)::Circle::area() const": {17: "…Circle::area()"},
    "__wasilibc_nocwd_opendirat": {16: "__wasil…pendirat"},
    "std::__1::vector<int>::size()+0x1f": {27: "std::vector<…>::size()+0x1f"},
    "std::__1::map<int, long>::map[abi:nqe220108]()": {30: "std::map<int, long>::map()", 16: "std::ma…>::map()"},
    "std::__1::vector<int>::push_back[abi:nqe220108](int&&)": {28: "std::vector<…>::push_back(…)"},
    "std::__fs::path[abi:v15007]::has_stem() const": {33: "std::__fs::path::has_stem() const"},
    "void std::__1::sort[abi:nqe220108]<int*>(int*, int*)": {16: "std::sort<…>(…)", 20: "void std::sort<…>(…)"},
    "x+0x123456789": {6: "x+…789"},
    "漢字漢字漢字": {7: "漢…字"},
}  # fmt: skip
"""How a name is shown in a width."""


@pytest.mark.parametrize(("name", "width"), [(name, width) for name, shown in SHOWN.items() for width in shown])
def test_brackets_are_emptied_before_a_name_loses_its_middle(name: str, width: int) -> None:
    shown = short_name(name, width)
    assert shown == SHOWN[name][width]
    assert cell_len(shown) <= width
