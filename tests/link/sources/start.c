// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
void _start(void) {}
int f(void) { return 1; }
