// flags: -O1 -g0 -matomics -mbulk-memory | -O0 -g -matomics -mbulk-memory -fPIC
extern _Thread_local int a;
int c = 9;
int *p = &c;
int run(void) { return a; }
