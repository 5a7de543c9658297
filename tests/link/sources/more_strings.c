// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
char b[100];
char *c = b + 50;
const char *f(int n) { return n ? "world" : "lo"; }
