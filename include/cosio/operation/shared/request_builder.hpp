// SPDX-License-Identifier: MIT
//
// Validates and serialises a request, piece by piece; the first thing refused ends it.

#ifndef COSIO_OPERATION_SHARED_REQUEST_BUILDER_HPP
#define COSIO_OPERATION_SHARED_REQUEST_BUILDER_HPP

#include <cosio/crypto/base64.hpp>
#include <cosio/crypto/digest.hpp>
#include <cosio/crypto/hex.hpp>
#include <cosio/detail/ascii.hpp>
#include <cosio/detail/bytes.hpp>
#include <cosio/detail/utf8.hpp>
#include <cosio/endpoint.hpp>
#include <cosio/http/date.hpp>
#include <cosio/http/field_rules.hpp>
#include <cosio/operation/shared/object_key.hpp>
#include <cosio/operation/shared/prepared_request.hpp>
#include <cosio/result.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::operation {

/// Collects what one request consists of. After the first refusal every call does nothing, and
/// `finish()` yields that refusal; so an `encode` reads as a plain list of what it sends.
template <class Dialect>
class request_builder
{
public:
    request_builder(http::method method, const service_endpoint& endpoint) : endpoint_(endpoint)
    {
        prepared_.head.method = method;
        prepared_.region = std::string_view(endpoint.region);
        const bool takes_body = method == http::method::put || method == http::method::post;
        if (!takes_body)
            prepared_.content_length.reset();
        takes_body_ = takes_body;
    }

    /// The request is about a bucket.
    void bucket(std::string_view name)
    {
        if (const auto problem = Dialect::bucket_problem(name); !problem.empty())
            return refuse(errc::invalid_bucket, problem, "bucket");
        address(name, {});
    }

    /// The request is about an object, which it creates or which is there.
    void object(std::string_view bucket_name, std::string_view key, direction what)
    {
        if (const auto problem = Dialect::bucket_problem(bucket_name); !problem.empty())
            return refuse(errc::invalid_bucket, problem, "bucket");
        if (const auto problem = key_problem<Dialect>(key, what); !problem.empty())
            return refuse(errc::invalid_key, problem, "key");
        address(bucket_name, key);
    }

    /// A query parameter. `field` is the member of the request that `value` comes from.
    void parameter(std::string_view name, std::string_view value, std::string_view field = {})
    {
        if (refused_)
            return;
        if (std::ranges::any_of(value, detail::is_control) || !detail::is_utf8(value))
            return refuse(errc::invalid_argument, "must be UTF-8 without control bytes", field);
        prepared_.head.target.add_parameter(name, value);
    }

    /// A query parameter that is a key, or the begin of one, as a listing may have named it: any
    /// bytes. An empty value is not sent.
    void key_parameter(std::string_view name, std::string_view value)
    {
        if (!refused_ && !value.empty())
            prepared_.head.target.add_parameter(name, value);
    }

    /// As `parameter`, but an empty value is not sent.
    void optional_parameter(std::string_view name, std::string_view value, std::string_view field)
    {
        if (!value.empty())
            parameter(name, value, field);
    }

    /// A parameter that must be there, such as an upload id.
    void required_parameter(std::string_view name, std::string_view value, std::string_view field)
    {
        if (value.empty())
            refuse(errc::invalid_argument, "must not be empty", field);
        parameter(name, value, field);
    }

    /// A header field. `field` is the member of the request that `value` comes from.
    void header(std::string_view name, std::string_view value, std::string_view field = {})
    {
        if (refused_)
            return;
        if (!http::is_sendable_value(value))
            return refuse(errc::invalid_header,
                "must be visible ASCII, without blanks at its ends; encode anything else", field);
        prepared_.head.fields.add(name, value);
    }

    /// A header field that the service has told of an object, and is given back as it was received.
    void stored_header(std::string_view name, std::string_view value, std::string_view field)
    {
        if (refused_)
            return;
        if (!http::is_receivable_value(value) || detail::trimmed(value) != value)
            return refuse(errc::invalid_header, "must be what a reply can have", field);
        prepared_.head.fields.add(name, value);
    }

    /// As `header`, but an empty value is not sent.
    void optional_header(std::string_view name, std::string_view value, std::string_view field)
    {
        if (!value.empty())
            header(name, value, field);
    }

    void optional_header(std::string_view name,
        const std::optional<std::chrono::sys_seconds>& time, std::string_view field)
    {
        if (time)
            header(name, http::format_date(*time), field);
    }

    /// A header field whose value is base64 of bytes that may be secret.
    void base64_header(std::string_view name, std::span<const std::byte> bytes)
    {
        if (!refused_)
            prepared_.head.fields.add_written(name,
                [bytes](crypto::secret_buffer& text) { crypto::append_base64(text, bytes); });
    }

