// Two gaps of 15 bytes in .data; whoever forgets them takes the end of .data for something earlier.
char one = 1;
_Alignas(16) int two[4] = {2, 2, 2, 2};
char three = 3;
_Alignas(16) int four[4] = {4, 4, 4, 4};
_Alignas(16) int zeros[4];

__attribute__((export_name("run"))) int run(void) {
    for (volatile int *zero = zeros; zero < zeros + 4; zero++)
        *zero = 9;
    return one + two[0] + three + four[0];
}
