#include "location.hpp"

#include "output.hpp"
#include "usage_error.hpp"

#include <cosio/dialect/cos.hpp>
#include <cosio/dialect/s3.hpp>
#include <cosio/transfer/through_file.hpp>

#include <fmt/format.h>

#include <fcntl.h>

namespace cli {

namespace {

constexpr std::string_view prefix_of(dialect_choice dialect)
{
    return dialect == dialect_choice::s3 ? "s3://" : "cos://";
}

std::string_view bucket_problem(dialect_choice dialect, std::string_view bucket)
{
    return dialect == dialect_choice::s3 ? cosio::dialect::s3::bucket_problem(bucket)
                                         : cosio::dialect::cos::bucket_problem(bucket);
}

location parse_with_scheme(dialect_choice dialect, std::string_view text)
{
    const auto rest = text.substr(prefix_of(dialect).size());
    const auto slash = rest.find('/');
    location out;
    out.where = location::place::object;
    out.dialect = dialect;
    out.bucket = rest.substr(0, slash);
    if (slash != std::string_view::npos)
        out.key = rest.substr(slash + 1);
    if (const auto problem = bucket_problem(dialect, out.bucket); !problem.empty())
        throw usage_error(fmt::format("'{}': the bucket {}", text, problem));
    return out;
}

} // namespace

std::string location::text() const
{
    switch (where) {
    case place::object:
        return key.empty() ? fmt::format("{}{}", prefix_of(dialect), bucket)
                           : fmt::format("{}{}/{}", prefix_of(dialect), bucket, key);
    case place::standard_stream: return "-";
    case place::file: break;
    }
    return path;
}

std::optional<dialect_choice> dialect_of(std::string_view operand)
{
    for (const auto dialect : {dialect_choice::cos, dialect_choice::s3})
        if (operand.starts_with(prefix_of(dialect)))
            return dialect;
    return std::nullopt;
}

/// What the program was given stays open when it starts another one; what it opens itself does not.
bool is_own_descriptor(const std::string& path)
{
    const auto number = cosio::transfer::descriptor_named(path);
    if (!number)
        return false;
    const int flags = ::fcntl(*number, F_GETFD);
    return flags != -1 && (flags & FD_CLOEXEC) != 0;
}

location parse_location(std::string_view text)
{
    if (const auto dialect = dialect_of(text))
        return parse_with_scheme(*dialect, text);
    if (text.empty())
        throw usage_error("an operand must not be empty");
    if (text.starts_with("cos:") || text.starts_with("s3:") ||
        text.substr(0, text.find('/')).ends_with(':'))
        throw usage_error(fmt::format(
            "'{}' is no location: objects are cos://bucket/key or s3://bucket/key, files with a "
            "colon ./a:b",
            text));
    if (is_own_descriptor(std::string(text)))
        throw usage_error(fmt::format("'{}' is no descriptor that the program was given", text));
    location out;
    if (text == "-")
        out.where = location::place::standard_stream;
    else
        out.path = text;
    return out;
}

dialect_choice choose_dialect(
    std::optional<dialect_choice> asked, std::span<const std::string> operands)
{
    std::optional<dialect_choice> said;
    for (const auto& operand : operands) {
        const auto here = dialect_of(operand);
        if (said && here && *said != *here)
            throw usage_error("cos:// and s3:// do not go together in one command");
        said = here ? here : said;
    }
    if (asked == dialect_choice::cos && said == dialect_choice::s3)
        throw usage_error("s3:// needs --dialect s3, or none");
    return asked.value_or(said.value_or(dialect_choice::cos));
}

location parse_object(std::string_view text)
{
    auto out = parse_location(text);
    if (!out.is_object())
        throw usage_error(
            fmt::format("'{}' must be an object, cos://bucket/key or s3://bucket/key", text));
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
