// SPDX-License-Identifier: MIT
//
// Sums of a part of a file: digests before it is sent, for services that state no CRC64 to compare
// with, or that sign bodies; CRC64 of what an earlier run has received.

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
#include <optional>
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

/// What is sent along with a part.
struct part_digests
{
    std::optional<crypto::md5_value> md5{};       ///< For the service to compare.
    std::optional<crypto::sha256_value> sha256{}; ///< For the signature.
};

/// Several sums of the same bytes.
struct digest_sums
{
    crypto::hasher<crypto::digest_algorithm::md5> md5{};
    std::optional<crypto::hasher<crypto::digest_algorithm::sha256>> sha256{};

    void update(std::span<const std::byte> bytes)
    {
        md5.update(bytes);
        if (sha256)
            sha256->update(bytes);
    }
};

/// Read from the disk once, as the part is sent next: which will tell when the file has become
/// shorter. SHA-256 only when `signs_body`. Errors: see `add_part`.
[[nodiscard]] inline asio::awaitable<result<part_digests>> digests_of_part(const local_file& file,
    asio::any_io_executor files, const crew& workers, std::uint64_t offset, std::uint64_t size,
    bool signs_body)
{
    digest_sums sums;
    if (signs_body)
        sums.sha256.emplace();
    if (auto added = co_await add_part(file, files, workers, offset, size, sums); !added)
        co_return std::move(added).error();
    part_digests out;
    const auto md5 = sums.md5.finish();
    if (!md5)
        co_return md5.error();
    out.md5 = *md5;
    if (sums.sha256) {
        const auto sha256 = sums.sha256->finish();
        if (!sha256)
            co_return sha256.error();
        out.sha256 = *sha256;
    }
    co_return out;
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
