// SPDX-License-Identifier: MIT
//
// List Parts: one page of the parts of an upload.

#ifndef COSIO_OPERATION_LIST_PARTS_HPP
#define COSIO_OPERATION_LIST_PARTS_HPP

#include <cosio/operation/shared/listing.hpp>
#include <cosio/operation/shared/part_addressing.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/operation/shared/service_error.hpp>
#include <cosio/request/list_parts.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace cosio::inline v0::operation {

/// `GET /<key>?uploadId`. Source: COS documentation, "List Parts".
template <class Dialect>
struct list_parts
{
    using request_type = list_parts_request;
    using result_type = list_parts_result;
    static constexpr facts what{.name = "ListParts", .proof = proofs::list_parts};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::get, endpoint);
        build.object(request.bucket, request.key, direction::existing);
        build.required_parameter("uploadId", request.upload_id, "upload_id");
        if (request.part_number_marker > highest_part_number)
            build.refuse(
                errc::invalid_part_number, "must be at most 10000", "part_number_marker");
        if (request.part_number_marker != 0)
            build.parameter("part-number-marker", std::to_string(request.part_number_marker));
        listing_question asked;
        asked.part_marker = request.part_number_marker;
        encode_page(build, "max-parts", request.max_parts, "max_parts", std::move(asked));
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation& expected, reply&& got)
    {
        const auto& asked = *expected.listing;
        bool tells_whether_truncated = false;
        xml::reader document(got.body);
        const bool right_root = document.enter(what.proof.root);
        while (right_root && document.next_child()) {
            const auto name = document.name();
            if (name == "Part")
                add_entry(document, out.parts, 0, asked, decode_entry);
            else if (name == "IsTruncated") {
                out.is_truncated = boolean_in(document, "IsTruncated is neither true nor false");
                stands_once(tells_whether_truncated, document);
            } else if (name == "NextPartNumberMarker")
                out.next_part_number_marker = read_next_marker(document);
            else if (name == "StorageClass")
                text_into(out.storage_class, document);
            else
                document.skip();
        }
        auto whole = document.finish();
        if (!right_root || !whole)
            return unexpected_document(std::move(whole), what.proof.root);
        if (!tells_whether_truncated)
            return error(errc::malformed_response, "the listing has no IsTruncated");
        auto last = asked.part_marker;
        for (const auto& one : out.parts) {
            if (one.part_number <= last)
                return error(errc::malformed_response,
                    "the listing has parts that are not in ascending order behind its beginning");
            last = one.part_number;
        }
        if (!out.is_truncated)
            out.next_part_number_marker = 0;
        else if (out.next_part_number_marker <= asked.part_marker ||
            out.next_part_number_marker < last)
            return endless_listing();
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }

private:
    /// A page that is the last one may leave it empty.
    static std::uint32_t read_next_marker(xml::reader& document)
    {
        const auto text = document.text();
        const auto number = detail::parse_number<std::uint32_t>(text);
        if (!text.empty() && !number)
            document.refuse("NextPartNumberMarker is not a number");
        return number.value_or(0);
    }

    static part_summary decode_entry(xml::reader& document)
    {
        part_summary one;
        bool has_size = false;
        while (document.next_child()) {
            const auto name = document.name();
            if (name == "PartNumber")
                one.part_number =
                    number_in<std::uint32_t>(document, "PartNumber is not a number");
            else if (name == "ETag")
                text_into(one.etag, document);
            else if (name == "Size") {
                one.size = number_in<std::uint64_t>(document, "Size is not a number");
                stands_once(has_size, document);
            } else if (name == "LastModified")
                one.last_modified = http::parse_iso_date(document.text());
            else
                document.skip();
        }
        if (!is_part_number(one.part_number) || !is_etag(one.etag) || !has_size)
            document.refuse("a part without a number, an ETag or a size");
        return one;
    }
};

} // namespace cosio::inline v0::operation

#endif
