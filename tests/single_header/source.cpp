// As one.cpp, and the translation unit that the library is compiled in.

#define COSIO_SOURCE
#include "one.cpp"
