const char *title(void) { return "twelve bytes"; }
