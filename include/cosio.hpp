// SPDX-License-Identifier: MIT
//
// cosio: coroutine client for Tencent Cloud COS, centred on server-side encryption.

#ifndef COSIO_HPP
#define COSIO_HPP

#include <cosio/block_on.hpp>
#include <cosio/client.hpp>
#include <cosio/config.hpp>
#include <cosio/crypto/crc64.hpp>
#include <cosio/customer_key.hpp>
#include <cosio/cvm_role_credentials.hpp>
#include <cosio/error.hpp>
#include <cosio/format.hpp>
#include <cosio/result.hpp>
#include <cosio/separate_compilation.hpp>
#include <cosio/sse.hpp>
#include <cosio/version.hpp>

#endif
