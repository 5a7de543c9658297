// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
int g(int);
int a[4] = {1, 2, 3, 4};
int f(void) { return g(a[1]); }
