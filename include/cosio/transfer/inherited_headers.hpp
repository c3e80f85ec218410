// SPDX-License-Identifier: MIT
//
// The headers of an object as those of a copy of it.

#ifndef COSIO_TRANSFER_INHERITED_HEADERS_HPP
#define COSIO_TRANSFER_INHERITED_HEADERS_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/object_headers.hpp>
#include <cosio/object_properties.hpp>

#include <algorithm>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace cosio::inline v0::transfer {

[[nodiscard]] inline bool has_content_headers(const object_headers& headers) noexcept
{
    return !headers.content_type.empty() || !headers.cache_control.empty() ||
        !headers.content_disposition.empty() || !headers.content_encoding.empty() ||
        !headers.content_language.empty() || headers.expires || !headers.metadata.empty();
}

/// Content headers, metadata and storage class of `source`; all else, and a storage class of its
/// own, of `asked`. Refers to both.
class inherited_headers
{
public:
    inherited_headers(const object_properties& source, const object_headers& asked)
        : headers_(asked)
    {
        headers_.content_type = source.content_type;
        headers_.cache_control = source.cache_control;
        headers_.content_disposition = source.content_disposition;
        headers_.content_encoding = source.content_encoding;
        headers_.content_language = source.content_language;
        headers_.expires.reset();
        headers_.stored_expires = source.expires;
        headers_.as_stored = true;
        join_metadata(source.metadata);
        headers_.metadata = metadata_;
        headers_.stored_storage_class = source.storage_class;
    }
    inherited_headers(const inherited_headers&) = delete;
    inherited_headers& operator=(const inherited_headers&) = delete;

    [[nodiscard]] const object_headers& headers() const noexcept { return headers_; }

private:
    /// Values of a name that the reply had several times become one list, as RFC 9110, 5.3 has it.
    void join_metadata(const std::vector<metadata_entry>& source)
    {
        for (const auto& entry : source) {
            const auto is_same = [&](const header& other) {
                return detail::equal_ignoring_case(other.name, entry.name);
            };
            const auto there = std::ranges::find_if(metadata_, is_same);
            if (there == metadata_.end())
                metadata_.push_back({entry.name, entry.value});
            else
                there->value =
                    joined_.emplace_back(there->value).append(",").append(entry.value);
        }
    }

    object_headers headers_;
    std::vector<header> metadata_{};
    std::deque<std::string> joined_{};
};

} // namespace cosio::inline v0::transfer

#endif
