// SPDX-License-Identifier: MIT
//
// Numbers and truth values in documents: what is not of its form refuses the document.

#ifndef COSIO_OPERATION_SHARED_DOCUMENT_VALUES_HPP
#define COSIO_OPERATION_SHARED_DOCUMENT_VALUES_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/xml/reader.hpp>

#include <string_view>

namespace cosio::inline v0::operation {

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
