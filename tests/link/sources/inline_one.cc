// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
inline int twice(int n) { return n * 2; }
int one(int n) { return twice(n); }
