// Numbers of bytes and times as people write and read them.

#ifndef COSIO_CLI_BYTE_COUNT_HPP
#define COSIO_CLI_BYTE_COUNT_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cli {

/// Reads `1048576`, `1024K`, `1M`, `1G`: binary multiples, in either case. Nothing for anything
/// else, and for what does not fit.
[[nodiscard]] std::optional<std::uint64_t> parse_byte_count(std::string_view text);

/// `512 B`, `1.5 KiB`, `20.0 MiB`.
[[nodiscard]] std::string format_byte_count(std::uint64_t bytes);

/// `0:07`, `12:05`, `1:02:03`.
[[nodiscard]] std::string format_duration(std::chrono::seconds time);

} // namespace cli

#endif
