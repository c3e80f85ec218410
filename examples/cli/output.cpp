#include "output.hpp"

#include "byte_count.hpp"

#include <cosio/detail/ascii.hpp>

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <utility>
#include <vector>

namespace cli {

namespace {

/// The option that sets a member of a request or configuration, else its name. A path is in the
/// message already.
std::string subject_of(std::string_view field)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> options{
        {{"part_size", "--part-size"}, {"parallelism", "--parallel"}, {"region", "--region"},
            {"copy_source.region", "--source-region"}, {"endpoint", "--endpoint"},
            {"connect_to", "--connect-to"}, {"tls.ca_file", "--ca-file"},
            {"sse.key_id", "--sse-kms-key-id"}, {"sse.context", "--sse-context"}}};
    if (field.empty() || field == "path")
        return {};
    for (const auto& [member, option] : options)
        if (field == member)
            return fmt::format("{}: ", option);
    return fmt::format("{}: ", field);
}

} // namespace

std::string printable(std::string_view text)
{
    std::string out;
    for (const char c : text)
        if (cosio::detail::is_control(c))
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        else
            out += c;
    return out;
}

void print_line(std::string_view text)
{
    const auto line = printable(text) + "\n";
    std::fwrite(line.data(), 1, line.size(), stdout);
}

void complain(std::string_view command, std::string_view text)
{
    const auto line = command.empty()
        ? fmt::format("cosio: {}\n", printable(text))
        : fmt::format("cosio: {}: {}\n", command, printable(text));
    std::fwrite(line.data(), 1, line.size(), stderr);
}

std::string reason_of(const cosio::error& why)
{
    if (why.code == cosio::errc::cancelled)
        return "interrupted";
    auto text = subject_of(why.field);
    const auto kind = why.code.message();
    text += why.message;
    if (why.message.empty() || why.message.ends_with(": "))
        text += kind;
    std::vector<std::string> details;
    if (!why.service_code.empty())
        details.push_back(why.service_code);
    else if (text.find(kind) == std::string::npos && why.code != cosio::errc::invalid_argument)
        details.push_back(kind);
    if (why.http_status != 0)
        details.push_back(fmt::format("HTTP {}", why.http_status));
    if (!why.request_id.empty())
        details.push_back(fmt::format("request id {}", why.request_id));
    if (!details.empty())
        text += fmt::format(" [{}]", fmt::join(details, ", "));
    if (!why.region.empty())
        text += fmt::format("; the bucket is in region {}", why.region);
    return text;
}

std::string transfer_summary::text() const
{
    auto out = format_byte_count(size);
    if (parts != 0)
        out += fmt::format(" in {} part{}", parts, parts == 1 ? "" : "s");
    if (resumed_parts != 0)
        out += fmt::format(", {} of them by an earlier run", resumed_parts);
    out += crc64_verified ? ", CRC64 verified"
        : md5_verified    ? ", MD5 verified"
                          : ", no checksum to compare";
    out += sse.mode == cosio::encryption_mode::none ? ", not encrypted" : ", " + sse.describe();
    return out;
}

} // namespace cli
