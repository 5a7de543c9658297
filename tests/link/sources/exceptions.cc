// flags: -O1 -g0 -fwasm-exceptions | -O0 -g -fwasm-exceptions
void foo() { throw 1; }
extern "C" int run() {
    try { foo(); } catch (int n) { return n; }
    return 0;
}
