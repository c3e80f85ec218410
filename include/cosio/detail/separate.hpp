// SPDX-License-Identifier: MIT
//
// What a translation unit sees of the library, see separate_compilation.hpp.

#ifndef COSIO_DETAIL_SEPARATE_HPP
#define COSIO_DETAIL_SEPARATE_HPP

// Whether the functions that public headers only declare are defined in this translation unit.
#if !defined(COSIO_SEPARATE_COMPILATION) || defined(COSIO_SOURCE)
#define COSIO_DEFINITIONS
#endif

// Stands before such a function. Compiled once, it must not be inline: nobody would emit it.
#if defined(COSIO_SEPARATE_COMPILATION)
#define COSIO_DECLARED
#else
#define COSIO_DECLARED inline
#endif

#endif
