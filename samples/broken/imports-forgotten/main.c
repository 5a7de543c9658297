// Functions are numbered after the two imports.
int read_sensor(int which);
int read_clock(int which);

static __attribute__((noinline)) int twice(int number) { return 2 * number; }
static __attribute__((noinline)) int next(int number) { return twice(number) + 1; }

__attribute__((export_name("read"))) int read(int which) { return read_sensor(which) + read_clock(which); }
__attribute__((export_name("run"))) int run(int number) { return next(number) - twice(1); }
