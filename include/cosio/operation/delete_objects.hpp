// SPDX-License-Identifier: MIT
//
// DELETE Multiple Objects: up to 1000 objects in one request.

#ifndef COSIO_OPERATION_DELETE_OBJECTS_HPP
#define COSIO_OPERATION_DELETE_OBJECTS_HPP

#include <cosio/operation/shared/listing.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/operation/shared/service_error.hpp>
#include <cosio/request/delete_objects.hpp>
#include <cosio/xml/reader.hpp>
#include <cosio/xml/writer.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace cosio::inline v0::operation {

/// `POST /?delete`. Source: COS documentation, "DELETE Multiple Objects".
template <class Dialect>
struct delete_objects
{
    using request_type = delete_objects_request;
    using result_type = delete_objects_result;
    static constexpr facts what{.name = "DeleteObjects", .proof = proofs::delete_objects};
    static constexpr std::size_t most_objects = 1000;

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::post, endpoint);
        build.bucket(request.bucket);
        build.parameter("delete", {});
        if (request.objects.empty() || request.objects.size() > most_objects)
            build.refuse(errc::invalid_argument, "must be 1 to 1000", "objects");
        listing_question asked;
        // Some services answer once to what they are asked twice.
        std::set<std::pair<std::string_view, std::string_view>> different;
        xml::writer document;
        document.open("Delete").element("Quiet", request.quiet ? "true" : "false");
        for (const auto& [key, version_id] : request.objects) {
            if (!different.emplace(key, version_id).second)
                continue;
            if (const auto problem = key_problem<Dialect>(key, direction::existing);
                !problem.empty())
                build.refuse(errc::invalid_key, problem, "objects.key");
            else if (!xml::is_xml_text(key))
                build.refuse(errc::invalid_key,
                    "cannot be written in XML: delete it by a request of its own", "objects.key");
            document.open("Object").element("Key", key);
            asked.keys.emplace_back(key);
            if (!xml::is_xml_text(version_id))
                build.refuse(errc::invalid_argument, "must be text", "objects.version_id");
            if (!version_id.empty())
                document.element("VersionId", version_id);
            document.close();
        }
        document.close();
        build.document(std::move(document).document());
        std::ranges::sort(asked.keys);
        asked.quiet = request.quiet;
        asked.most = asked.keys.size();
        build.expected().listing = std::make_unique<const listing_question>(std::move(asked));
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation& expected, reply&& got)
    {
        const auto& asked = *expected.listing;
        xml::reader document(got.body);
        const bool right_root = document.enter(what.proof.root);
        while (right_root && document.next_child()) {
            if (document.name() == "Deleted")
                add_entry(document, out.deleted, out.failed.size(), asked, decode_deleted);
            else if (document.name() == "Error")
                add_entry(document, out.failed, out.deleted.size(), asked, decode_failed);
            else
                document.skip();
        }
        auto whole = document.finish();
        if (!right_root || !whole)
            return unexpected_document(std::move(whole), what.proof.root);
        if (auto accounted = check_answered(out, asked); !accounted)
            return accounted;
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }

private:
    /// Each answer is to a key that was asked for, and, unless quiet, each key has one.
    static result<void> check_answered(const result_type& out, const listing_question& asked)
    {
        std::vector<std::string_view> answered;
        for (const auto& one : out.deleted)
            answered.push_back(one.key);
        for (const auto& one : out.failed)
            answered.push_back(one.key);
        std::ranges::sort(answered);
        if (!std::ranges::includes(asked.keys, answered))
            return error(errc::malformed_response,
                "the reply has an object that was not to be deleted");
        if (!asked.quiet && answered.size() != asked.keys.size())
            return error(errc::malformed_response,
                "the reply does not account for every object that was to be deleted");
        return {};
    }

    static deleted_object decode_deleted(xml::reader& document)
    {
        deleted_object one;
        while (document.next_child()) {
            const auto name = document.name();
            if (name == "Key")
                text_into(one.key, document);
            else if (name == "VersionId")
                text_into(one.version_id, document);
            else if (name == "DeleteMarker")
                one.delete_marker =
                    boolean_in(document, "DeleteMarker is neither true nor false");
            else if (name == "DeleteMarkerVersionId")
                text_into(one.delete_marker_version_id, document);
            else
                document.skip();
        }
        return one;
    }

    static failed_deletion decode_failed(xml::reader& document)
    {
        failed_deletion one;
        while (document.next_child()) {
            const auto name = document.name();
            if (name == "Key")
                text_into(one.key, document);
            else if (name == "VersionId")
                text_into(one.version_id, document);
            else if (name == "Code")
                one.service_code = printable(document.text());
            else if (name == "Message")
                one.message = printable(document.text());
            else
                document.skip();
        }
        one.code = Dialect::error_code(one.service_code);
        return one;
    }
};

} // namespace cosio::inline v0::operation

#endif
