// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
int main(int argc, char **argv) { return argc; }
