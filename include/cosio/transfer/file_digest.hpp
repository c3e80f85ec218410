// SPDX-License-Identifier: MIT
//
// Sums of a part of a file: MD5 before it is sent, for services that state no CRC64 to compare
// with; CRC64 of what an earlier run has received.

#ifndef COSIO_TRANSFER_FILE_DIGEST_HPP
#define COSIO_TRANSFER_FILE_DIGEST_HPP

#include <cosio/crypto/crc64.hpp>
#include <cosio/crypto/digest.hpp>
#include <cosio/result.hpp>
#include <cosio/transfer/crew.hpp>
#include <cosio/transfer/file_executor.hpp>
#include <cosio/transfer/local_file.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cosio::inline v0::transfer {

/// Adds `size` bytes of `file` from `offset` on to `sum`, fewer when the file is shorter.
///
/// Errors: those of the file; `errc::cancelled` when `workers` are to stop.
template <class Sum>
[[nodiscard]] asio::awaitable<result<void>> add_part(const local_file& file,
    asio::any_io_executor files, const crew& workers, std::uint64_t offset, std::uint64_t size,
    Sum& sum)
{
    constexpr std::uint64_t at_once = std::uint64_t{4} << 20U; // Others want the thread too.
    std::vector<std::byte> buffer(std::min<std::uint64_t>(size, 64 * 1024));
    std::uint64_t done = 0;
    auto work = [&]() -> result<bool> {
        const auto end = std::min(done + at_once, size);
        while (done != end) {
            const auto wanted =
                std::span(buffer).first(std::min<std::uint64_t>(end - done, buffer.size()));
            const auto got = file.read_at(offset + done, wanted);
            if (!got)
                return got.error();
            if (*got == 0)
                return false;
            sum.update(wanted.first(*got));
            done += *got;
        }
        return done != size;
    };
    for (;;) {
        if (workers.stopping())
            co_return error(errc::cancelled);
        const auto more = co_await on_file_thread(files, work);
        if (!more)
            co_return more.error();
        if (!*more)
            co_return result<void>();
    }
}

/// Read from the disk once, as the part is sent next: which will tell when the file has become
/// shorter. Errors: see `add_part`.
[[nodiscard]] inline asio::awaitable<result<crypto::md5_value>> md5_of_part(const local_file& file,
    asio::any_io_executor files, const crew& workers, std::uint64_t offset, std::uint64_t size)
{
    crypto::hasher<crypto::digest_algorithm::md5> sum;
    if (auto added = co_await add_part(file, files, workers, offset, size, sum); !added)
        co_return std::move(added).error();
    co_return sum.finish();
}

/// Of a file that is shorter: of what it has. Errors: see `add_part`.
[[nodiscard]] inline asio::awaitable<result<std::uint64_t>> crc64_of_part(const local_file& file,
    asio::any_io_executor files, const crew& workers, std::uint64_t offset, std::uint64_t size)
{
    crypto::crc64 sum;
    if (auto added = co_await add_part(file, files, workers, offset, size, sum); !added)
        co_return std::move(added).error();
    co_return sum.value();
}

} // namespace cosio::inline v0::transfer

#endif
