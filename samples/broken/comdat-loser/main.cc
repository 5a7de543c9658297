#include "next.hh"

extern "C" [[clang::export_name("run")]] int run() { return 10 * next() + again(); }
