// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
int run(int n) {
    switch (n) {
        case 0: return 5;
        case 1: return 7;
        case 2: return 9;
        case 3: return 1;
        default: return n;
    }
}
