// The data is at 2 GiB, so that the constant is a negative number to WebAssembly.
int value = 42;

__attribute__((export_name("run"))) int run(void) {
    const int *place = &value;
    __asm__("" : "+r"(place)); // keeps the address a constant
    return *place;
}
