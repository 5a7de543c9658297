// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
int main(void) { return 0; }
void _start(void) { main(); }
