// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
const char *greeting = "hello";
const char *run(void) { return "hello world"; }
