// SPDX-License-Identifier: MIT
//
// POST Object restore: makes an archived object readable for some days.

#ifndef COSIO_OPERATION_RESTORE_OBJECT_HPP
#define COSIO_OPERATION_RESTORE_OBJECT_HPP

#include <cosio/operation/shared/encryption_headers.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/request/restore_object.hpp>
#include <cosio/service_errc.hpp>
#include <cosio/xml/writer.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0::operation {

/// `POST /<key>?restore`. Source: COS documentation, "POST Object restore".
template <class Dialect>
struct restore_object
{
    using request_type = restore_object_request;
    using result_type = restore_object_result;
    static constexpr facts what{.name = "RestoreObject", .proof = proofs::restore_object};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::post, endpoint);
        build.object(request.bucket, request.key, direction::existing);
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

    /// An earlier attempt whose reply was lost may have started the restore that the next meets.
    [[nodiscard]] static std::optional<result_type> done_by_earlier_attempt(const error& why)
    {
        if (why.code != service_errc::restore_already_in_progress)
            return std::nullopt;
        result_type out;
        out.was_under_way = true;
        out.request_id = why.request_id;
        return out;
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation&, reply&& got)
    {
        out.was_restored = got.head.status == 200;
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif
