// SPDX-License-Identifier: MIT
//
// The result of a transfer, made of that of an operation.

#ifndef COSIO_TRANSFER_RESULT_HPP
#define COSIO_TRANSFER_RESULT_HPP

#include <cosio/request/put_object.hpp>
#include <cosio/request/transfer_results.hpp>

#include <cstdint>
#include <utility>

namespace cosio::inline v0::transfer {

/// Of an object that was stored by one request.
[[nodiscard]] inline upload_result upload_result_of(put_object_result&& stored, std::uint64_t size)
{
    upload_result out;
    out.etag = std::move(stored.etag);
    out.size = size;
    out.crc64 = stored.sent_crc64;
    out.crc64_verified = stored.crc64_verified;
    out.md5_verified = stored.md5_verified;
    out.sse = std::move(stored.sse);
    out.version_id = std::move(stored.version_id);
    out.request_id = std::move(stored.request_id);
    return out;
}

} // namespace cosio::inline v0::transfer

#endif
