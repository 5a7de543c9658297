// Function pointers in memory and in code.
typedef int operation(int);

static int twice(int number) { return 2 * number; }
static int square(int number) { return number * number; }

operation *const volatile operations[] = {twice, square};

__attribute__((export_name("run"))) int run(void) {
    operation *chosen = square;
    __asm__("" : "+r"(chosen)); // keeps the call an indirect one
    return chosen(5) + operations[1](10);
}
