// SPDX-License-Identifier: MIT
//
// The checkpoint on disk: replaced as a whole, so that a reader finds the old or the new one.

#ifndef COSIO_TRANSFER_CHECKPOINT_FILE_HPP
#define COSIO_TRANSFER_CHECKPOINT_FILE_HPP

#include <cosio/crypto/hex.hpp>
#include <cosio/detail/bytes.hpp>
#include <cosio/result.hpp>
#include <cosio/transfer/checkpoint.hpp>
#include <cosio/transfer/download_target.hpp>
#include <cosio/transfer/local_file.hpp>

#include <openssl/rand.h>

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace cosio::inline v0::transfer {

/// What the file at `path` says; nothing when there is none. Blocks.
/// Errors: `errc::invalid_checkpoint`, and the system's.
[[nodiscard]] inline result<std::optional<checkpoint>> load_checkpoint(const std::string& path)
{
    constexpr std::size_t largest = 16 * 1024 * 1024;
    auto file = local_file::open_for_reading(path);
    if (!file && file.error().code == std::errc::no_such_file_or_directory)
        return std::optional<checkpoint>();
    if (!file)
        return std::move(file).error();
    const auto identity = file->identity();
    if (!identity)
        return identity.error();
    if (identity->size > largest)
        return error(errc::invalid_checkpoint, "it is too large to be one", "checkpoint");
    std::string text(identity->size, '\0');
    const auto size = file->read_at(0, std::as_writable_bytes(std::span(text)));
    if (!size)
        return size.error();
    text.resize(*size);
    auto decoded = decode_checkpoint(text);
    if (!decoded)
        return std::move(decoded).error();
    return std::optional<checkpoint>(std::move(*decoded));
}

/// A name that no file has: `.cosio-<random>` and `suffix`. Errors: `errc::crypto_unavailable`.
[[nodiscard]] inline result<std::string> temporary_name(std::string_view suffix)
{
    std::array<unsigned char, 8> random{};
    if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
        return error(errc::crypto_unavailable, "OpenSSL has no random bytes");
    return std::string(".cosio-")
        .append(crypto::hex(std::as_bytes(std::span(random))))
        .append(suffix);
}

/// Whether what is at `path` begins as a checkpoint does; nothing when nothing is there. Blocks.
[[nodiscard]] inline result<std::optional<bool>> looks_like_checkpoint(const std::string& path)
{
    constexpr std::string_view beginning = "cosio-checkpoint ";
    const auto file = local_file::open_for_reading(path);
    if (!file && file.error().code == std::errc::no_such_file_or_directory)
        return std::optional<bool>();
    if (!file)
        return file.error();
    std::array<char, beginning.size()> text{};
    const auto size = file->read_at(0, std::as_writable_bytes(std::span(text)));
    if (!size)
        return size.error();
    return std::optional<bool>(std::string_view(text.data(), *size) == beginning);
}

/// Writes only over another checkpoint; a symbolic link is followed. Blocks.
/// Errors: the system's, and `errc::invalid_checkpoint` for what is none; the file at `path` is then
/// as it was.
[[nodiscard]] inline result<void> save_checkpoint(const std::string& path, const checkpoint& from)
{
    const auto text = encode_checkpoint(from);
    const auto before = looks_like_checkpoint(path);
    if (!before)
        return before.error();
    if (*before && !**before)
        return error(errc::invalid_checkpoint, "'" + path + "' is none, and stays", "checkpoint");
    const auto found = find_download_target(path);
    if (!found)
        return found.error();
    const split_path target(found->path);
    const auto temporary = temporary_name(".checkpoint");
    if (!temporary)
        return temporary.error();
    auto directory = local_directory::open(target.directory);
    if (!directory)
        return std::move(directory).error();
    auto file = directory->create(*temporary);
    if (!file)
        return std::move(file).error();
    auto done = file->write_at(0, detail::bytes_of(text));
    if (done)
        done = file->sync();
    if (done)
        done = directory->rename(*temporary, target.name);
    if (!done)
        directory->remove(*temporary);
    return done;
}

/// Removes what is a checkpoint and nothing else. Blocks.
inline void remove_checkpoint(const std::string& path)
{
    const auto is_one = looks_like_checkpoint(path);
    const auto found = find_download_target(path);
    if (is_one && *is_one && **is_one && found && found->is_replaced)
        ::unlink(found->path.c_str());
}

} // namespace cosio::inline v0::transfer

#endif
