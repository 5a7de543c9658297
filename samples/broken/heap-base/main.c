// A program that takes memory from the end of its data.
extern char __heap_base;
char name[] = "data";
volatile int zeros[12];

__attribute__((export_name("run"))) int run(void) {
    volatile int *taken = (volatile int *)&__heap_base;
    for (int i = 0; i < 4; i++)
        taken[i] = 5;
    int sum = name[4];
    for (int i = 0; i < 12; i++)
        sum += zeros[i];
    return sum;
}
