// A counter that all files share: its function and its variable are a COMDAT group of each object.
inline __attribute__((noinline)) int next() {
    static int count;
    return ++count;
}

int again();
