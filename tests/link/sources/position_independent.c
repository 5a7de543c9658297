// flags: -O1 -fPIC -g0 | -O0 -fPIC -fvisibility=default -g
extern int b;
int a = 1;
int *c = &b;
int g(void);
int (*h)(void) = g;
int f(void) { return a + *c; }
