// The translation unit that holds the library where COSIO_SEPARATE_COMPILATION is defined.

#define COSIO_SOURCE
#include <cosio.hpp>
