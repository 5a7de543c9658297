// printf with floating point, long double and wide integers; strtod; math.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    volatile double two = 2;
    printf("%.10f %g %e\n", sqrt(two), pow(two, 0.5), exp(two));
    printf("%Lf %.3Lf\n", (long double)two / 3, strtold("2.5", 0));
    printf("%lld %#llx %08.3f|%-8d|%+d\n", 1LL << 40, 0xdeadbeefcafeULL, -3.14159, 42, 7);
    printf("%.2f\n", strtod("1234.5678", 0));
    return 0;
}
