// Standard input as a body, standard output as a sink.

#ifndef COSIO_CLI_STANDARD_STREAMS_HPP
#define COSIO_CLI_STANDARD_STREAMS_HPP

#include <cosio/result.hpp>
#include <cosio/transfer/source_file.hpp>

#include <asio/awaitable.hpp>
#include <asio/thread_pool.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace cli {

/// When a wait ends whatever comes; nothing: never.
using wait_end = std::optional<std::chrono::steady_clock::time_point>;

/// A body source, `cosio::body_source`. Reads on a thread of its own, as standard input may keep
/// one waiting: the network does not notice. A file that keeps to its size must not change until its
/// end was read; one that does not, as those of /proc, ends where it ends.
class standard_input
{
public:
    /// `hang_up`: a descriptor that ends a wait by hanging up, see `interruption`. `limit`: from now
    /// on, also ends it, as the thread cannot be told that the transfer has ended.
    standard_input(int hang_up, std::optional<std::chrono::seconds> limit);

    /// Errors: `errc::cancelled`, `errc::file_changed`, those of the system.
    [[nodiscard]] asio::awaitable<cosio::result<std::size_t>> read(std::span<std::byte> buffer);
    /// Of a file that keeps to it, when this was made; nobody else knows.
    [[nodiscard]] std::optional<std::uint64_t> size() const noexcept { return size_; }

private:
    [[nodiscard]] cosio::result<std::size_t> read_some(std::span<std::byte> buffer);
    /// Looks at what it is, before it is read.
    [[nodiscard]] cosio::result<void> begin();

    int hang_up_;
    wait_end end_;
    std::optional<std::uint64_t> size_;
    bool begun_ = false;
    std::optional<cosio::transfer::source_file> file_{}; ///< If it has to stay as it is.
    asio::thread_pool thread_{1};
};

/// A sink, `cosio::body_sink`. Writes on a thread of its own.
class standard_output
{
public:
    /// As for `standard_input`.
    standard_output(int hang_up, std::optional<std::chrono::seconds> limit);

    /// Errors: `errc::cancelled`, those of the system.
    [[nodiscard]] asio::awaitable<cosio::result<void>> write(std::span<const std::byte> bytes);

private:
    [[nodiscard]] cosio::result<void> write_all(std::span<const std::byte> bytes) const;

    int hang_up_;
    wait_end end_;
    bool may_block_;
    asio::thread_pool thread_{1};
};

} // namespace cli

#endif
