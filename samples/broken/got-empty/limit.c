int limit = 42;
