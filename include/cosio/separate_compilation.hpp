// SPDX-License-Identifier: MIT
//
// The library compiled once instead of in each translation unit, for those who want that.
//
// With `COSIO_SEPARATE_COMPILATION` defined for all translation units of a program, what is behind
// the members of `client`, `s3_client`, `config`, `customer_key` and the like, and of the emulator,
// is compiled in one of them only: the one that defines `COSIO_SOURCE` before it includes
// cosio.hpp, and cosio/testing/emulator.hpp if any other does. The others do not even read it, and
// compile in a fraction of the time: what is no part of the interface, such as the encoding of
// requests, is not seen there.

#ifndef COSIO_SEPARATE_COMPILATION_HPP
#define COSIO_SEPARATE_COMPILATION_HPP

#include <cosio/client.hpp>

#if defined(COSIO_DEFINITIONS)
#include <cosio/separate_instantiations.hpp>
#endif

#endif
