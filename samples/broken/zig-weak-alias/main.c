// The name is a weak alias here, as libc has them, until another file defines it.
int defined(void);

static int nothing = 1;
extern int used __attribute__((weak, alias("nothing")));

__attribute__((export_name("run"))) int run(void) { return 10 * used + defined(); }
