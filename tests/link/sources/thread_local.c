// flags: -O1 -g0 -matomics -mbulk-memory | -O0 -g -matomics -mbulk-memory -fPIC
_Thread_local int a = 4;
_Thread_local int b;
int f(void) { return a + b; }
int *g(void) { return &b; }
