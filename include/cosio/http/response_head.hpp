// SPDX-License-Identifier: MIT
//
// The status and header fields of a reply.

#ifndef COSIO_HTTP_RESPONSE_HEAD_HPP
#define COSIO_HTTP_RESPONSE_HEAD_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/detail/inline_vector.hpp>
#include <cosio/http/field_list.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::http {

/// A parsed head. Owns its text; views into it live as long as it is neither moved nor changed.
class response_head
{
public:
    unsigned status = 0;
    /// 0 or 1: HTTP/1.0 or HTTP/1.1.
    unsigned minor_version = 1;
    /// The validated `Content-Length`, when there is one.
    std::optional<std::uint64_t> content_length{};
    /// `Transfer-Encoding: chunked`.
    bool chunked = false;
    /// Whether the peer keeps the connection open after this reply.
    bool keep_alive = false;

    [[nodiscard]] std::size_t size() const noexcept { return positions_.size(); }

    [[nodiscard]] field operator[](std::size_t index) const noexcept
    {
        const auto& position = positions_[index];
        return {{text_.data() + position.name, position.name_length},
            {text_.data() + position.value, position.value_length}};
    }

    /// The value of the first field of that name, in any case.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept
    {
        for (std::size_t i = 0; i != size(); ++i)
            if (positions_[i].name_length == name.size() &&
                detail::equal_ignoring_case((*this)[i].name, name))
                return (*this)[i].value;
        return std::nullopt;
    }

    /// As `find`, with an empty view for an absent field.
    [[nodiscard]] std::string_view get(std::string_view name) const noexcept
    {
        return find(name).value_or(std::string_view{});
    }

    /// The bytes of the head, without the blank line at the end.
    [[nodiscard]] std::string_view text() const noexcept { return text_; }

    /// For the parser: takes the text over, of less than 4 GiB; the fields are then given by `add_field`.
    void assign_text(std::string_view text)
    {
        text_ = text;
        positions_.clear();
    }
    /// For the parser: positions within the text.
    void add_field(
        std::size_t name, std::size_t name_length, std::size_t value, std::size_t value_length)
    {
        positions_.push_back({static_cast<std::uint32_t>(name),
            static_cast<std::uint32_t>(name_length), static_cast<std::uint32_t>(value),
            static_cast<std::uint32_t>(value_length)});
    }

private:
    struct field_position
    {
        std::uint32_t name;
        std::uint32_t name_length;
        std::uint32_t value;
        std::uint32_t value_length;
    };

    static constexpr std::size_t usual_fields = 16;

    std::string text_{};
    detail::inline_vector<field_position, usual_fields> positions_{};
};

} // namespace cosio::inline v0::http

#endif
