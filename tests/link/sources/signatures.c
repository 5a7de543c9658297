// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
double f(int n, long long m) { return n + m; }
float h(float x) { return x * 2; }
