// SPDX-License-Identifier: MIT
//
// GET Bucket (List Objects): one page of a bucket's objects.

#ifndef COSIO_OPERATION_LIST_OBJECTS_HPP
#define COSIO_OPERATION_LIST_OBJECTS_HPP

#include <cosio/operation/shared/listing.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/operation/shared/service_error.hpp>
#include <cosio/request/list_objects.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace cosio::inline v0::operation {

/// `GET /`. Source: COS documentation, "GET Bucket (List Objects)"; S3 documentation,
/// "ListObjectsV2".
template <class Dialect>
struct list_objects
{
    using request_type = list_objects_request;
    using result_type = list_objects_result;
    static constexpr facts what{.name = "ListObjects", .proof = proofs::list_objects};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::get, endpoint);
        build.bucket(request.bucket);
        if constexpr (Dialect::lists_by_token) {
            build.parameter("list-type", "2");
            build.key_parameter("start-after", request.marker);
            build.key_parameter("continuation-token", request.continuation_token); // Of Ceph a key.
        } else {
            if (!request.continuation_token.empty())
                build.refuse(errc::invalid_argument, "the service gives no tokens",
                    "continuation_token");
            build.key_parameter("marker", request.marker);
        }
        build.key_parameter("prefix", request.prefix);
        build.key_parameter("delimiter", request.delimiter);
        listing_question asked;
        asked.prefix = request.prefix;
        asked.marker = request.marker;
        asked.token = request.continuation_token;
        encode_page(build, "max-keys", request.max_keys, "max_keys", std::move(asked));
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation& expected, reply&& got)
    {
        const auto& asked = *expected.listing;
        bool encoded = false;
        bool tells_whether_truncated = false;
        xml::reader document(got.body);
        const bool right_root = document.enter(what.proof.root);
        while (right_root && document.next_child()) {
            const auto name = document.name();
            if (name == "Contents")
                add_entry(
                    document, out.objects, out.common_prefixes.size(), asked, decode_entry);
            else if (name == "CommonPrefixes")
                add_entry(
                    document, out.common_prefixes, out.objects.size(), asked, read_common_prefix);
            else if (name == "IsTruncated") {
                out.is_truncated = boolean_in(document, "IsTruncated is neither true nor false");
                stands_once(tells_whether_truncated, document);
            } else if (name == "NextMarker")
                text_into(out.next_marker, document);
            else if (name == "NextContinuationToken")
                text_into(out.next_continuation_token, document);
            else if (is_encoding_type(name))
                encoded = document.text() == "url";
            else
                document.skip();
        }
        auto whole = document.finish();
        if (!right_root || !whole)
            return unexpected_document(std::move(whole), what.proof.root);
        if (!tells_whether_truncated)
            return error(errc::malformed_response, "the listing has no IsTruncated");
        if (auto decoded = decode_all(out, asked, encoded); !decoded)
            return std::move(decoded).error();
        auto goes_on = Dialect::lists_by_token ? check_next_token(out, asked)
                                               : find_next_marker(out, asked);
        if (!goes_on)
            return std::move(goes_on).error();
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }

private:
    static object_summary decode_entry(xml::reader& document)
    {
        object_summary one;
        bool has_size = false;
        while (document.next_child()) {
            const auto name = document.name();
            if (name == "Key")
                text_into(one.key, document);
            else if (name == "ETag")
                text_into(one.etag, document);
            else if (name == "Size") {
                one.size = number_in<std::uint64_t>(document, "Size is not a number");
                stands_once(has_size, document);
            } else if (name == "LastModified")
                one.last_modified = http::parse_iso_date(document.text());
            else if (name == "StorageClass")
                text_into(one.storage_class, document);
            else if (name == "StorageTier")
                text_into(one.storage_tier, document);
            else if (name == "RestoreStatus")
                text_into(one.restore_status, document);
            else
                document.skip();
        }
        if (one.key.empty() || !has_size)
            document.refuse("an object without a key or a size");
        return one;
    }

    static result<void> decode_all(
        result_type& out, const listing_question& asked, bool encoded)
    {
        std::string_view last = asked.marker;
        for (auto& one : out.objects) {
            if (auto decoded = decode_names({&one.key}, encoded); !decoded)
                return decoded;
            if (auto sound = check_name(one.key, asked); !sound)
                return sound;
            if (one.key <= last)
                return error(errc::malformed_response,
                    "the listing has a key that is not behind the one before it, or where it was "
                    "to begin");
            last = one.key;
        }
        last = {};
        for (auto& prefix : out.common_prefixes) {
            if (auto decoded = decode_names({&prefix}, encoded); !decoded)
                return decoded;
            if (auto sound = check_name(prefix, asked); !sound)
                return sound;
            if (prefix <= last)
                return error(errc::malformed_response,
                    "the listing has a common prefix that is not behind the one before it");
            last = prefix;
        }
        return decode_names({&out.next_marker}, encoded);
    }

    static result<void> check_next_token(const result_type& out, const listing_question& asked)
    {
        if (out.is_truncated &&
            (out.next_continuation_token.empty() || out.next_continuation_token == asked.token))
            return endless_listing();
        return {};
    }

    /// COS names the next marker on every truncated page; other services may leave it to the
    /// client to take the last entry.
    static result<void> find_next_marker(result_type& out, const listing_question& asked)
    {
        if (!out.is_truncated) {
            out.next_marker.clear();
            return {};
        }
        if (out.next_marker.empty()) {
            if (!out.objects.empty())
                out.next_marker = out.objects.back().key;
            if (!out.common_prefixes.empty())
                out.next_marker = std::max(out.next_marker, out.common_prefixes.back());
        }
        if (out.next_marker.empty() || out.next_marker <= asked.marker)
            return endless_listing();
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif
