// SPDX-License-Identifier: MIT
//
// DELETE Object, DELETE Multiple Objects, POST Object restore, tagging.

#ifndef COSIO_TESTING_EMULATION_OBJECT_CHANGES_HPP
#define COSIO_TESTING_EMULATION_OBJECT_CHANGES_HPP

#include <cosio/testing/emulation/object_reading.hpp>
#include <cosio/testing/emulation/object_writing.hpp>
#include <cosio/testing/emulation/state.hpp>
#include <cosio/xml/reader.hpp>
#include <cosio/xml/writer.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::testing::emulation {

/// Refuses a document that was not whole.
inline void require_whole(bool right_root, const result<void>& whole)
{
    if (!right_root || !whole)
        refuse(400, "MalformedXML", "The XML you provided was not well-formed.");
}

/// What deleting did: the version that went or the delete marker that came.
struct deletion
{
    std::string version_id{};
    bool delete_marker = false;
};

inline deletion delete_version(const call_context& call, const std::string& key,
    std::optional<std::string_view> version_id)
{
    auto& bucket = call.stored();
    call.changed_object(key);
    deletion done;
    const auto found = bucket.objects.find(key);
    if (version_id && !version_id->empty()) {
        done.version_id = *version_id;
        if (found == bucket.objects.end())
            return done;
        std::erase_if(found->second, [&](const stored_object& each) {
            done.delete_marker =
                done.delete_marker || (each.version_id == *version_id && each.delete_marker);
            return each.version_id == *version_id;
        });
        if (found->second.empty())
            bucket.objects.erase(found);
        return done;
    }
    if (!bucket.versioning) {
        if (found != bucket.objects.end())
            bucket.objects.erase(found);
        return done;
    }
    stored_object marker;
    marker.delete_marker = true;
    marker.modified = call.now;
    done.delete_marker = true;
    const auto* const newest = put_version(bucket, key, std::move(marker),
        make_version_id(call.now, ++call.state.sequence));
    done.version_id = newest->version_id;
    return done;
}

[[nodiscard]] inline http_reply delete_object(const call_context& call)
{
    const auto done = delete_version(call, call.key, call.version_id());
    http_reply reply;
    reply.status = 204;
    if (!done.version_id.empty())
        reply.fields.add("x-cos-version-id", done.version_id);
    if (done.delete_marker)
        reply.fields.add("x-cos-delete-marker", "true");
    return reply;
}

[[nodiscard]] inline http_reply delete_objects(const call_context& call)
{
    if (!call.request.fields.has("Content-MD5"))
        refuse(400, "InvalidRequest", "Missing required header for this request: Content-MD5");
    check_content_md5(call.request);
    std::vector<std::pair<std::string, std::string>> objects;
    bool quiet = false;
    xml::reader document(call.request.body);
    const bool right_root = document.enter("Delete");
    while (right_root && document.next_child()) {
        if (document.name() == "Quiet") {
            quiet = document.text() == "true";
        } else if (document.name() == "Object") {
            auto& [key, version_id] = objects.emplace_back();
            while (document.next_child()) {
                if (document.name() == "Key")
                    key = document.text();
                else if (document.name() == "VersionId")
                    version_id = document.text();
                else
                    document.skip();
            }
        } else {
            document.skip();
        }
    }
    require_whole(right_root, document.finish());
    constexpr std::size_t most_objects = 1000;
    if (objects.empty() || objects.size() > most_objects)
        refuse(400, "MalformedXML", "1 to 1000 objects can be deleted at a time.");

    xml::writer out;
    out.open("DeleteResult");
    for (const auto& [key, version_id] : objects) {
        const auto done = delete_version(call, key, version_id);
        if (quiet)
            continue;
        out.open("Deleted").element("Key", key);
        if (done.delete_marker && version_id.empty()) {
            out.element("DeleteMarker", "true");
            out.element("DeleteMarkerVersionId", done.version_id);
        } else if (!done.version_id.empty()) {
            out.element("VersionId", done.version_id);
        }
        out.close();
    }
    out.close();
    http_reply reply;
    reply.body = std::move(out).document();
    return reply;
}

