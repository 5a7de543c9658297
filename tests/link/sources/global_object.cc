// flags: -O0 -g -fno-exceptions | -O1 -g0 -fno-exceptions | -O1 -g0 -fno-exceptions -fno-rtti
template <class T> struct shape {
    static int count;
    virtual ~shape() {}
    virtual T draw(T n) { return n; }
};
template <class T> int shape<T>::count = 3;
void operator delete(void *, unsigned long) {}
shape<int> global;
extern "C" int run() { return global.draw(1); }
extern "C" int __cxa_atexit(void (*)(void *), void *, void *) { return 0; }
