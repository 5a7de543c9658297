// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
typedef int (*fn)(int);
int f(int n) { return n; }
int g(int n) { return -n; }
fn a[] = {f, g};
int run(int i) { return a[i & 1](i); }
