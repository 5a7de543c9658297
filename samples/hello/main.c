// Calls across objects, an array of data pointers, a function pointer that the other object calls.
#include "hello.h"

const char *const names[] = {"world", "linker", "reader"};
const int names_count = sizeof names / sizeof *names;

static void shout(const char *name) {
    print(name);
    print("!\n");
}

__attribute__((export_name("count"))) unsigned count(void) { return greeted(); }

void _start(void) {
    visit_all(greet);
    visit_all(shout);
    print_number(count());
    print(" greetings\n");
}
