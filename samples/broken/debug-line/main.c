// Debug information counts where code is from the start of the code section.
static __attribute__((noinline)) int half(int number) { return number / 2; }
static __attribute__((noinline)) int odd(int number) { return 3 * number + 1; }

__attribute__((export_name("run"))) int run(int number) {
    int steps = 0;
    for (; number != 1; steps++)
        number = number % 2 ? odd(number) : half(number);
    return steps;
}
