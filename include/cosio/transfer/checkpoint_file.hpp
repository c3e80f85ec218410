// SPDX-License-Identifier: MIT
//
// The checkpoint on disk: replaced as a whole, so that a reader finds the old or the new one.

#ifndef COSIO_TRANSFER_CHECKPOINT_FILE_HPP
#define COSIO_TRANSFER_CHECKPOINT_FILE_HPP

#include <cosio/detail/bytes.hpp>
#include <cosio/result.hpp>
#include <cosio/transfer/checkpoint.hpp>
#include <cosio/transfer/local_file.hpp>

#include <cerrno>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
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

/// Blocks. Errors: the system's; the file at `path` is then as it was.
[[nodiscard]] inline result<void> save_checkpoint(const std::string& path, const checkpoint& from)
{
    const auto text = encode_checkpoint(from);
    const split_path target(path);
    const std::string temporary = target.name + ".new";
    auto directory = local_directory::open(target.directory);
    if (!directory)
        return std::move(directory).error();
    directory->remove(temporary); // Of a run that was killed while it wrote.
    auto file = directory->create(temporary);
    if (!file)
        return std::move(file).error();
    auto done = file->write_at(0, detail::bytes_of(text));
    if (done)
        done = file->sync();
    if (done)
        done = directory->rename(temporary, target.name);
    if (!done)
        directory->remove(temporary);
    return done;
}

/// Blocks.
inline void remove_checkpoint(const std::string& path) noexcept
{
    ::unlink(path.c_str());
}

} // namespace cosio::inline v0::transfer

#endif
