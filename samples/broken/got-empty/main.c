// Position-independent code: the address of what another file defines is in a global.
extern int limit;

__attribute__((export_name("run"))) int run(void) { return limit; }
