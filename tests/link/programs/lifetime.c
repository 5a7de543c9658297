// Constructors with priorities, atexit, getenv, arguments, an exit status, a write to stderr.
#include <stdio.h>
#include <stdlib.h>

static const char *order[3];
static int made;

__attribute__((constructor(300))) static void third(void) { order[made++] = "third"; }
__attribute__((constructor(200))) static void second(void) { order[made++] = "second"; }
__attribute__((constructor(101))) static void first(void) { order[made++] = "first"; }
__attribute__((destructor)) static void last(void) { puts("destructor"); }

static void bye(void) { puts("atexit"); }

int main(int count, char **words) {
    atexit(bye);
    for (int i = 0; i < made; i++)
        puts(order[i]);
    printf("%d %s\n", count, words[count - 1]);
    fprintf(stderr, "%s\n", getenv("HOME") ? "home" : "no home");
    return 3;
}