    /// The request reads an object in that region.
    void source_region(std::string_view region) { prepared_.source_region = region; }

    /// The body is an XML document of ours. It goes with its MD5, as the documentation asks.
    void document(std::string xml)
    {
        if (refused_)
            return;
        if constexpr (!Dialect::value::document_namespace.empty())
            xml.insert(xml.find('>'),
                std::string(" xmlns=\"").append(Dialect::value::document_namespace).append("\""));
        const auto digest = crypto::md5(detail::bytes_of(xml));
        if (!digest)
            return refuse(digest.error());
        header("Content-Type", "application/xml");
        base64_header("Content-MD5", *digest);
        prepared_.content_length = xml.size();
        prepared_.document = std::move(xml);
    }

    /// The body is the caller's; sent chunked when its size is not known, where that is allowed.
    /// The service is given its MD5 to compare: the one that the caller knows, or, where replies
    /// state no CRC64, that of a body in memory.
    /// `sha256`: what its signature has over http, when the body is not in memory.
    void body(const body_view& bytes, std::optional<crypto::md5_value> md5,
        const std::optional<crypto::sha256_value>& sha256)
    {
        sha256_ = sha256;
        prepared_.body = bytes;
        prepared_.content_length = bytes.size();
        if (!Dialect::accepts_chunked_bodies && !prepared_.content_length)
            return refuse(errc::invalid_argument, "must know its size", "body");
        if (!md5 && !Dialect::states_crc64 && bytes.in_memory() && !refused_) {
            const auto digest = crypto::md5(bytes.bytes());
            if (!digest)
                return refuse(digest.error());
            md5 = *digest;
        }
        if (!md5)
            return;
        base64_header("Content-MD5", *md5);
        prepared_.expected.content_md5 = *md5;
    }

    [[nodiscard]] const service_endpoint& endpoint() const noexcept { return endpoint_; }
    [[nodiscard]] expectation& expected() noexcept { return prepared_.expected; }
    [[nodiscard]] bool refused() const noexcept { return refused_.has_value(); }

    void refuse(errc code, std::string_view rule, std::string_view field)
    {
        refuse(error(code, std::string(rule), field));
    }

    /// Keeps the first refusal.
    void refuse(error problem)
    {
        if (!refused_)
            refused_ = std::move(problem);
    }

    [[nodiscard]] result<prepared_request> finish() &&
    {
        if (prepared_.content_length && takes_body_) {
            std::string length;
            detail::append_number(length, *prepared_.content_length);
            header("Content-Length", length);
        } else if (takes_body_) {
            header("Transfer-Encoding", "chunked");
        }
        if constexpr (Dialect::signs_bodies)
            add_body_hash();
        if (refused_)
            return std::move(*refused_);
        return std::move(prepared_);
    }

private:
    void address(std::string_view bucket_name, std::string_view key)
    {
        if (refused_)
            return;
        const bool by_path =
            endpoint_.path_style || Dialect::needs_path_style(bucket_name, endpoint_.scheme);
        endpoint_.append_host(prepared_.host, bucket_name, by_path);
        detail::inline_text<256> path;
        endpoint_.append_path(path, bucket_name, key, by_path);
        prepared_.head.target = http::target(path.view(), key.size());
    }

    /// What the signature has for the body: the hash of all we have in memory, but for the caller's
    /// bytes over TLS, which protects them itself.
    void add_body_hash()
    {
        constexpr auto name = Dialect::signer::body_hash_header;
        if (refused_)
            return;
        const bool is_ours =
            !prepared_.document.empty() || prepared_.content_length.value_or(0) == 0;
        if (!is_ours && endpoint_.scheme == scheme::https)
            return header(name, Dialect::signer::unsigned_body);
        if (!is_ours && sha256_)
            return header(name, crypto::hex(*sha256_));
        if (!is_ours && !prepared_.body.in_memory())
            return refuse(errc::invalid_argument,
                "over http a body must be in memory or come with its content_sha256, which is "
                "signed",
                "body");
        const auto digest = crypto::sha256(is_ours ? detail::bytes_of(prepared_.document)
                                                   : prepared_.body.bytes());
        if (!digest)
            return refuse(digest.error());
        header(name, crypto::hex(*digest));
    }

    const service_endpoint& endpoint_;
    prepared_request prepared_{};
    bool takes_body_ = false;
    std::optional<crypto::sha256_value> sha256_{}; // Of the caller's body.
    std::optional<error> refused_{};
};

} // namespace cosio::inline v0::operation

#endif
