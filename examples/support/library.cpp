// The library, compiled once for all examples.

#define COSIO_SOURCE
#include <cosio.hpp>
