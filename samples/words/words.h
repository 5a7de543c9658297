// The table of words that have been seen.

struct word {
    char *text;
    int count;
};

extern struct word *words;
extern unsigned word_count;

void count_word(const char *text);
