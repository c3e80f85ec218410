// SPDX-License-Identifier: MIT
//
// The status and header fields of a reply.

#ifndef COSIO_HTTP_RESPONSE_HEAD_HPP
#define COSIO_HTTP_RESPONSE_HEAD_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/detail/inline_text.hpp>
#include <cosio/detail/inline_vector.hpp>
#include <cosio/http/field_list.hpp>

#include <array>
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

    [[nodiscard]] std::size_t size() const noexcept
    {
        return text_.empty() ? 0 : positions_.size(); // Without a text they lead nowhere.
    }

    [[nodiscard]] field operator[](std::size_t index) const noexcept
    {
        const auto& position = positions_[index];
        return {{text_.data() + position.name, position.name_length},
            {text_.data() + position.value, position.value_length}};
    }

    /// The value of the first field of that name, in any case.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept
    {
        const auto index = index_of(name);
        return index < size() ? std::optional((*this)[index].value) : std::nullopt;
    }

    /// Calls `visit(value)` for each field of that name, in any case.
    template <class Visit>
    void for_each(std::string_view name, Visit&& visit) const
    {
        for (auto i = index_of(name); i < size(); i = search(name, i + 1))
            visit((*this)[i].value);
    }

    /// As `find`, with an empty view for an absent field.
    [[nodiscard]] std::string_view get(std::string_view name) const noexcept
    {
        return find(name).value_or(std::string_view{});
    }

    /// Mostly false for a name that there are not several fields of; cheaper than to look for them.
    [[nodiscard]] bool may_repeat(std::string_view name) const noexcept
    {
        return (marks_of_several_ >> mark_of(name) & 1U) != 0;
    }

    /// Whether there are several fields of that name, in any case, whose values differ.
    [[nodiscard]] bool contradicts_itself(std::string_view name) const noexcept
    {
        const auto first = index_of(name);
        for (auto i = first; i < size(); i = search(name, i + 1))
            if ((*this)[i].value != (*this)[first].value)
                return true;
        return false;
    }

    /// The bytes of the head, without the blank line at the end.
    [[nodiscard]] std::string_view text() const noexcept { return text_.view(); }

    /// For the parser: as it was made, but for the memory.
    void clear() noexcept
    {
        status = 0;
        minor_version = 1;
        content_length.reset();
        chunked = keep_alive = false;
        text_.clear();
        positions_.clear();
        marks_ = marks_of_several_ = 0;
    }
    /// For the parser: positions within the text, of less than 4 GiB. The field is not there before
    /// `complete` has given that.
    void add_field(std::string_view name, std::size_t name_position, std::size_t value_position,
        std::size_t value_length)
    {
        const auto mark = mark_of(name);
        if (!may_have(mark)) {
            marks_ |= std::uint64_t{1} << mark;
            first_of_mark_[mark] = static_cast<std::uint8_t>(added()); // Too low is no harm.
        } else {
            marks_of_several_ |= std::uint64_t{1} << mark;
        }
        positions_.push_back({static_cast<std::uint32_t>(name_position),
            static_cast<std::uint32_t>(name.size()), static_cast<std::uint32_t>(value_position),
            static_cast<std::uint32_t>(value_length)});
    }
    /// For the parser: how many fields were added.
    [[nodiscard]] std::size_t added() const noexcept { return positions_.size(); }
    /// For the parser, once all fields were added: the text that they are in.
    void complete(std::string_view text) { text_.append(text); }

private:
    /// Mostly false for a field that is not there; the compiler knows the mark of a name it knows.
    [[nodiscard]] bool may_have(std::size_t mark) const noexcept
    {
        return (marks_ >> mark & 1U) != 0;
    }

    [[nodiscard]] bool is_named(std::size_t index, std::string_view name) const noexcept
    {
        return positions_[index].name_length == name.size() &&
            detail::equal_ignoring_case((*this)[index].name, name);
    }

    /// Where the first field of that name is; `size()` for none.
    [[nodiscard]] std::size_t index_of(std::string_view name) const noexcept
    {
        const auto mark = mark_of(name);
        return may_have(mark) ? search(name, first_of_mark_[mark]) : size();
    }
    /// As `index_of`, among the fields from `from` on.
    [[nodiscard]] std::size_t search(std::string_view name, std::size_t from) const noexcept
    {
        const auto count = size();
        while (from < count && !is_named(from, name))
            ++from;
        return from;
    }

    /// One of 64, whatever the case of the letters; mostly another one for another name.
    [[nodiscard]] static constexpr std::size_t mark_of(std::string_view name) noexcept
    {
        if (name.empty())
            return 0;
        const auto letter = [name](std::size_t at) {
            constexpr unsigned lower_case = 0x20; // Of other characters it makes something, too.
            return static_cast<unsigned char>(name[at]) | lower_case;
        };
        return (name.size() + 5 * letter(name.size() - 1) + 11 * letter(name.size() / 2)) %
            mark_count;
    }

    struct field_position
    {
        std::uint32_t name;
        std::uint32_t name_length;
        std::uint32_t value;
        std::uint32_t value_length;
    };

    static constexpr std::size_t usual_fields = 16;
    static constexpr std::size_t mark_count = 64;

    detail::inline_text<1024> text_{}; // Most heads are shorter.
    std::uint64_t marks_ = 0; // Of all fields: most look-ups are for fields that are not there.
    std::uint64_t marks_of_several_ = 0; // Of several fields, which may have one name.
    std::array<std::uint8_t, mark_count> first_of_mark_{}; // Where to begin to look.
    detail::inline_vector<field_position, usual_fields> positions_{};
};

} // namespace cosio::inline v0::http

#endif
