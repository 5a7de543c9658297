// Shapes with virtual calls, and templates and inline functions that every object brings a copy of.
#pragma once

class Shape {
public:
    virtual int area() const = 0;
    virtual const char *name() const { return "shape"; }
    virtual void grow(int by) = 0;

protected:
    Shape();
    Shape *next;
    friend class Drawing;
};

class Drawing {
public:
    Drawing();
    void add(Shape *shape);
    template <typename Visit> void each(Visit visit) const {
        for (Shape *shape = first; shape; shape = shape->next)
            visit(*shape);
    }

private:
    Shape *first;
};

Drawing &drawing();

template <typename T> T largest(T a, T b) { return a < b ? b : a; }

// One instance per type, wherever it is used: a COMDAT with a variable in it.
template <typename T> struct Count {
    static int made;
    Count() { ++made; }
};
template <typename T> int Count<T>::made = 0;

inline int total_area() {
    static int calls;
    int sum = ++calls > 100 ? -1 : 0;
    drawing().each([&](const Shape &shape) { sum += shape.area(); });
    return sum;
}

void print(const char *text);
void print(int number);
