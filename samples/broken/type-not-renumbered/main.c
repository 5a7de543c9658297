// The types of this object are numbered from 0, and get other numbers in the output.
static int twice(int number) { return 2 * number; }

int (*volatile chosen)(int) = twice;

__attribute__((export_name("run"))) int run(void) { return chosen(21); }
