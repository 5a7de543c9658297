// Each file has a function of its own by the same name.
int other(int number);

static __attribute__((noinline)) int step(int number) { return number + 1; }

__attribute__((export_name("run"))) int run(int number) { return 100 * other(number) + step(number); }
