// Where something is: an object, a file, or a standard stream.

#ifndef COSIO_CLI_LOCATION_HPP
#define COSIO_CLI_LOCATION_HPP

#include "options.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cli {

/// An operand of a command. Objects are written `cos://bucket/key` or `s3://bucket/key`, the key as
/// it is, without any encoding; `-` is standard input or output; all else is the path of a file.
struct location
{
    enum class place { object, file, standard_stream };

    place where = place::file;
    dialect_choice dialect = dialect_choice::cos; ///< Of an object.
    std::string bucket{}; ///< Of an object.
    std::string key{};    ///< Of an object; empty: the bucket itself.
    std::string path{};   ///< Of a file.

    [[nodiscard]] bool is_object() const noexcept { return where == place::object; }
    [[nodiscard]] bool is_file() const noexcept { return where == place::file; }
    [[nodiscard]] bool is_stream() const noexcept { return where == place::standard_stream; }

    /// As it was written.
    [[nodiscard]] std::string text() const;

    friend bool operator==(const location&, const location&) = default;
};

/// Throws `usage_error` for a bucket that cannot be one, an unknown scheme and an empty text.
[[nodiscard]] location parse_location(std::string_view text);

/// The dialect that an operand's scheme says; nothing for what is no object.
[[nodiscard]] std::optional<dialect_choice> dialect_of(std::string_view operand);

/// Which dialect to speak: `asked`, else the one that the schemes of the operands say, else COS's.
/// Throws `usage_error` for operands that cannot go together or with `asked`. Objects of COS may be
/// reached through its S3 interface.
[[nodiscard]] dialect_choice choose_dialect(
    std::optional<dialect_choice> asked, std::span<const std::string> operands);

/// As `parse_location`, for commands that want an object. Throws for a bucket without a key too.
[[nodiscard]] location parse_object(std::string_view text);

/// What follows the last `/` of a key or path, if it can be the name of a file in a directory:
/// throws `usage_error` when it is empty, `.` or `..`, or has a NUL.
[[nodiscard]] std::string file_name_of(std::string_view key_or_path);

/// `to`, completed as `cp` does: the name of what is copied is added to a bucket without a key and
/// to a key that ends in `/`.
[[nodiscard]] location completed(location to, std::string_view copied);

} // namespace cli

#endif
