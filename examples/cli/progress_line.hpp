// How far a transfer is, as a line. Pure.

#ifndef COSIO_CLI_PROGRESS_LINE_HPP
#define COSIO_CLI_PROGRESS_LINE_HPP

#include <cosio/transfer/progress.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace cli {

/// The time until a transfer ends, if it goes on as it does; nothing when that cannot be told.
[[nodiscard]] std::optional<std::chrono::seconds> time_left(const cosio::transfer_progress& now);

/// For a terminal, of at most `width` columns:
/// ` 42% [=======>          ]  84.0 MiB of 200.0 MiB   35.2 MiB/s  ETA 0:03`.
/// The bar is left out where there is no room for it.
[[nodiscard]] std::string progress_bar(const cosio::transfer_progress& now, std::size_t width);

/// For everything else: `42%, 84.0 MiB of 200.0 MiB, 35.2 MiB/s, 0:03 left`.
[[nodiscard]] std::string progress_text(const cosio::transfer_progress& now);

} // namespace cli

#endif
