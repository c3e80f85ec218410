// cosio cp: which way it goes.

#ifndef COSIO_CLI_COMMANDS_CP_HPP
#define COSIO_CLI_COMMANDS_CP_HPP

#include "../location.hpp"
#include "../session.hpp"
#include "../usage_error.hpp"
#include "cp_copy.hpp"
#include "cp_directory.hpp"
#include "cp_download.hpp"
#include "cp_upload.hpp"

#include <filesystem>
#include <system_error>

namespace cli {

/// Where `cp` puts it: completed with the name of the source, also in a directory.
inline location destination_of(const location& from, location to)
{
    std::error_code ignored;
    if (to.is_file() && std::filesystem::is_directory(to.path, ignored) && !to.path.ends_with('/'))
        to.path += '/';
    if (from.is_stream() && to.is_object() && (to.key.empty() || to.key.ends_with('/')))
        throw usage_error(fmt::format("standard input has no name: '{}' needs a key", to.text()));
    return completed(std::move(to), from.is_object() ? from.key : from.path);
}

/// `cp --recursive`: down only.
template <class Client>
asio::awaitable<int> cp_recursive(const session<Client>& here)
{
    const auto from = parse_location(here.asked.operands[0]);
    const auto to = parse_location(here.asked.operands[1]);
    if (!from.is_object() || !to.is_file())
        throw usage_error("--recursive is for downloads: an object's prefix to a directory");
    if (here.asked.chosen.resume)
        throw usage_error("--resume and --checkpoint are for single files, not with --recursive");
    co_return co_await download_directory(here, from, to);
}

template <class Client>
asio::awaitable<int> cp(const session<Client>& here)
{
    const auto& chosen = here.asked.chosen;
    if (chosen.recursive)
        co_return co_await cp_recursive(here);
    const auto from = parse_location(here.asked.operands[0]);
    if (from.is_object() && from.key.empty())
        throw usage_error(fmt::format("'{}' names a bucket, no object", from.text()));
    const auto to = destination_of(from, parse_location(here.asked.operands[1]));
    if (!from.is_object() && !to.is_object())
        throw usage_error(
            "one of the two has to be an object, cos://bucket/key or s3://bucket/key");
    if (!chosen.source_sse_c_key_file.empty() && !(from.is_object() && to.is_object()))
        throw usage_error("--source-sse-c-key-file is for a copy from object to object; the key of "
                          "an upload or download is --sse-c-key-file");
    if (!chosen.source_region.empty() && !(from.is_object() && to.is_object()))
        throw usage_error("--source-region is for a copy from object to object");
    if (chosen.storage_class != cosio::storage_class::unspecified && !to.is_object())
        throw usage_error("--storage-class is for what is written to the service");
    if (chosen.resume && !from.is_file() && !to.is_file())
        throw usage_error("--resume and --checkpoint are for the upload or download of a file");
    if (chosen.compare && !(from.is_file() && to.is_object()))
        throw usage_error("--compare is for the upload of a file");
    if (from.is_object() && to.is_object())
        co_return co_await copy_object(here, from, to);
    if (from.is_object() && to.is_file())
        co_return co_await download_file(here, from, to);
    if (from.is_object())
        co_return co_await download_stream(here, from);
    if (from.is_file())
        co_return co_await upload_file(here, from, to);
    co_return co_await upload_stream(here, to);
}

} // namespace cli

#endif
