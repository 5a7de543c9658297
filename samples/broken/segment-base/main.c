// .rodata ends 3 bytes before .data can begin.
const char *title(void);
_Alignas(16) int counts[4] = {1, 2, 3, 4};

__attribute__((export_name("run"))) int run(void) {
    int sum = *title() - 't';
    for (const volatile int *count = counts; count < counts + 4; count++)
        sum += *count;
    return sum;
}
