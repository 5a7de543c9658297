// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
char __dso_handle;
int __cxa_atexit(void *f, void *a, void *d) { return 0; }
__attribute__((constructor)) static void one(void) {}
__attribute__((constructor(101))) void run(void) {}
__attribute__((destructor)) void h(void) {}
