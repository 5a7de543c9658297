__attribute__((export_name("first"))) int first(int number) { return number * number * number; }
