// SPDX-License-Identifier: MIT
//
// POST Object restore: makes an archived object readable for some days.

#ifndef COSIO_OPERATION_RESTORE_OBJECT_HPP
#define COSIO_OPERATION_RESTORE_OBJECT_HPP

#include <cosio/operation/shared/encryption_headers.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/service_errc.hpp>
#include <cosio/xml/writer.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0 {

/// How fast an archived object is restored, and at what price.
enum class restore_tier {
    expedited, ///< 1 to 5 minutes; ARCHIVE only.
    standard,  ///< 3 to 5 hours; DEEP_ARCHIVE 12 to 24.
    bulk,      ///< 5 to 12 hours; DEEP_ARCHIVE 24 to 48.
};

/// As the document carries it; empty for a value that is no tier.
[[nodiscard]] constexpr std::string_view name_of(restore_tier tier) noexcept
{
    switch (tier) {
    case restore_tier::expedited: return "Expedited";
    case restore_tier::standard: return "Standard";
    case restore_tier::bulk: return "Bulk";
    }
    return {};
}

/// Asks for a readable copy of an archived object. `head_object` then tells how far it is.
///
/// While a restore is running another one is refused with
/// `service_errc::restore_already_in_progress`.
struct restore_object_request
{
    std::string_view bucket{};
    std::string_view key{};
    /// How long the copy is kept; at least 1.
    std::uint32_t days = 1;
    restore_tier tier = restore_tier::standard;
    /// SSE-C objects need their key; where the service takes none for this, as S3, it is not sent.
    cosio::sse::on_read sse{};
    std::string_view version_id{};
};

static_assert(std::is_trivially_destructible_v<restore_object_request>);

struct restore_object_result
{
    /// True when the object was restored before and is now kept longer; otherwise the restore has
    /// been started.
    bool was_restored = false;
    std::string request_id{};
};

namespace operation {

/// `POST /<key>?restore`. Source: COS documentation, "POST Object restore".
template <class Dialect>
struct restore_object
{
    using request_type = restore_object_request;
    using result_type = restore_object_result;
    static constexpr facts what{.name = "RestoreObject"};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::post, endpoint);
        build.object(request.bucket, request.key);
        build.parameter("restore", {});
        build.optional_parameter("versionId", request.version_id, "version_id");
        if (request.days == 0)
            build.refuse(errc::invalid_restore, "must be at least 1", "days");
        if (name_of(request.tier).empty())
            build.refuse(errc::invalid_restore, "must be a tier", "tier");
        if constexpr (Dialect::restore_takes_customer_key)
            encode_encryption(build, request.sse);
        build.expected().encryption = {}; // The reply states no encryption.
        xml::writer document;
        document.open("RestoreRequest").element("Days", request.days);
        document.open(Dialect::value::restore_parameters);
        document.element("Tier", name_of(request.tier)).close().close();
        build.document(std::move(document).document());
        return std::move(build).finish();
    }

    /// An earlier attempt whose reply was lost may have started the restore: then it is what the
    /// next one meets.
    [[nodiscard]] static std::optional<result_type> done_by_earlier_attempt(const error& why)
    {
        if (why.code != service_errc::restore_already_in_progress)
            return std::nullopt;
        result_type out;
        out.request_id = why.request_id;
        return out;
    }

    [[nodiscard]] static result<result_type> decode(const expectation&, reply&& got)
    {
        result_type out;
        out.was_restored = got.head.status == 200;
        out.request_id = request_id_of<Dialect>(got);
        return out;
    }
};

} // namespace operation
} // namespace cosio::inline v0

#endif
