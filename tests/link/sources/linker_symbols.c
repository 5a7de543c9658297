// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
extern char __heap_base, __data_end, __stack_low, __stack_high, __global_base, __heap_end;
char *run(int n) {
    return n ? &__heap_base : &__data_end + (&__stack_high - &__stack_low) + (&__heap_end - &__global_base);
}
