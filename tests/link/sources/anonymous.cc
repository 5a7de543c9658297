// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
namespace {
int hidden() { return 1; }
struct local { int n = hidden(); } it;
}
int foo() { return it.n; }
