// SPDX-License-Identifier: MIT
//
// What a reply tells about an object.

#ifndef COSIO_OBJECT_PROPERTIES_HPP
#define COSIO_OBJECT_PROPERTIES_HPP

#include <cosio/encryption.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cosio::inline v0 {

/// A piece of an object's metadata, its name without prefix and in lower case.
struct metadata_entry
{
    std::string name{};
    std::string value{};

    friend bool operator==(const metadata_entry&, const metadata_entry&) = default;
};

/// The state of an archived object that was asked to be restored.
struct restore_state
{
    bool ongoing = false;
    /// When the restored copy goes, once it is there.
    std::optional<std::chrono::sys_seconds> expires{};
};

/// The headers of an object, as GET and HEAD tell them.
struct object_properties
{
    /// Opaque, in its quotes: the MD5 of the content for some objects, for encrypted and multipart
    /// ones something else. Pass it on as it is, never compare it with a digest.
    std::string etag{};
    /// Bytes of the whole object, before encryption.
    std::uint64_t size = 0;
    /// CRC64 of the whole object, before encryption, if the service keeps it.
    std::optional<std::uint64_t> crc64{};
    /// How the object is encrypted at rest.
    encryption sse{};

    std::string content_type{};
    std::string cache_control{};
    std::string content_disposition{};
    std::string content_encoding{};
    std::string content_language{};
    std::string expires{};
    std::optional<std::chrono::sys_seconds> last_modified{};
    std::vector<metadata_entry> metadata{};
    /// `STANDARD` when the reply names none.
    std::string storage_class{};
    /// Empty unless the bucket has, or had, versioning.
    std::string version_id{};
    /// For archived objects, once a restore was asked for.
    std::optional<restore_state> restore{};
    /// Quote it to the service's support.
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif
