// A static counter, strings, and the one import: WASI's fd_write.
#include "hello.h"

struct iovec {
    const char *base;
    unsigned size;
};

__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_write"))) int
fd_write(int fd, const struct iovec *pieces, unsigned count, unsigned *written);

static unsigned counter;

void print(const char *text) {
    struct iovec piece = {text, 0};
    unsigned written;
    while (text[piece.size])
        piece.size++;
    fd_write(1, &piece, 1, &written);
}

void print_number(unsigned number) {
    char digits[2] = {(char)('0' + number % 10), 0};
    if (number >= 10)
        print_number(number / 10);
    print(digits);
}

void greet(const char *name) {
    counter++;
    print("hello, ");
    print(name);
    print("\n");
}

unsigned greeted(void) { return counter; }

void visit_all(visitor *visit) {
    for (int i = 0; i < names_count; i++)
        visit(names[i]);
}

// Nobody calls this one: the linker leaves it out.
unsigned forget(void) { return counter = 0; }
