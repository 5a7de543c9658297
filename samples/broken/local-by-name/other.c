static __attribute__((noinline)) int step(int number) { return number * 8; }

int other(int number) { return step(number); }
