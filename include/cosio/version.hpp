// SPDX-License-Identifier: MIT
//
// The version of cosio. The build files and the packages read it from here.

#ifndef COSIO_VERSION_HPP
#define COSIO_VERSION_HPP

#define COSIO_VERSION_MAJOR 0
#define COSIO_VERSION_MINOR 1
#define COSIO_VERSION_PATCH 0

#define COSIO_VERSION_STRING "0.1.0"

#endif
