// Nobody calls `spare`, so it goes; its debug information stays.
int spare(int number) { return number - 1; }

__attribute__((export_name("run"))) int run(int number) { return number + 1; }
