// SPDX-License-Identifier: MIT
//
// The path and query of a request, encoded once for the wire and for the signature alike.

#ifndef COSIO_HTTP_TARGET_HPP
#define COSIO_HTTP_TARGET_HPP

#include <cosio/detail/inline_text.hpp>
#include <cosio/http/percent_encoding.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::http {

[[nodiscard]] constexpr bool is_dot_segment(std::string_view segment) noexcept
{
    return segment == "." || segment == "..";
}

/// Whether a segment is `.` or `..`: whoever normalises the path on the way would turn the request
/// for one object into one for another, or for the bucket.
[[nodiscard]] constexpr bool has_dot_segment(std::string_view path) noexcept
{
    for (;;) {
        const auto slash = path.find('/');
        if (is_dot_segment(path.substr(0, slash)))
            return true;
        if (slash == std::string_view::npos)
            return false;
        path.remove_prefix(slash + 1);
    }
}

/// Appends the encoded form of a key with dot segments so that no segment of the path is one: the
/// slash at its side is encoded, as official SDKs do (`..%2F`), since `%2E%2E` is still a dot
/// segment to many. Of a key that is nothing but one, the dots are encoded: there is no other form.
template <class Text>
void append_dotted_key(Text& out, std::string_view key)
{
    if (is_dot_segment(key)) {
        out.append(key == "." ? "%2E" : "%2E%2E");
        return;
    }
    for (;;) {
        const auto slash = key.find('/');
        const auto segment = key.substr(0, slash);
        append_percent_encoded(out, segment, http::slash::encode);
        if (slash == std::string_view::npos)
            return;
        key.remove_prefix(slash + 1);
        out.append(is_dot_segment(segment) || is_dot_segment(key) ? "%2F" : "/");
    }
}

/// Path and query. What is signed and what is sent are views of the same text, so they cannot
/// disagree; but for keys with dot segments, whose path is signed as it is.
class target
{
public:
    /// The path `/`.
    target() = default;

    /// `path` begins with `/` and is not encoded yet; its last `key_size` bytes are an object's key.
    explicit target(std::string_view path, std::size_t key_size = 0) : text_{}
    {
        const auto stays = [](char c) {
            return plain_in_paths[static_cast<unsigned char>(c)];
        };
        const auto key = path.substr(path.size() - key_size);
        if (path.find("/.") != std::string_view::npos && has_dot_segment(key)) {
            append_percent_encoded(text_, path.substr(0, path.size() - key_size), slash::keep);
            append_dotted_key(text_, key);
            decoded_path_ = path;
            signed_path_ = percent_encoded(path, slash::keep);
        } else if (std::ranges::all_of(path, stays)) {
            text_.append(path);
        } else {
            append_percent_encoded(text_, path, slash::keep);
            decoded_path_ = path;
        }
        path_length_ = text_.size();
    }

    /// Adds `name=value` (`name=` for a sub-resource such as `restore`), both not encoded yet.
    ///
    /// The service routes on the first parameter, so the sub-resource goes first.
    void add_parameter(std::string_view name, std::string_view value = {})
    {
        text_.push_back(has_query() ? '&' : '?');
        parameter_position position;
        position.name = text_.size();
        append_percent_encoded(text_, name, slash::encode);
        text_.push_back('=');
        position.value = text_.size();
        append_percent_encoded(text_, value, slash::encode);
        position.end = text_.size();
        parameters_.push_back(position);
    }

    /// Path and query as on the request line.
    [[nodiscard]] std::string_view text() const noexcept { return text_.view(); }
    /// The path as on the request line.
    [[nodiscard]] std::string_view path() const noexcept { return text().substr(0, path_length_); }
    /// The path as the service encodes it again for the signature of S3.
    [[nodiscard]] std::string_view signed_path() const noexcept
    {
        return signed_path_.empty() ? path() : std::string_view(signed_path_);
    }
    /// The path before encoding, which is what q-sign hashes.
    [[nodiscard]] std::string_view decoded_path() const noexcept
    {
        return decoded_path_.empty() ? path() : std::string_view(decoded_path_);
    }
    [[nodiscard]] bool has_query() const noexcept { return text_.size() != path_length_; }

    struct parameter
    {
        std::string_view name;  ///< Encoded.
        std::string_view value; ///< Encoded.
    };

    [[nodiscard]] std::size_t parameter_count() const noexcept { return parameters_.size(); }
    [[nodiscard]] parameter parameter_at(std::size_t index) const noexcept
    {
        const auto& position = parameters_[index];
        return {text().substr(position.name, position.value - 1 - position.name),
            text().substr(position.value, position.end - position.value)};
    }

private:
    struct parameter_position
    {
        std::size_t name = 0;
        std::size_t value = 0;
        std::size_t end = 0;
    };

    std::string decoded_path_{}; // Empty when it is the same as the encoded one.
    std::string signed_path_{};  // Empty when it is the same as the one that is sent.
    detail::inline_text<160> text_{"/"};
    std::size_t path_length_ = 1;
    std::vector<parameter_position> parameters_{};
};

} // namespace cosio::inline v0::http

#endif
