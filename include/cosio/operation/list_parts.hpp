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
    static constexpr facts what{.name = "ListParts"};

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
        encode_page(build, "max-parts", request.max_parts, "max_parts");
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation&, reply&& got)
    {
        xml::reader document(got.body);
        const bool right_root = document.enter("ListPartsResult");
        while (right_root && document.next_child()) {
            const auto name = document.name();
            if (name == "Part")
                out.parts.push_back(decode_entry(document));
            else if (name == "IsTruncated")
                out.is_truncated = document.text() == "true";
            else if (name == "NextPartNumberMarker")
                out.next_part_number_marker =
                    detail::parse_number<std::uint32_t>(document.text()).value_or(0);
            else if (name == "StorageClass")
                out.storage_class = document.text();
            else
                document.skip();
        }
        auto whole = document.finish();
        if (!right_root || !whole)
            return unexpected_document(std::move(whole), "ListPartsResult");
        for (const auto& one : out.parts)
            if (!is_part_number(one.part_number))
                return error(errc::malformed_response, "the listing has a part without number");
        if (!out.is_truncated)
            out.next_part_number_marker = 0;
        else if (out.next_part_number_marker == 0)
            return endless_listing();
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }

private:
    static part_summary decode_entry(xml::reader& document)
    {
        part_summary one;
        while (document.next_child()) {
            const auto name = document.name();
            if (name == "PartNumber")
                one.part_number =
                    detail::parse_number<std::uint32_t>(document.text()).value_or(0);
            else if (name == "ETag")
                one.etag = document.text();
            else if (name == "Size")
                one.size = detail::parse_number<std::uint64_t>(document.text()).value_or(0);
            else if (name == "LastModified")
                one.last_modified = http::parse_iso_date(document.text());
            else
                document.skip();
        }
        return one;
    }
};

} // namespace cosio::inline v0::operation

#endif
