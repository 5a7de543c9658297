// flags: -O0 -g -fno-exceptions | -O1 -g0 -fno-exceptions | -O1 -g0 -fno-exceptions -fno-rtti
template <class T> struct shape {
    static int count;
    virtual ~shape() {}
    virtual T draw(T n) { return n; }
};
template <class T> int shape<T>::count = 3;
void operator delete(void *, unsigned long) {}
int foo() {
    shape<int> s;
    return s.draw(shape<int>::count);
}
