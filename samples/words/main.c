// Counts the words on standard input: libc's stdio, malloc, qsort with a function pointer, atexit.
#include <stdio.h>
#include <stdlib.h>

#include "words.h"

static int by_count(const void *a, const void *b) {
    const struct word *first = a, *second = b;
    return second->count - first->count;
}

static void bye(void) { puts("done"); }

int main(void) {
    char word[64];
    atexit(bye);
    while (scanf("%63s", word) == 1)
        count_word(word);
    qsort(words, word_count, sizeof *words, by_count);
    for (unsigned i = 0; i < word_count && i < 3; i++)
        printf("%3d %s\n", words[i].count, words[i].text);
    printf("%u different words\n", word_count);
    return word_count == 0;
}
