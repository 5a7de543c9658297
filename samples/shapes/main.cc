// Walks the drawing: virtual calls on objects that other files made.
#include "shapes.hh"

int circles();
int painted();
const char *title();

static void show(const Shape &shape) {
    print(shape.name());
    print(" of ");
    print(shape.area());
    print("\n");
}

extern "C" void _start() {
    print(title());
    print(":\n");
    drawing().each(show);
    drawing().each([](Shape &shape) { shape.grow(2); });
    print("grown to ");
    print(largest(total_area(), painted()));
    print(", made ");
    print(circles());
    print("\n");
}
