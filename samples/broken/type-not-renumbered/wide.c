// Comes first, and has an indirect call of another type.
static long long sum(long long number, int more) { return number + more; }

long long (*volatile combine)(long long, int) = sum;

__attribute__((export_name("wide"))) long long wide(long long number, int more) { return combine(number, more); }
