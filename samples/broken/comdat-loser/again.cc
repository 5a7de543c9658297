#include "next.hh"

int again() { return next(); }
