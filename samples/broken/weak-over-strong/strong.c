int limit(void) { return 2; }
