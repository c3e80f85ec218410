// SPDX-License-Identifier: MIT
//
// What the three listings have in common. A page is judged by what was asked, never by what it
// repeats of it: it holds at most as many entries, each names what it is about, and the next page
// begins behind this one.

#ifndef COSIO_OPERATION_SHARED_LISTING_HPP
#define COSIO_OPERATION_SHARED_LISTING_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/http/percent_encoding.hpp>
#include <cosio/operation/shared/document_values.hpp>
#include <cosio/operation/shared/request_builder.hpp>
#include <cosio/result.hpp>
#include <cosio/xml/reader.hpp>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cosio::inline v0::operation {

/// Source: COS documentation, "GET Bucket (List Objects)".
inline constexpr std::uint32_t most_entries_per_page = 1000;

/// Asks for encoded names, which is the only way to get every possible key through XML, and for a
/// page size; 0 leaves that to the service.
template <class Dialect>
void encode_page(request_builder<Dialect>& build, std::string_view size_parameter,
    std::uint32_t page_size, std::string_view field, listing_question asked)
{
    asked.most = page_size == 0 ? most_entries_per_page : page_size;
    build.expected().listing = std::make_unique<const listing_question>(std::move(asked));
    build.parameter("encoding-type", "url");
    if (page_size == 0)
        return;
    if (page_size > most_entries_per_page)
        return build.refuse(errc::invalid_argument, "must be at most 1000", field);
    build.parameter(size_parameter, std::to_string(page_size));
}

/// `EncodingType` as COS writes it in one of three ways.
[[nodiscard]] inline bool is_encoding_type(std::string_view element) noexcept
{
    return element == "EncodingType" || detail::equal_ignoring_case(element, "Encoding-Type");
}

/// A name in a listing, decoded when the listing says that it is encoded.
[[nodiscard]] inline result<std::string> decoded_name(std::string name, bool encoded)
{
    if (!encoded)
        return name;
    auto plain = http::percent_decoded(name, http::plus::space);
    if (!plain)
        return error(errc::malformed_response, "the listing has a name that cannot be decoded");
    return std::move(*plain);
}

/// Decodes several names in place.
[[nodiscard]] inline result<void> decode_names(
    std::initializer_list<std::string*> names, bool encoded)
{
    for (auto* const name : names) {
        auto plain = decoded_name(std::move(*name), encoded);
        if (!plain)
            return std::move(plain).error();
        *name = std::move(*plain);
    }
    return {};
}

/// Reads the text of the child `wanted` of the open element and skips its other children.
[[nodiscard]] inline std::string text_of_child(xml::reader& document, std::string_view wanted)
{
    std::string text;
    while (document.next_child()) {
        if (document.name() == wanted)
            text_into(text, document);
        else
            document.skip();
    }
    return text;
}

/// Appends an entry read by `read`, unless the page has more of them than were asked for: then the
/// document is refused, and what follows is not kept.
template <class Entry, class Read>
void add_entry(xml::reader& document, std::vector<Entry>& to, std::size_t others,
    const listing_question& asked, Read&& read)
{
    if (to.size() + others >= asked.most)
        document.refuse("the listing has more entries than were asked for");
    else
        to.push_back(read(document));
}

/// The common prefix in the open element.
[[nodiscard]] inline std::string read_common_prefix(xml::reader& document)
{
    auto prefix = text_of_child(document, "Prefix");
    if (prefix.empty())
        document.refuse("a common prefix without a name");
    return prefix;
}

/// The keys and the common prefixes of a page are among what was asked for.
[[nodiscard]] inline result<void> check_name(
    std::string_view name, const listing_question& asked)
{
    if (!name.starts_with(asked.prefix))
        return error(errc::malformed_response,
            "the listing has a name that does not begin with the prefix that was asked for");
    return {};
}

/// A page that says there are more but not where they begin, or where it began itself, would be
/// listed for ever.
[[nodiscard]] inline error endless_listing()
{
    return error(errc::malformed_response,
        "the listing is truncated and does not say where it goes on");
}

} // namespace cosio::inline v0::operation

#endif
