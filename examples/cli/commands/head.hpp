// cosio head: the properties of an object.

#ifndef COSIO_CLI_COMMANDS_HEAD_HPP
#define COSIO_CLI_COMMANDS_HEAD_HPP

#include "../location.hpp"
#include "../session.hpp"

#include <cosio/http/date.hpp>

#include <string>
#include <string_view>

namespace cli {

/// One `name: value` a line; properties that the object does not have are left out.
inline void print_properties(const cosio::object_properties& object)
{
    const auto print = [](std::string_view name, std::string_view value) {
        if (!value.empty())
            print_line(fmt::format("{}: {}", name, value));
    };
    print("size", std::to_string(object.size));
    if (object.last_modified)
        print("last-modified", cosio::http::format_iso_date(*object.last_modified));
    print("etag", object.etag);
    if (object.crc64)
        print("crc64", std::to_string(*object.crc64));
    print("encryption", object.sse.describe());
    print("storage-class", object.storage_class);
    if (object.restore && object.restore->ongoing)
        print("restore", "ongoing");
    else if (object.restore)
        print("restore",
            object.restore->expires
                ? "done, until " + cosio::http::format_iso_date(*object.restore->expires)
                : std::string("done"));
    print("version-id", object.version_id);
    print("content-type", object.content_type);
    print("cache-control", object.cache_control);
    print("content-disposition", object.content_disposition);
    print("content-encoding", object.content_encoding);
    print("content-language", object.content_language);
    print("expires", object.expires);
    for (const auto& [name, value] : object.metadata)
        print(fmt::format("metadata.{}", name), value);
    print("request-id", object.request_id);
}

template <class Client>
asio::awaitable<int> head(const session<Client>& here)
{
    const auto object = parse_object(here.asked.operands.front());
    const cosio::head_object_request request{
        .bucket = object.bucket, .key = object.key, .sse = here.encryption.read()};
    const auto found = co_await here.cos.head_object(request);
    if (!found)
        co_return here.fail(object.text(), found.error());
    print_properties(*found);
    co_return exit_success;
}

} // namespace cli

#endif
