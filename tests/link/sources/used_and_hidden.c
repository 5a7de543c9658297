// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
__attribute__((used)) static int kept(void) { return 3; }
__attribute__((used)) static int table_of_words = 5;
__attribute__((visibility("hidden"))) int f(void) { return 1; }
__attribute__((visibility("default"))) int g(void) { return 2; }
