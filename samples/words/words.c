// A growing array on the heap.
#include "words.h"

#include <stdlib.h>
#include <string.h>

struct word *words;
unsigned word_count;

void count_word(const char *text) {
    for (unsigned i = 0; i < word_count; i++)
        if (strcmp(words[i].text, text) == 0) {
            words[i].count++;
            return;
        }
    words = realloc(words, (word_count + 1) * sizeof *words);
    words[word_count].text = strdup(text);
    words[word_count++].count = 1;
}
