// Position-independent code: a function's slot is counted from __table_base.
typedef int operation(int);

static int twice(int number) { return 2 * number; }
static int square(int number) { return number * number; }

__attribute__((export_name("run"))) int run(int which) {
    operation *chosen = which ? square : twice;
    return chosen(5);
}