[[nodiscard]] inline http_reply restore_object(const call_context& call)
{
    const auto key = read_customer_key(
        call.request, customer_prefix, call.state.options.https_only_customer_keys);
    check_content_md5(call.request);
    std::optional<std::uint32_t> days;
    std::string tier = "Standard";
    xml::reader document(call.request.body);
    const bool right_root = document.enter("RestoreRequest");
    while (right_root && document.next_child()) {
        if (document.name() == "Days") {
            days = detail::parse_number<std::uint32_t>(document.text());
        } else if (document.name() ==
            (call.speaks_s3 ? "GlacierJobParameters" : "CASJobParameters")) {
            while (document.next_child()) {
                if (document.name() == "Tier")
                    tier = document.text();
                else
                    document.skip();
            }
        } else {
            document.skip();
        }
    }
    require_whole(right_root, document.finish());

    auto& object = object_of(call.stored(), call.key, call.version_id());
    if (!is_archive_class(object.storage_class))
        refuse(405, "RestoreNonArchiveObject", "The object is not archived.");
    // A restore on S3 takes no customer key.
    if ((object.encryption.mode == sse_mode::customer && !call.speaks_s3) || key.customer_key)
        require_key(object, key, call.state.options);
    const auto duration = call.state.options.restore_duration.find(tier);
    if (!days || *days == 0 || duration == call.state.options.restore_duration.end() ||
        (tier == "Expedited" && object.storage_class == "DEEP_ARCHIVE"))
        refuse(400, "InvalidArgument", "The days or the tier are not valid.");

    http_reply reply;
    call.changed_object(call.key);
    const auto kept_for = std::chrono::hours(24) * *days;
    if (object.restore && call.now < object.restore->expires) {
        if (call.now < object.restore->ready)
            refuse(409, "RestoreAlreadyInProgress", "The restore is in progress.");
        object.restore->expires = call.now + kept_for;
        return reply;
    }
    restore_job job;
    job.tier = tier;
    job.requested = call.now;
    job.ready = call.now + duration->second;
    job.expires = job.ready + kept_for;
    object.restore = job;
    reply.status = 202;
    return reply;
}

[[nodiscard]] inline http_reply put_tagging(const call_context& call)
{
    check_content_md5(call.request);
    std::vector<parameter> tags;
    xml::reader document(call.request.body);
    const bool right_root = document.enter("Tagging");
    while (right_root && document.next_child())
        while (document.next_child()) {
            auto& [key, value] = tags.emplace_back();
            while (document.next_child()) {
                if (document.name() == "Key")
                    key = document.text();
                else if (document.name() == "Value")
                    value = document.text();
                else
                    document.skip();
            }
        }
    require_whole(right_root, document.finish());
    constexpr std::size_t most_tags = 10;
    if (tags.size() > most_tags)
        refuse(400, "InvalidTag", "Object tags cannot be greater than 10.");
    object_of(call.stored(), call.key, call.version_id()).tags = std::move(tags);
    call.changed_object(call.key);
    return {};
}

[[nodiscard]] inline http_reply get_tagging(const call_context& call)
{
    const auto& object = object_of(call.stored(), call.key, call.version_id());
    xml::writer out;
    out.open("Tagging").open("TagSet");
    for (const auto& [key, value] : object.tags)
        out.open("Tag").element("Key", key).element("Value", value).close();
    out.close().close();
    http_reply reply;
    reply.body = std::move(out).document();
    return reply;
}

[[nodiscard]] inline http_reply delete_tagging(const call_context& call)
{
    object_of(call.stored(), call.key, call.version_id()).tags.clear();
    call.changed_object(call.key);
    http_reply reply;
    reply.status = 204;
    return reply;
}

} // namespace cosio::inline v0::testing::emulation

#endif
