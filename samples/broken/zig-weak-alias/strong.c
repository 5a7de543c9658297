int used = 2;

int defined(void) { return used; }
