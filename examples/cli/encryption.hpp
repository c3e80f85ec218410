// From the options of encryption to what requests ask for.

#ifndef COSIO_CLI_ENCRYPTION_HPP
#define COSIO_CLI_ENCRYPTION_HPP

#include "options.hpp"

#include <cosio/customer_key.hpp>
#include <cosio/sse.hpp>

#include <optional>

namespace cli {

/// The mode that options ask for when something is written: that of `--sse`, else the one that the
/// other options belong to. Throws `usage_error` for options that contradict each other.
[[nodiscard]] sse_mode written_mode(const options& chosen);

/// Holds the keys that the requests refer to: it, and the options, must live as long as they.
class encryption_choice
{
public:
    /// Reads the key files that are named. Throws `usage_error`.
    explicit encryption_choice(const options& chosen);
    encryption_choice(const encryption_choice&) = delete;
    encryption_choice& operator=(const encryption_choice&) = delete;
    ~encryption_choice() = default;

    /// Of an object that is written. Throws `usage_error` for options that contradict each other.
    [[nodiscard]] cosio::sse::on_write written() const;
    /// Of an object that is read. Throws `usage_error` for modes that only a write can ask for.
    [[nodiscard]] cosio::sse::on_read read() const;
    /// Of the source of a copy.
    [[nodiscard]] cosio::sse::on_read source() const;

private:
    const options& chosen_;
    std::optional<cosio::customer_key> key_{};
    std::optional<cosio::customer_key> source_key_{};
};

} // namespace cli

#endif
