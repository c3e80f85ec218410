// The least that a client without a library has to know of HTTP.

#ifndef COSIO_BENCHMARKS_SUPPORT_HTTP_HPP
#define COSIO_BENCHMARKS_SUPPORT_HTTP_HPP

#include "measure.hpp"

#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>

namespace bench {

/// As long as a real one; the servers do not look at it.
inline constexpr std::string_view authorization =
    "q-sign-algorithm=sha1&q-ak=AKIDEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAM&q-sign-time=1700000000;"
    "1700000960&q-key-time=1700000000;1700000960&q-header-list=content-length;host&"
    "q-url-param-list=&q-signature=0123456789012345678901234567890123456789";

[[nodiscard]] inline std::string path_of(const options& run)
{
    return "/object-" + std::to_string(run.size);
}

[[nodiscard]] inline std::string request_head(std::string_view method, std::string_view path)
{
    std::string head(method);
    head.append(" ").append(path).append(" HTTP/1.1\r\nHost: ").append(host);
    head.append("\r\nAuthorization: ").append(authorization);
    return head.append("\r\nUser-Agent: benchmark/1\r\n\r\n");
}
[[nodiscard]] inline std::string request_head(
    std::string_view method, std::string_view path, std::uint64_t body_size)
{
    auto head = request_head(method, path);
    head.resize(head.size() - 2);
    return head.append("Content-Length: ").append(std::to_string(body_size)).append("\r\n\r\n");
}
[[nodiscard]] inline std::string request_head(const options& run)
{
    return run.put ? request_head("PUT", path_of(run), run.size)
                   : request_head("GET", path_of(run));
}

/// The length of a reply whose first bytes are `window`, 0 when its head is not whole yet.
[[nodiscard]] inline std::size_t reply_length(std::string_view window)
{
    const auto end = window.find("\r\n\r\n");
    if (end == std::string_view::npos)
        return 0;
    require(window.starts_with("HTTP/1.1 200"), "the reply is not a success");
    constexpr std::string_view name = "Content-Length: ";
    const auto field = window.find(name);
    require(field < end, "the reply has no length");
    std::size_t body = 0;
    std::from_chars(window.data() + field + name.size(), window.data() + end, body);
    return end + 4 + body;
}

} // namespace bench

#endif
