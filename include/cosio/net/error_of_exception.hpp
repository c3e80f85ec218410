// SPDX-License-Identifier: MIT
//
// What becomes of an exception, the library's own and those of the caller's code.

#ifndef COSIO_NET_ERROR_OF_EXCEPTION_HPP
#define COSIO_NET_ERROR_OF_EXCEPTION_HPP

#include <cosio/net/stream.hpp>
#include <cosio/result.hpp>

#include <exception>
#include <new>
#include <system_error>

namespace cosio::inline v0::net {

/// The exception that is being handled, as an error.
[[nodiscard]] inline error error_of_exception()
{
    try {
        throw;
    } catch (const std::bad_alloc&) {
        return error(errc::out_of_memory);
    } catch (const std::system_error& thrown) {
        return connection_error(thrown.code());
    } catch (const std::exception& thrown) {
        return error(errc::body_source_failed, thrown.what());
    } catch (...) {
        return error(errc::body_source_failed, "an exception of unknown type");
    }
}

} // namespace cosio::inline v0::net

#endif
