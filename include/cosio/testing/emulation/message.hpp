// SPDX-License-Identifier: MIT
//
// Requests and replies as the emulator sees them.

#ifndef COSIO_TESTING_EMULATION_MESSAGE_HPP
#define COSIO_TESTING_EMULATION_MESSAGE_HPP

#include <cosio/detail/ascii.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::testing::emulation {

/// Header fields in the order in which they came.
class field_table
{
public:
    void add(std::string_view name, std::string_view value) { all_.emplace_back(name, value); }

    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const
    {
        for (const auto& [each, value] : all_)
            if (detail::equal_ignoring_case(each, name))
                return value;
        return std::nullopt;
    }

    [[nodiscard]] std::string_view get(std::string_view name) const
    {
        return find(name).value_or(std::string_view{});
    }

    [[nodiscard]] bool has(std::string_view name) const { return find(name).has_value(); }

    void erase(std::string_view name)
    {
        std::erase_if(all_, [name](const auto& each) {
            return detail::equal_ignoring_case(each.first, name);
        });
    }

    [[nodiscard]] auto begin() const noexcept { return all_.begin(); }
    [[nodiscard]] auto end() const noexcept { return all_.end(); }

private:
    std::vector<std::pair<std::string, std::string>> all_{};
};

/// A query parameter, decoded.
using parameter = std::pair<std::string, std::string>;

struct http_request
{
    std::string method{};
    std::string target{}; ///< As on the request line.
    field_table fields{};
    std::string body{};
    bool keep_alive = true;
    /// Came over TLS.
    bool secure = false;

    // Made from the target:
    std::string path{}; ///< Decoded.
    std::vector<parameter> parameters{};

    [[nodiscard]] std::optional<std::string_view> parameter_value(std::string_view name) const
    {
        for (const auto& [each, value] : parameters)
            if (detail::equal_ignoring_case(each, name))
                return value;
        return std::nullopt;
    }
    [[nodiscard]] bool has_parameter(std::string_view name) const
    {
        return parameter_value(name).has_value();
    }
};

struct http_reply
{
    unsigned status = 200;
    field_table fields{};
    std::string body{};
    /// Sent chunked, with blanks before the document, as COS does after a copy or a completion.
    bool chunked = false;
    /// The blanks of a chunked reply come behind the XML declaration, as S3 has it.
    bool declaration_first = false;
    /// The length to announce for a reply without body, as HEAD has.
    std::optional<std::uint64_t> announced_length{};
};

/// A refusal, thrown by whatever finds a reason for it.
struct refusal
{
    unsigned status = 400;
    std::string code{};
    std::string message{};
    field_table fields{};
    /// What its document has besides, by element.
    std::vector<std::pair<std::string, std::string>> elements{};
};

[[noreturn]] inline void refuse(unsigned status, std::string_view code, std::string_view message)
{
    throw refusal{status, std::string(code), std::string(message), {}, {}};
}

} // namespace cosio::inline v0::testing::emulation

#endif
