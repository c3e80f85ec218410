// SPDX-License-Identifier: MIT
//
// List Multipart Uploads: one page of a bucket's unfinished uploads.

#ifndef COSIO_OPERATION_LIST_MULTIPART_UPLOADS_HPP
#define COSIO_OPERATION_LIST_MULTIPART_UPLOADS_HPP

#include <cosio/operation/shared/listing.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/operation/shared/service_error.hpp>
#include <cosio/request/list_multipart_uploads.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace cosio::inline v0::operation {

/// `GET /?uploads`. Source: COS documentation, "List Multipart Uploads".
template <class Dialect>
struct list_multipart_uploads
{
    using request_type = list_multipart_uploads_request;
    using result_type = list_multipart_uploads_result;
    static constexpr facts what{
        .name = "ListMultipartUploads",
        .proof = proofs::list_multipart_uploads};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::get, endpoint);
        build.bucket(request.bucket);
        build.parameter("uploads", {});
        build.key_parameter("prefix", request.prefix);
        build.key_parameter("delimiter", request.delimiter);
        build.key_parameter("key-marker", request.key_marker);
        build.optional_parameter(
            "upload-id-marker", request.upload_id_marker, "upload_id_marker");
        listing_question asked;
        asked.prefix = request.prefix;
        asked.marker = request.key_marker;
        asked.upload_id_marker = request.upload_id_marker;
        encode_page(build, "max-uploads", request.max_uploads, "max_uploads", std::move(asked));
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
            if (name == "Upload")
                add_entry(
                    document, out.uploads, out.common_prefixes.size(), asked, decode_entry);
            else if (name == "CommonPrefixes")
                add_entry(
                    document, out.common_prefixes, out.uploads.size(), asked, read_common_prefix);
            else if (name == "IsTruncated") {
                out.is_truncated = boolean_in(document, "IsTruncated is neither true nor false");
                stands_once(tells_whether_truncated, document);
            } else if (name == "NextKeyMarker")
                text_into(out.next_key_marker, document);
            else if (name == "NextUploadIdMarker")
                text_into(out.next_upload_id_marker, document);
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
        // Uploads of one key are in the order of their beginning: their ids have none.
        const bool advances = out.next_key_marker > asked.marker ||
            (out.next_key_marker == asked.marker &&
                out.next_upload_id_marker != asked.upload_id_marker);
        if (out.is_truncated && (out.next_key_marker.empty() || !advances))
            return endless_listing();
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }

private:
    static upload_summary decode_entry(xml::reader& document)
    {
        upload_summary one;
        while (document.next_child()) {
            const auto name = document.name();
            if (name == "Key")
                text_into(one.key, document);
            else if (name == "UploadId")
                text_into(one.upload_id, document);
            else if (name == "Initiated")
                one.initiated = http::parse_iso_date(document.text());
            else if (name == "StorageClass")
                text_into(one.storage_class, document);
            else
                document.skip();
        }
        if (one.key.empty() || one.upload_id.empty())
            document.refuse("an upload without a key or an id");
        return one;
    }

    /// Ceph encodes the keys of uploads without saying so, and not the marker: then a key is, once
    /// decoded, the marker that follows it, or begins with the prefix as only then it does.
    static bool hides_encoding(const result_type& out, const listing_question& asked)
    {
        if (out.uploads.empty())
            return false;
        const auto& key = out.uploads.back().key;
        const auto plain = http::percent_decoded(key, http::plus::space);
        return plain && *plain != key &&
            (*plain == out.next_key_marker ||
                (!key.starts_with(asked.prefix) && plain->starts_with(asked.prefix)));
    }

    static result<void> decode_all(
        result_type& out, const listing_question& asked, bool encoded)
    {
        const bool keys_are_encoded = encoded || hides_encoding(out, asked);
        for (auto& one : out.uploads) {
            if (auto decoded = decode_names({&one.key}, keys_are_encoded); !decoded)
                return decoded;
            if (auto sound = check_name(one.key, asked); !sound)
                return sound;
            if (one.key < asked.marker)
                return error(errc::malformed_response,
                    "the listing has a key before the one where it was to begin");
        }
        for (auto& prefix : out.common_prefixes) {
            if (auto decoded = decode_names({&prefix}, encoded); !decoded)
                return decoded;
            if (auto sound = check_name(prefix, asked); !sound)
                return sound;
        }
        return decode_names({&out.next_key_marker}, encoded);
    }
};

} // namespace cosio::inline v0::operation

#endif
