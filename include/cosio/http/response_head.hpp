// SPDX-License-Identifier: MIT
//
// The status and header fields of a reply.

#ifndef COSIO_HTTP_RESPONSE_HEAD_HPP
#define COSIO_HTTP_RESPONSE_HEAD_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/detail/inline_text.hpp>
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
        return may_have(name) ? search(name) : std::nullopt;
    }

    /// As `find`, with an empty view for an absent field.
    [[nodiscard]] std::string_view get(std::string_view name) const noexcept
    {
        return find(name).value_or(std::string_view{});
    }

    /// The bytes of the head, without the blank line at the end.
    [[nodiscard]] std::string_view text() const noexcept { return text_.view(); }

    /// For the parser: takes the text over, of less than 4 GiB; the fields are then given by
    /// `add_field`.
    void assign_text(std::string_view text)
    {
        text_.clear();
        text_.append(text);
        positions_.clear();
        names_ = 0;
    }
    /// For the parser: positions within the text.
    void add_field(
        std::size_t name, std::size_t name_length, std::size_t value, std::size_t value_length)
    {
        positions_.push_back({static_cast<std::uint32_t>(name),
            static_cast<std::uint32_t>(name_length), static_cast<std::uint32_t>(value),
            static_cast<std::uint32_t>(value_length)});
        names_ |= mark_of({text_.data() + name, name_length});
    }

private:
    /// Mostly false for a field that is not there; the compiler knows the mark of a name it knows.
    [[nodiscard]] bool may_have(std::string_view name) const noexcept
    {
        return (names_ & mark_of(name)) != 0;
    }

    [[nodiscard]] std::optional<std::string_view> search(std::string_view name) const noexcept
    {
        for (std::size_t i = 0; i != size(); ++i)
            if (positions_[i].name_length == name.size() &&
                detail::equal_ignoring_case((*this)[i].name, name))
                return (*this)[i].value;
        return std::nullopt;
    }

    /// One of 64 bits, whatever the case of the letters; mostly another one for another name.
    [[nodiscard]] static constexpr std::uint64_t mark_of(std::string_view name) noexcept
    {
        if (name.empty())
            return 0;
        const auto letter = [name](std::size_t at) {
            constexpr unsigned lower_case = 0x20; // Of other characters it makes something, too.
            return static_cast<unsigned char>(name[at]) | lower_case;
        };
        const auto mixed = name.size() + 5 * letter(name.size() - 1) + 11 * letter(name.size() / 2);
        return std::uint64_t{1} << mixed % 64;
    }

    struct field_position
    {
        std::uint32_t name;
        std::uint32_t name_length;
        std::uint32_t value;
        std::uint32_t value_length;
    };

    static constexpr std::size_t usual_fields = 16;

    detail::inline_text<1024> text_{}; // Most heads are shorter.
    std::uint64_t names_ = 0; // The marks of all: most look-ups are for fields that are not there.
    detail::inline_vector<field_position, usual_fields> positions_{};
};

} // namespace cosio::inline v0::http

#endif
