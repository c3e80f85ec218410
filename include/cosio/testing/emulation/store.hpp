// SPDX-License-Identifier: MIT
//
// Buckets, objects and unfinished uploads, in memory.

#ifndef COSIO_TESTING_EMULATION_STORE_HPP
#define COSIO_TESTING_EMULATION_STORE_HPP

#include <cosio/testing/emulation/encryption_rules.hpp>
#include <cosio/testing/emulation/message.hpp>
#include <cosio/testing/emulation/sealing.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::testing::emulation {

using time_point = std::chrono::sys_time<std::chrono::milliseconds>;

/// A restore that was asked for.
struct restore_job
{
    std::string tier{};
    time_point requested{};
    time_point ready{};
    time_point expires{};
};

/// One version of an object.
struct stored_object
{
    std::string version_id{}; ///< `null` while versioning is off.
    bool delete_marker = false;
    std::string etag{}; ///< Without quotes.
    std::optional<std::uint64_t> crc64{};
    std::uint64_t size = 0;
    time_point modified{};
    std::string storage_class = "STANDARD";
    std::string acl{};
    std::vector<parameter> tags{};
    /// Content headers and metadata, as they are returned.
    field_table headers{};
    sse_at_rest encryption{};
    /// One piece for each part.
    std::vector<sealed_bytes> pieces{};
    std::optional<restore_job> restore{};
};

struct stored_part
{
    std::string etag{};
    std::uint64_t crc64 = 0;
    time_point modified{};
    sealed_bytes bytes{};
};

struct stored_upload
{
    std::string key{};
    std::string upload_id{};
    time_point initiated{};
    /// What the object will have: headers, class, tags, encryption.
    stored_object object{};
    /// Kept until the upload is completed, whose reply states it.
    std::string customer_key_md5{};
    std::map<std::uint32_t, stored_part> parts{};
};

struct stored_bucket
{
    time_point created{};
    bool versioning = false;
    /// Default encryption: algorithm as in the document, and key id.
    std::optional<std::pair<std::string, std::string>> encryption{};
    /// Versions of each key, the newest last.
    std::map<std::string, std::vector<stored_object>> objects{};
    std::map<std::string, stored_upload> uploads{};
};

using bucket_table = std::map<std::string, stored_bucket, std::less<>>;

/// Refuses with `NoSuchBucket`.
[[nodiscard]] inline stored_bucket& bucket_of(bucket_table& buckets, std::string_view name)
{
    const auto found = buckets.find(name);
    if (found == buckets.end())
        refuse(404, "NoSuchBucket", "The specified bucket does not exist.");
    return found->second;
}

/// A version of an object, by default the newest. Refuses with `NoSuchKey`, `NoSuchVersion`.
[[nodiscard]] inline stored_object& object_of(
    stored_bucket& bucket, const std::string& key, std::optional<std::string_view> version_id)
{
    const auto found = bucket.objects.find(key);
    const bool absent = found == bucket.objects.end() || found->second.empty();
    if (version_id && !version_id->empty()) {
        if (!absent)
            for (auto& version : found->second)
                if (version.version_id == *version_id)
                    return version;
        refuse(404, "NoSuchVersion", "The specified version does not exist.");
    }
    if (absent || found->second.back().delete_marker)
        refuse(404, "NoSuchKey", "The specified key does not exist.");
    return found->second.back();
}

/// Makes `object` the newest version of its key, replacing the null version without versioning.
/// Never null: a pointer, as a reference returned of temporary arguments looks like one to them.
inline stored_object* put_version(
    stored_bucket& bucket, const std::string& key, stored_object object, std::string version_id)
{
    auto& versions = bucket.objects[key];
    object.version_id = bucket.versioning ? std::move(version_id) : std::string("null");
    if (!bucket.versioning)
        std::erase_if(versions, [](const auto& each) { return each.version_id == "null"; });
    versions.push_back(std::move(object));
    return &versions.back();
}

} // namespace cosio::inline v0::testing::emulation

#endif
