// SPDX-License-Identifier: MIT
//
// GET Object tagging, which a copy in parts asks for: no member of the client.

#ifndef COSIO_OPERATION_GET_OBJECT_TAGGING_HPP
#define COSIO_OPERATION_GET_OBJECT_TAGGING_HPP

#include <cosio/operation/shared/document_values.hpp>
#include <cosio/operation/shared/object_header_encoding.hpp>
#include <cosio/operation/shared/prepared_request.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/operation/shared/request_builder.hpp>
#include <cosio/operation/shared/service_error.hpp>
#include <cosio/result.hpp>
#include <cosio/xml/reader.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace cosio::inline v0::operation {

struct get_object_tagging_request
{
    std::string_view bucket{};
    std::string_view key{};
    /// Empty: the current version.
    std::string_view version_id{};
};

static_assert(std::is_trivially_destructible_v<get_object_tagging_request>);

/// A tag as the service tells it.
struct stored_tag
{
    std::string key{};
    std::string value{};
};

struct get_object_tagging_result
{
    std::vector<stored_tag> tags{};
    std::string request_id{};
};

/// `GET /<key>?tagging`. Source: COS documentation, "GET Object tagging".
template <class Dialect>
struct get_object_tagging
{
    using request_type = get_object_tagging_request;
    using result_type = get_object_tagging_result;
    static constexpr facts what{
        .name = "GetObjectTagging", .proof = proofs::get_object_tagging};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::get, endpoint);
        build.object(request.bucket, request.key, direction::existing);
        build.parameter("tagging", {});
        build.optional_parameter("versionId", request.version_id, "version_id");
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(result_type& out, const expectation&, reply&& got)
    {
        xml::reader document(got.body);
        const bool right_root = document.enter(what.proof.root);
        bool has_set = false;
        while (right_root && document.next_child()) {
            if (document.name() != "TagSet") {
                document.skip();
                continue;
            }
            stands_once(has_set, document);
            while (document.next_child()) {
                if (document.name() != "Tag")
                    document.skip();
                else if (out.tags.size() == most_tags)
                    document.refuse("more tags than an object can have");
                else
                    out.tags.push_back(decode_tag(document));
            }
        }
        auto whole = document.finish();
        if (!right_root || !whole)
            return unexpected_document(std::move(whole), what.proof.root);
        if (!has_set)
            return error(errc::malformed_response, "the document has no TagSet");
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }

private:
    static stored_tag decode_tag(xml::reader& document)
    {
        stored_tag one;
        while (document.next_child()) {
            if (document.name() == "Key")
                text_into(one.key, document);
            else if (document.name() == "Value")
                text_into(one.value, document);
            else
                document.skip();
        }
        if (one.key.empty())
            document.refuse("a tag without a key");
        return one;
    }
};

} // namespace cosio::inline v0::operation

#endif
