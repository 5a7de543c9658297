// Nobody calls `spare`, so it goes; its debug information stays.
__attribute__((export_name("run"))) int run(int number) { return number + 1; }

int spare(int number) { return number - 1; }
