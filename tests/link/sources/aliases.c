// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
int f(void) { return 1; }
int h(void) __attribute__((alias("f")));
int a = 1;
extern int b __attribute__((alias("a")));
