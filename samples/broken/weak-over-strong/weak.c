__attribute__((weak)) int limit(void) { return 1; }
