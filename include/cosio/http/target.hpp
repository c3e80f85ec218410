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

/// Path and query. What is signed and what is sent are views of the same text, so they cannot
/// disagree.
class target
{
public:
    /// The path `/`.
    target() = default;

    /// `path` begins with `/` and is not encoded yet.
    explicit target(std::string_view path) : text_{}
    {
        const auto stays = [](char c) {
            return plain_in_paths[static_cast<unsigned char>(c)];
        };
        if (std::ranges::all_of(path, stays)) {
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
    detail::inline_text<160> text_{"/"};
    std::size_t path_length_ = 1;
    std::vector<parameter_position> parameters_{};
};

} // namespace cosio::inline v0::http

#endif
