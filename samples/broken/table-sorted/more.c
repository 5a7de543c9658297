typedef int operation(int);

static int negated(int number) { return -number; }
static int next(int number) { return number + 1; }

operation *const volatile more[] = {next, negated};

__attribute__((export_name("first"))) operation *first(void) { return negated; }
