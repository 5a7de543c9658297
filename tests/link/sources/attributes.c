// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
__attribute__((export_name("exported"))) int f(int n) { return n; }
__attribute__((import_module("host"), import_name("field"))) int h(int);
int run(void) { return h(f(1)); }
