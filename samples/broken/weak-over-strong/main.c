int limit(void);

__attribute__((export_name("run"))) int run(void) { return limit(); }
