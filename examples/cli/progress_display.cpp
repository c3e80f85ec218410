#include "progress_display.hpp"

#include "progress_line.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>

namespace cli {

namespace {

progress_painter::style style_for(bool quiet, bool beside_log)
{
    if (quiet)
        return progress_painter::style::nothing;
    return !beside_log && ::isatty(STDERR_FILENO) == 1 ? progress_painter::style::bar
                                                       : progress_painter::style::lines;
}

std::size_t columns_of_terminal()
{
    constexpr std::size_t usual = 80;
    struct winsize size = {};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 2)
        return usual;
    return size.ws_col;
}

void write(std::string_view text)
{
    std::fwrite(text.data(), 1, text.size(), stderr);
}

} // namespace

std::string progress_painter::paint(const cosio::transfer_progress& now, time_point at)
{
    const bool ended = now.total && now.committed == *now.total;
    if (how_ == style::nothing || (at < next_ && !(ended && how_ == style::bar)))
        return {};
    if (how_ == style::lines) {
        next_ = at + line_interval;
        return progress_text(now) + "\n";
    }
    next_ = at + bar_interval;
    drawn_ = true;
    // The last column stays free: some terminals begin a new line there.
    return "\r" + progress_bar(now, width_ - 1) + "\x1b[K";
}

std::string progress_painter::clear()
{
    if (!drawn_)
        return {};
    drawn_ = false;
    return "\r\x1b[K";
}

progress_display::progress_display(bool quiet, bool beside_log)
    : painter_(style_for(quiet, beside_log), columns_of_terminal(),
          std::chrono::steady_clock::now())
{}

void progress_display::begin(std::optional<std::uint64_t> total)
{
    cosio::transfer_progress nothing_yet;
    nothing_yet.total = total;
    (*this)(nothing_yet);
}

void progress_display::operator()(const cosio::transfer_progress& now)
{
    write(painter_.paint(now, std::chrono::steady_clock::now()));
}

void progress_display::clear()
{
    write(painter_.clear());
}

} // namespace cli
