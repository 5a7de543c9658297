// Slots are given in the order in which code and data ask for them: `square` comes first.
typedef int operation(int);

static int twice(int number) { return 2 * number; }
static int square(int number) { return number * number; }

operation *const volatile operations[] = {twice, square};

__attribute__((export_name("run"))) int run(void) {
    operation *chosen = square;
    __asm__("" : "+r"(chosen)); // keeps the call an indirect one
    return chosen(5) + operations[1](10);
}
