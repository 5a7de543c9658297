// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
struct s { long long x, y, z; };
struct s f(struct s v) { v.x++; return v; }
int c __attribute__((aligned(64)));
