// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
extern int __start_hooks[], __stop_hooks[];
__attribute__((section("hooks"))) int a = 1;
int run(void) { return __stop_hooks - __start_hooks; }
