#include "help.hpp"

#include "options.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <span>
#include <string_view>

namespace cli {

namespace {

void append_options(std::string& text, std::span<const std::string_view> names)
{
    constexpr std::size_t column = 32;
    for (const auto name : names) {
        const auto* const one = find_option(name);
        const auto left = fmt::format(
            "  {}{}{}", one->name, one->placeholder.empty() ? "" : " ", one->placeholder);
        text += fmt::format("{:<{}}{}\n", left, column, one->help);
    }
}

} // namespace

std::string help_text(const command* about)
{
    std::string text;
    if (about != nullptr) {
        text = fmt::format("usage: cosio {} [options] {}\n\n", about->name, about->operands);
        text += fmt::format(
            "{}{}{}\n", about->summary, about->text.empty() ? "\n" : "\n\n", about->text);
        append_options(text, about->options);
        if (!about->options.empty())
            text += "\n";
    } else {
        text =
            "usage: cosio COMMAND [options] OPERANDS\n\n"
            "Objects of Tencent Cloud COS, written cos://bucket/key, and of S3 services, written\n"
            "s3://bucket/key.\n\n";
        for (const auto& one : all_commands())
            text += fmt::format(
                "  {:<30}{}\n", fmt::format("{} {}", one.name, one.operands), one.summary);
        text += "\n'cosio COMMAND --help' tells more about each. Options of all:\n\n";
    }
    append_options(text, common_options());
    if (about == nullptr)
        text +=
            "\nCredentials come from COS_SECRET_ID, COS_SECRET_KEY and COS_SESSION_TOKEN; for S3 "
            "from\nAWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, when these "
            "are set. Ends with\n0 when all is done, 1 when something failed, 2 when it was not "
            "understood, 130 when it was\ninterrupted.\n";
    return text;
}

} // namespace cli
