// What the program says: results on standard output, everything else on standard error.

#ifndef COSIO_CLI_OUTPUT_HPP
#define COSIO_CLI_OUTPUT_HPP

#include <cosio/encryption.hpp>
#include <cosio/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cli {

inline constexpr int exit_success = 0;
inline constexpr int exit_failure = 1;
inline constexpr int exit_usage = 2;

/// With control bytes as `\x1b`: names of objects are written by others, and a terminal obeys
/// what it reads.
[[nodiscard]] std::string printable(std::string_view text);

/// A line on standard output, `printable` but for its end.
void print_line(std::string_view text);

/// A line on standard error: `cosio: COMMAND: TEXT`.
void complain(std::string_view command, std::string_view text);

/// An error as its user knows it: with the option where the error names the member that it sets.
[[nodiscard]] std::string reason_of(const cosio::error& why);

/// What was transferred: `20.0 MiB in 3 parts, CRC64 verified, SSE-COS AES256`.
struct transfer_summary
{
    std::uint64_t size = 0;
    std::uint32_t parts = 0;
    std::uint32_t resumed_parts = 0;
    bool crc64_verified = false;
    bool md5_verified = false;
    const cosio::encryption& sse;

    [[nodiscard]] std::string text() const;
};

} // namespace cli

#endif
