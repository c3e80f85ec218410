// SPDX-License-Identifier: MIT
//
// Included before any header of Asio: checks the version, and that coroutines are seen.

#ifndef COSIO_DETAIL_ASIO_HPP
#define COSIO_DETAIL_ASIO_HPP

#include <asio/version.hpp>

#include <version> // Tells the standard library from its macros.

#if ASIO_VERSION < 102201
#error "cosio needs standalone Asio 1.22.1 or newer"
#endif

// Before 1.26 Asio does not see the coroutines of clang with libstdc++. The CMake target defines
// these for all of Asio; a single header can only do so when Asio's own configuration has not been
// read yet.
#if ASIO_VERSION < 102600 && defined(__clang__) && defined(__GLIBCXX__) && \
    !defined(ASIO_HAS_CO_AWAIT)
#if defined(ASIO_DETAIL_CONFIG_HPP)
#error "define ASIO_HAS_CO_AWAIT=1 and ASIO_HAS_STD_COROUTINE=1 for the whole program, or include \
cosio before Asio: this Asio does not see that clang has coroutines"
#else
#define ASIO_HAS_CO_AWAIT 1
#define ASIO_HAS_STD_COROUTINE 1
#define ASIO_HAS_STD_INVOKE_RESULT 1
#endif
#endif

#endif
