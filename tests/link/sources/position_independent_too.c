// flags: -O1 -fPIC -g0 | -O0 -fPIC -fvisibility=default -g
static int s = 3;
int b = 2;
int *d = &s;
int g(void) { return b; }
int f(void) { return *d; }
