// SPDX-License-Identifier: MIT
//
// Log lines without secrets: to a callback, or to standard error.

#ifndef COSIO_LOGGING_HPP
#define COSIO_LOGGING_HPP

#include <functional>
#include <string_view>
#include <utility>

namespace cosio::inline v0 {

enum class log_level {
    off,
    info,  ///< One line for each request.
    debug, ///< Also the heads of requests and replies, values not known to be harmless as `***`.
};

/// Where log lines go. Off by default: then nothing is even formatted.
class log_settings
{
public:
    /// Gets each line without its line end. Called from the threads that run operations, maybe
    /// several at once; must not throw.
    using callback = std::function<void(log_level, std::string_view)>;

    log_settings() = default;
    log_settings(log_level most, callback to) : level_(most), write_(std::move(to)) {}

    [[nodiscard]] bool wants(log_level level) const noexcept
    {
        return level != log_level::off && level <= level_ && write_ != nullptr;
    }
    void write(log_level level, std::string_view line) const { write_(level, line); }

private:
    log_level level_ = log_level::off;
    callback write_{};
};

} // namespace cosio::inline v0

#endif
