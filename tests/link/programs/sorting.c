// malloc, realloc and free; qsort and bsearch through function pointers; strings.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_length(const void *a, const void *b) {
    const char *first = *(const char *const *)a, *second = *(const char *const *)b;
    return strlen(first) == strlen(second) ? strcmp(first, second) : (int)strlen(first) - (int)strlen(second);
}

static int descending(const void *a, const void *b) { return -by_length(a, b); }

static int (*const orders[])(const void *, const void *) = {by_length, descending};

int main(void) {
    const char *given[] = {"section", "symbol", "atom", "chain", "relocation", "member"};
    size_t count = sizeof given / sizeof *given;
    for (int way = 0; way < 2; way++) {
        char **words = malloc(sizeof *words);
        for (size_t i = 0; i < count; i++) {
            words = realloc(words, (i + 1) * sizeof *words);
            words[i] = strdup(given[i]);
        }
        qsort(words, count, sizeof *words, orders[way]);
        for (size_t i = 0; i < count; i++)
            printf("%s%c", words[i], i + 1 < count ? ' ' : '\n');
        for (size_t i = 0; i < count; i++)
            free(words[i]);
        free(words);
    }
    const char **found = bsearch(&(const char *){"atom"}, (const char *[]){"atom", "chain"}, 2, sizeof(char *), by_length);
    printf("%s\n", found ? *found : "none");
    return 0;
}
