// At 0x2000 the address fits into two bytes if it is written as an unsigned number, and takes three as a signed one.
int value = 42;

__attribute__((export_name("run"))) int run(void) {
    const int *place = &value;
    __asm__("" : "+r"(place)); // keeps the address a constant
    return *place;
}
