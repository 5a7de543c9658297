// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
__attribute__((section("plugins"), used, retain)) static int (*const hook)(void) = 0;
int b[7];
