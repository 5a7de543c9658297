// In the object the pointer stands right behind `limits`; in the output `next` does.
int limits[2] = {3, 4};
int *const volatile pointer = limits;
int next = 7;

__attribute__((export_name("run"))) int run(void) { return pointer[0] + next; }
