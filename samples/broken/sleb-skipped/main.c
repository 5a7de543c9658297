// The same address as a load's offset, and as a constant.
int other = 5, value = 42;

static __attribute__((noinline)) int at(const volatile int *place) { return *place; }

__attribute__((export_name("run"))) int run(void) { return at(&value) - at(&other) + value; }
