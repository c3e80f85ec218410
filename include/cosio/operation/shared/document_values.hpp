// SPDX-License-Identifier: MIT
//
// Texts, numbers and truth values in documents: what is not of its form, or stands twice, refuses
// the document.

#ifndef COSIO_OPERATION_SHARED_DOCUMENT_VALUES_HPP
#define COSIO_OPERATION_SHARED_DOCUMENT_VALUES_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/xml/reader.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::operation {

/// Puts the text of the open element, which is closed, into `to`, which is empty unless the element
/// stands twice: which of them is meant nobody can tell.
inline void text_into(std::string& to, xml::reader& document)
{
    auto text = document.text();
    if (!to.empty() && to != text)
        document.refuse("an element stands twice, and differs");
    to = std::move(text);
}

/// For what `text_into` does not see: `seen` says whether the open element stood before.
inline void stands_once(bool& seen, xml::reader& document) noexcept
{
    if (std::exchange(seen, true))
        document.refuse("an element stands twice");
}

/// The decimal number in the open element, which is closed. `refusal` has static storage.
template <class Number>
[[nodiscard]] Number number_in(xml::reader& document, std::string_view refusal)
{
    const auto number = detail::parse_number<Number>(document.text());
    if (!number)
        document.refuse(refusal);
    return number.value_or(Number{});
}

/// `true` or `false` in the open element, which is closed. `refusal` has static storage.
[[nodiscard]] inline bool boolean_in(xml::reader& document, std::string_view refusal)
{
    const auto text = document.text();
    const bool is_true = text == "true";
    if (!is_true && text != "false")
        document.refuse(refusal);
    return is_true;
}

} // namespace cosio::inline v0::operation

#endif
