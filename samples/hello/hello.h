// The half of the program that prints, for the half that decides what.

typedef void visitor(const char *name);

extern const char *const names[];
extern const int names_count;

void visit_all(visitor *visit);
void greet(const char *name);
void print(const char *text);
void print_number(unsigned number);
unsigned greeted(void);
