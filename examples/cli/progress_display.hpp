// Shows the progress of a transfer on standard error.

#ifndef COSIO_CLI_PROGRESS_DISPLAY_HPP
#define COSIO_CLI_PROGRESS_DISPLAY_HPP

#include <cosio/transfer/progress.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace cli {

/// What is written when: a bar that is drawn over itself, or a line now and then. Knows no clock
/// and no terminal: the time is a parameter, the text the result.
class progress_painter
{
public:
    enum class style { nothing, lines, bar };
    using time_point = std::chrono::steady_clock::time_point;

    progress_painter(style how, std::size_t width, time_point start)
        : how_(how), width_(width), next_(how == style::lines ? start + line_interval : start)
    {}

    /// What is to be written now; mostly nothing.
    [[nodiscard]] std::string paint(const cosio::transfer_progress& now, time_point at);

    /// Takes a bar away again, so that something else can be written.
    [[nodiscard]] std::string clear();

private:
    static constexpr auto line_interval = std::chrono::seconds(5);
    static constexpr auto bar_interval = std::chrono::milliseconds(100);

    style how_;
    std::size_t width_;
    time_point next_;
    bool drawn_ = false;
};

/// A bar when standard error is a terminal, lines otherwise. A `progress_view` may refer to it.
class progress_display
{
public:
    /// `quiet`: nothing at all. `beside_log`: lines, as a bar would not survive other lines.
    progress_display(bool quiet, bool beside_log);
    progress_display(const progress_display&) = delete;
    progress_display& operator=(const progress_display&) = delete;
    ~progress_display() { clear(); }

    /// Before the first byte; `total` when it is known.
    void begin(std::optional<std::uint64_t> total);
    void operator()(const cosio::transfer_progress& now);
    void clear();

private:
    progress_painter painter_;
};

} // namespace cli

#endif
