#include "arguments.hpp"

#include "usage_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace cli {

namespace {

/// Where those secrets go that do not go on a command line, which every user of a machine can read.
std::string_view hint_for(std::string_view name)
{
    constexpr std::array<std::string_view, 4> of_credentials{
        "--secret-id", "--secret-key", "--session-token", "--token"};
    constexpr std::array<std::string_view, 3> of_keys{
        "--sse-c-key", "--key", "--source-sse-c-key"};
    if (std::ranges::find(of_credentials, name) != of_credentials.end())
        return "; credentials come from COS_SECRET_ID, COS_SECRET_KEY and COS_SESSION_TOKEN in the "
               "environment, or from --credentials-file";
    if (std::ranges::find(of_keys, name) != of_keys.end())
        return "; a key comes from a file: --sse-c-key-file";
    return {};
}

class parser
{
public:
    explicit parser(std::span<const char* const> words) : words_(words) {}

    arguments parse()
    {
        for (; next_ != words_.size(); ++next_) {
            const std::string_view word = words_[next_];
            if (only_operands_ || word == "-" || !word.starts_with('-'))
                take_operand(word);
            else if (word == "--")
                only_operands_ = true;
            else
                take_option(word);
        }
        if (!out_.chosen.help && !out_.chosen.version)
            check();
        return std::move(out_);
    }

private:
    void take_operand(std::string_view word)
    {
        if (out_.what != nullptr)
            return out_.operands.emplace_back(word), void();
        if (word == "help" && !helping_) {
            out_.chosen.help = helping_ = true;
            return;
        }
        out_.what = find_command(word);
        if (out_.what == nullptr)
            throw usage_error(fmt::format("there is no command '{}'; see cosio --help", word));
    }

    void take_option(std::string_view word)
    {
        const auto equals = word.find('=');
        const auto name = word.substr(0, equals);
        const auto* const found = find_option(name);
        if (found == nullptr)
            throw usage_error(fmt::format("there is no option '{}'{}", name, hint_for(name)));
        std::string_view value;
        if (found->placeholder.empty()) {
            if (equals != std::string_view::npos)
                throw usage_error(fmt::format("{} takes no value", name));
        } else if (equals != std::string_view::npos) {
            value = word.substr(equals + 1);
        } else {
            if (++next_ == words_.size())
                throw usage_error(fmt::format("{} takes a value, {}", name, found->placeholder));
            value = words_[next_];
        }
        try {
            found->set(out_.chosen, value);
        } catch (const usage_error& problem) {
            throw usage_error(fmt::format("{} {}", name, problem.what()));
        }
        given_.push_back(found->name);
    }

    void check() const
    {
        if (out_.what == nullptr)
            throw usage_error("a command is missing; see cosio --help");
        const auto& what = *out_.what;
        for (const auto name : given_)
            if (!what.takes(name))
                throw usage_error(fmt::format("'{}' has no {}", what.name, name));
        const auto count = out_.operands.size();
        if (count < what.fewest || count > what.most)
            throw usage_error(fmt::format("too {} operands: cosio {} {}",
                count < what.fewest ? "few" : "many", what.name, what.operands));
    }

    std::span<const char* const> words_;
    std::size_t next_ = 0;
    bool only_operands_ = false;
    bool helping_ = false;
    std::vector<std::string_view> given_{};
    arguments out_{};
};

} // namespace

arguments parse_arguments(std::span<const char* const> words)
{
    return parser(words).parse();
}

} // namespace cli
