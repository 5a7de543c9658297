// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
extern int a[];
static int local0(void) { return 7; }
int g(int n) { return n + a[0]; }
int (*h)(void) = local0;
