// What the options of the command line say, and the table of them.

#ifndef COSIO_CLI_OPTIONS_HPP
#define COSIO_CLI_OPTIONS_HPP

#include <cosio/logging.hpp>
#include <cosio/object_headers.hpp>
#include <cosio/operation/restore_object.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cli {

/// What `--dialect` names, and what the scheme of an object's location says.
enum class dialect_choice { cos, s3 };

/// What `--sse` names.
enum class sse_mode { none, cos, kms, c };

/// What `--method` names.
enum class presign_method { get, put, head };

/// Empty and absent members are options that were not given.
struct options
{
    std::optional<dialect_choice> dialect{};
    std::string region{};
    std::string endpoint{};
    std::string connect_to{};
    std::string ca_file{};
    std::string credentials_file{};
    bool path_style = false;
    bool http = false;
    cosio::log_level log = cosio::log_level::off;
    bool quiet = false;
    bool help = false;
    bool version = false;

    std::optional<sse_mode> sse{};
    std::string sse_kms_key_id{};
    std::string sse_context{};
    std::string sse_c_key_file{};
    std::string source_sse_c_key_file{};
    std::string source_region{};

    std::optional<std::uint64_t> part_size{};
    std::optional<std::uint32_t> parallel{};
    bool resume = false;
    std::string checkpoint{}; ///< Which means `resume`.
    bool compare = false;
    std::optional<std::chrono::seconds> timeout{}; ///< Of the whole transfer.
    cosio::storage_class storage_class = cosio::storage_class::unspecified;

    bool recursive = false;
    std::optional<std::uint32_t> days{};
    std::optional<cosio::restore_tier> tier{};
    std::optional<std::chrono::seconds> expires{};
    std::optional<presign_method> method{};
};

/// One option of the command line.
struct option
{
    std::string_view name;        ///< With its hyphens.
    std::string_view placeholder; ///< Of its value; empty: it takes none.
    std::string_view help;
    /// Throws `usage_error`, which says what the option takes.
    void (*set)(options& into, std::string_view value);
};

[[nodiscard]] std::span<const option> all_options();

/// Nothing when there is none of that name.
[[nodiscard]] const option* find_option(std::string_view name);

} // namespace cli

#endif
