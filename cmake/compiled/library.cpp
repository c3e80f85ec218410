// The client and the emulator, compiled once for all tests and examples.

#define COSIO_SOURCE
#include <cosio.hpp>
#include <cosio/testing/emulator.hpp>
