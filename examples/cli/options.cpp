#include "options.hpp"

#include "byte_count.hpp"
#include "usage_error.hpp"

#include <cosio/detail/ascii.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace cli {

namespace {

using cosio::detail::equal_ignoring_case;

[[noreturn]] void refuse(std::string_view rule, std::string_view value)
{
    throw usage_error(fmt::format("takes {}, not '{}'", rule, value));
}

std::string text_of(std::string_view rule, std::string_view value)
{
    if (value.empty())
        refuse(rule, value);
    return std::string(value);
}

template <class Value, std::size_t Count>
Value choice_of(const std::array<std::pair<std::string_view, Value>, Count>& choices,
    std::string_view rule, std::string_view value)
{
    for (const auto& [name, meant] : choices)
        if (equal_ignoring_case(name, value))
            return meant;
    refuse(rule, value);
}

template <class Number>
Number number_of(std::string_view rule, std::string_view value)
{
    const auto number = cosio::detail::parse_number<Number>(value);
    if (!number || *number == 0)
        refuse(rule, value);
    return *number;
}

constexpr std::string_view a_file = "the name of a file";

constexpr std::array<std::pair<std::string_view, dialect_choice>, 2> dialects{
    {{"cos", dialect_choice::cos}, {"s3", dialect_choice::s3}}};
constexpr std::array<std::pair<std::string_view, sse_mode>, 5> modes{{{"none", sse_mode::none},
    {"cos", sse_mode::cos}, {"s3", sse_mode::cos}, {"kms", sse_mode::kms}, {"c", sse_mode::c}}};
constexpr std::array<std::pair<std::string_view, cosio::log_level>, 2> levels{
    {{"info", cosio::log_level::info}, {"debug", cosio::log_level::debug}}};
constexpr std::array<std::pair<std::string_view, cosio::restore_tier>, 3> tiers{
    {{"expedited", cosio::restore_tier::expedited}, {"standard", cosio::restore_tier::standard},
        {"bulk", cosio::restore_tier::bulk}}};
constexpr std::array<std::pair<std::string_view, presign_method>, 3> methods{
    {{"get", presign_method::get}, {"put", presign_method::put}, {"head", presign_method::head}}};

void set_part_size(options& into, std::string_view value)
{
    constexpr std::uint64_t least = std::uint64_t{1} << 20U;
    constexpr std::uint64_t most = std::uint64_t{5} << 30U;
    into.part_size = parse_byte_count(value);
    if (!into.part_size || *into.part_size < least || *into.part_size > most)
        refuse("a size from 1M to 5G, such as 16M", value);
}

void set_parallel(options& into, std::string_view value)
{
    constexpr std::uint32_t most = 100;
    constexpr std::string_view rule = "a number from 1 to 100";
    into.parallel = number_of<std::uint32_t>(rule, value);
    if (*into.parallel > most)
        refuse(rule, value);
}

void set_storage_class(options& into, std::string_view value)
{
    using enum cosio::storage_class;
    for (const auto each : {standard, standard_ia, intelligent_tiering, archive, deep_archive, cold,
             maz_standard, maz_standard_ia, maz_intelligent_tiering})
        if (equal_ignoring_case(name_of(each), value)) {
            into.storage_class = each;
            return;
        }
    if (equal_ignoring_case("GLACIER", value)) { // As S3 calls it.
        into.storage_class = archive;
        return;
    }
    refuse("STANDARD, STANDARD_IA, INTELLIGENT_TIERING, ARCHIVE, DEEP_ARCHIVE, COLD, or MAZ_ and "
           "one of the first three",
        value);
}

constexpr std::array table{
    option{"--sse", "MODE",
        "encryption of what is written: cos (or s3), kms, c; none: the bucket's own",
        [](options& into, std::string_view value) {
            into.sse = choice_of(modes, "cos, s3, kms, c or none", value);
        }},
    option{"--sse-kms-key-id", "ID", "master key of --sse kms; else the account's default one",
        [](options& into, std::string_view value) {
            into.sse_kms_key_id = text_of("the id of a key", value);
        }},
    option{"--sse-context", "JSON", "encryption context of --sse kms: {\"name\":\"value\"}",
        [](options& into, std::string_view value) {
            into.sse_context = text_of("a JSON object", value);
        }},
    option{"--sse-c-key-file", "FILE", "customer key: 32 raw bytes or their base64",
        [](options& into, std::string_view value) {
            into.sse_c_key_file = text_of(a_file, value);
        }},
    option{"--source-sse-c-key-file", "FILE", "customer key of the source of a copy",
        [](options& into, std::string_view value) {
            into.source_sse_c_key_file = text_of(a_file, value);
        }},
    option{"--source-region", "REGION", "where the source of a copy is, if elsewhere (not for s3)",
        [](options& into, std::string_view value) {
            into.source_region = text_of("a region", value);
        }},
    option{"--storage-class", "CLASS", "of what is written: STANDARD, ARCHIVE, DEEP_ARCHIVE, ...",
        &set_storage_class},
    option{"--part-size", "SIZE", "of the parts of a large object: 1M to 5G", &set_part_size},
    option{"--parallel", "N", "parts under way at once: 1 to 100", &set_parallel},
    option{"--resume", "", "keep <file>.cosio-checkpoint, and go on from one that is there",
        [](options& into, std::string_view) { into.resume = true; }},
    option{"--checkpoint", "FILE", "as --resume, but keep and look for it in this file",
        [](options& into, std::string_view value) {
            into.checkpoint = text_of(a_file, value);
            into.resume = true;
        }},
    option{"--compare", "", "read an uploaded file again before its object is made, and compare",
        [](options& into, std::string_view) { into.compare = true; }},
    option{"--timeout", "SECONDS", "of the whole transfer; one that takes longer fails",
        [](options& into, std::string_view value) {
            into.timeout = std::chrono::seconds(
                number_of<std::uint32_t>("a number of seconds, at least 1", value));
        }},
    option{"--recursive", "", "cp: all objects of a folder; ls: every key, unfolded",
        [](options& into, std::string_view) { into.recursive = true; }},
    option{"--days", "N", "how long the restored copy is kept",
        [](options& into, std::string_view value) {
            into.days = number_of<std::uint32_t>("a number of days, at least 1", value);
        }},
    option{"--tier", "TIER", "how fast, at what price: expedited, standard (default) or bulk",
        [](options& into, std::string_view value) {
            into.tier = choice_of(tiers, "expedited, standard or bulk", value);
        }},
    option{"--expires", "SECONDS", "how long the URL is valid: 3600 by default",
        [](options& into, std::string_view value) {
            into.expires = std::chrono::seconds(
                number_of<std::uint32_t>("a number of seconds, at least 1", value));
        }},
    option{"--method", "METHOD", "what the URL is for: get (default), put or head",
        [](options& into, std::string_view value) {
            into.method = choice_of(methods, "get, put or head", value);
        }},
    option{"--quiet", "", "no progress, no line about what was done",
        [](options& into, std::string_view) { into.quiet = true; }},
    option{"--dialect", "NAME", "cos or s3; else that of the locations: cos:// or s3://",
        [](options& into, std::string_view value) {
            into.dialect = choice_of(dialects, "cos or s3", value);
        }},
    option{"--region", "REGION", "such as ap-guangzhou; else COS_REGION; for S3 AWS_REGION",
        [](options& into, std::string_view value) { into.region = text_of("a region", value); }},
    option{"--endpoint", "HOST[:PORT]", "the service, not Tencent's (cos) or Amazon's (s3)",
        [](options& into, std::string_view value) {
            into.endpoint = text_of("host or host:port", value);
        }},
    option{"--connect-to", "HOST[:PORT]", "connect there, whatever host the requests name",
        [](options& into, std::string_view value) {
            into.connect_to = text_of("host or host:port", value);
        }},
    option{"--ca-file", "FILE", "certificates to trust, instead of the system's",
        [](options& into, std::string_view value) { into.ca_file = text_of(a_file, value); }},
    option{"--path-style", "", "the bucket goes into the path, not the host",
        [](options& into, std::string_view) { into.path_style = true; }},
    option{"--http", "", "without TLS; customer keys and session tokens are then refused",
        [](options& into, std::string_view) { into.http = true; }},
    option{"--credentials-file", "FILE", "lines COS_SECRET_ID=... and so on; else the environment",
        [](options& into, std::string_view value) {
            into.credentials_file = text_of(a_file, value);
        }},
    option{"--log", "LEVEL", "log requests to standard error: info or debug, without secrets",
        [](options& into, std::string_view value) {
            into.log = choice_of(levels, "info or debug", value);
        }},
    option{"--version", "", "print the version",
        [](options& into, std::string_view) { into.version = true; }},
    option{"--help", "", "print this", [](options& into, std::string_view) { into.help = true; }},
};

} // namespace

std::span<const option> all_options()
{
    return table;
}

const option* find_option(std::string_view name)
{
    const auto* const found = std::ranges::find(table, name, &option::name);
    return found == table.end() ? nullptr : found;
}

} // namespace cli
