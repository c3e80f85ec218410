// SPDX-License-Identifier: MIT
//
// The header fields of a request, kept as the text that goes on the wire.

#ifndef COSIO_HTTP_FIELD_LIST_HPP
#define COSIO_HTTP_FIELD_LIST_HPP

#include <cosio/crypto/secret.hpp>
#include <cosio/detail/ascii.hpp>
#include <cosio/detail/inline_vector.hpp>
#include <cosio/http/field.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace cosio::inline v0::http {

/// Header fields as `Name: value\r\n` lines. The memory is wiped, as some values are keys.
///
/// Adds what it is given: values were validated where they came in.
class field_list
{
public:
    void add(std::string_view name, std::string_view value)
    {
        add_written(name, [value](crypto::secret_buffer& text) { text.append(value); });
    }

    /// Lets `write` append the value to the text itself, so that no copy of it is made.
    template <class Write>
    void add_written(std::string_view name, Write&& write)
    {
        field_position position{};
        position.name = text_.size();
        text_.append(name, ": ");
        position.value = text_.size();
        write(text_);
        position.end = text_.size();
        text_.append("\r\n");
        positions_.push_back(position);
    }

    [[nodiscard]] std::size_t size() const noexcept { return positions_.size(); }

    /// Valid until the next `add`.
    [[nodiscard]] field operator[](std::size_t index) const noexcept
    {
        const auto& position = positions_[index];
        const auto text = text_.view();
        return {text.substr(position.name, position.value - 2 - position.name),
            text.substr(position.value, position.end - position.value)};
    }

    /// The value of the first field of that name, in any case.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept
    {
        for (std::size_t i = 0; i != size(); ++i)
            if (detail::equal_ignoring_case((*this)[i].name, name))
                return (*this)[i].value;
        return std::nullopt;
    }

    /// Forgets and wipes all fields, keeps the memory.
    void clear() noexcept
    {
        text_.clear();
        positions_.clear();
    }

    /// All lines, each ended by CRLF.
    [[nodiscard]] std::string_view text() const noexcept { return text_.view(); }

private:
    struct field_position
    {
        std::size_t name;
        std::size_t value;
        std::size_t end;
    };

    static constexpr std::size_t usual_fields = 8;

    crypto::secret_buffer text_{};
    detail::inline_vector<field_position, usual_fields> positions_{};
};

} // namespace cosio::inline v0::http

#endif
