// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
__attribute__((weak)) extern int g(void);
__attribute__((weak)) int f(void) { return 2; }
int run(void) { return g ? g() + f() : f(); }
