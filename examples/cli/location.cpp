#include "location.hpp"

#include "output.hpp"
#include "usage_error.hpp"

#include <cosio/dialect/cos.hpp>

#include <fmt/format.h>

namespace cli {

namespace {

constexpr std::string_view object_prefix = "cos://";

location parse_cos(std::string_view text)
{
    const auto rest = text.substr(object_prefix.size());
    const auto slash = rest.find('/');
    location out;
    out.where = location::place::object;
    out.bucket = rest.substr(0, slash);
    if (slash != std::string_view::npos)
        out.key = rest.substr(slash + 1);
    if (const auto problem = cosio::dialect::cos::bucket_problem(out.bucket); !problem.empty())
        throw usage_error(fmt::format("'{}': the bucket {}", text, problem));
    return out;
}

} // namespace

std::string location::text() const
{
    switch (where) {
    case place::object:
        return key.empty() ? fmt::format("{}{}", object_prefix, bucket)
                           : fmt::format("{}{}/{}", object_prefix, bucket, key);
    case place::standard_stream: return "-";
    case place::file: break;
    }
    return path;
}

location parse_location(std::string_view text)
{
    if (text.starts_with(object_prefix))
        return parse_cos(text);
    if (text.empty())
        throw usage_error("an operand must not be empty");
    if (text.starts_with("cos:") || text.substr(0, text.find('/')).ends_with(':'))
        throw usage_error(fmt::format(
            "'{}' is no location: objects are cos://bucket/key, files with a colon ./a:b", text));
    location out;
    if (text == "-")
        out.where = location::place::standard_stream;
    else
        out.path = text;
    return out;
}

location parse_object(std::string_view text)
{
    auto out = parse_location(text);
    if (!out.is_object())
        throw usage_error(fmt::format("'{}' must be an object, cos://bucket/key", text));
    if (out.key.empty())
        throw usage_error(fmt::format("'{}' names a bucket, no object: a key is missing", text));
    return out;
}

std::string file_name_of(std::string_view key_or_path)
{
    const auto slash = key_or_path.rfind('/');
    const auto name =
        slash == std::string_view::npos ? key_or_path : key_or_path.substr(slash + 1);
    if (name.empty() || name == "." || name == ".." || name.find('\0') != std::string_view::npos)
        throw usage_error(fmt::format("'{}' does not end in a name: give the destination in full",
            printable(key_or_path)));
    return std::string(name);
}

location completed(location to, std::string_view copied)
{
    if (to.is_object() && (to.key.empty() || to.key.ends_with('/')))
        to.key += file_name_of(copied);
    if (to.is_file() && to.path.ends_with('/'))
        to.path += file_name_of(copied);
    return to;
}

} // namespace cli
