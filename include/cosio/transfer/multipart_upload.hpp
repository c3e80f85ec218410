// SPDX-License-Identifier: MIT
//
// One multipart upload, from its beginning to its object, whatever its parts are made of.

#ifndef COSIO_TRANSFER_MULTIPART_UPLOAD_HPP
#define COSIO_TRANSFER_MULTIPART_UPLOAD_HPP

#include <cosio/crypto/crc64.hpp>
#include <cosio/crypto/digest.hpp>
#include <cosio/detail/process_generation.hpp>
#include <cosio/dialect/composite_etag.hpp>
#include <cosio/operation/abort_multipart_upload.hpp>
#include <cosio/operation/complete_multipart_upload.hpp>
#include <cosio/operation/head_object.hpp>
#include <cosio/operation/initiate_multipart_upload.hpp>
#include <cosio/operation/list_parts.hpp>
#include <cosio/operation/upload_part.hpp>
#include <cosio/result.hpp>
#include <cosio/service_errc.hpp>
#include <cosio/transfer/crew.hpp>
#include <cosio/transfer/file_digest.hpp>
#include <cosio/transfer/part_plan.hpp>
#include <cosio/transfer/request_copies.hpp>
#include <cosio/transfer/result.hpp>

#include <asio/awaitable.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::transfer {

/// The object that is to be. Views that outlive the upload.
struct upload_target
{
    std::string_view bucket{};
    std::string_view key{};
    cosio::sse::on_write sse{};
    object_headers headers{};
};

/// A part that the service has.
struct uploaded_part
{
    std::string etag{};
    std::uint64_t size = 0;
    /// Of the bytes that were sent; nothing for a part that was copied and whose reply has none.
    std::optional<std::uint64_t> crc64{};
    /// Whether the reply proved its MD5.
    bool md5_verified = false;
};

/// Touched on the transfer's executor only.
template <class Client>
class multipart_upload
{
public:
    multipart_upload(Client cos, const upload_target& target)
        : cos_(std::move(cos)), target_(target)
    {}

    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    [[nodiscard]] const std::map<std::uint32_t, uploaded_part>& parts() const noexcept
    {
        return parts_;
    }

    [[nodiscard]] asio::awaitable<result<void>> begin(lane& in)
    {
        const initiate_multipart_upload_request request{.bucket = target_.bucket,
            .key = target_.key, .sse = target_.sse, .headers = target_.headers};
        if (in.interrupted())
            co_return error(errc::cancelled);
        auto begun = co_await cos_.initiate_multipart_upload(request, in.token());
        if (!begun)
            co_return std::move(begun).error();
        id_ = std::move(begun->upload_id);
        sse_ = std::move(begun->sse);
        co_return result<void>();
    }

    /// Goes on with an upload that an earlier run began, which would not have gone on unless the
    /// reply had confirmed its encryption.
    void adopt(std::string id)
    {
        id_ = std::move(id);
        sse_ = encryption_asked();
    }
    void adopt(std::uint32_t number, uploaded_part part) { parts_[number] = std::move(part); }

    void forget(std::uint32_t number) { parts_.erase(number); }

    /// Forgets adopted parts that are not among those which the service has.
    void keep_only(const std::vector<part_summary>& there)
    {
        std::map<std::uint32_t, uploaded_part> kept;
        for (const auto& one : there)
            if (const auto known = parts_.find(one.part_number); known != parts_.end() &&
                known->second.etag == one.etag && known->second.size == one.size)
                kept.insert(*known);
        parts_ = std::move(kept);
    }

    [[nodiscard]] asio::awaitable<result<void>> send(lane& in, std::uint32_t number, body_view body,
        const part_digests& digests = {})
    {
        const upload_part_request request{.bucket = target_.bucket,
            .key = target_.key,
            .upload_id = id_,
            .part_number = number,
            .body = body,
            .content_md5 = digests.md5,
            .content_sha256 = digests.sha256,
            .sse = part_encryption(target_.sse)};
        if (in.interrupted())
            co_return error(errc::cancelled);
        auto sent = co_await cos_.upload_part(request, in.token());
        if (!sent) {
            sent.error().explain("part " + std::to_string(number));
            co_return std::move(sent).error();
        }
        parts_[number] = {
            std::move(sent->etag), body.size().value_or(0), sent->sent_crc64, sent->md5_verified};
        co_return result<void>();
    }

    /// Makes the object of parts 1 to the last. `expected_crc64`: nothing means what the parts
    /// combine to, if all of them have one.
    [[nodiscard]] asio::awaitable<result<upload_result>> complete(
        lane& in, std::optional<std::uint64_t> expected_crc64 = {})
    {
        std::vector<completed_part> all;
        for (const auto& [number, part] : parts_)
            all.push_back({number, part.etag});
        upload_result out;
        out.size = size();
        out.crc64 = expected_crc64 ? expected_crc64 : combined_crc64();
        out.parts = static_cast<std::uint32_t>(parts_.size());
        const complete_multipart_upload_request request{.bucket = target_.bucket,
            .key = target_.key, .upload_id = id_, .parts = all, .expected_sse = target_.sse,
            .expected_crc64 = out.crc64};
        if (in.interrupted())
            co_return error(errc::cancelled);
        auto done = co_await cos_.complete_multipart_upload(request, in.token());
        if (!done) {
            auto why = std::move(done).error();
            // Of two attempts the first may have completed it, its reply lost.
            if (why.code == service_errc::no_such_upload && why.may_have_executed()) {
                const auto complete = co_await is_there(in, out);
                if (complete && *complete)
                    co_return out;
            }
            co_return why;
        }
        // Ceph names no ETag here, so that nothing is proved of the whole yet.
        if (!operation::is_etag(done->etag)) {
            const auto found = co_await is_there(in, out);
            if (found && *found)
                co_return out;
        }
        out.etag = std::move(done->etag);
        out.crc64_verified = done->crc64_verified;
        out.md5_verified = are_md5_verified() && out.etag == etag_of_parts();
        // Some services confirm it when the upload begins, and then no more.
        out.sse = done->sse.mode == encryption_mode::none ? sse_ : std::move(done->sse);
        out.version_id = std::move(done->version_id);
        out.request_id = std::move(done->request_id);
        co_return out;
    }

    /// Whether the object is what this upload would make of it: of the same size, and of the same
    /// CRC64 or, where the service states none, of an ETag that was made of the same parts. Completes
    /// `out` then. False when there is none, or that cannot be proved of it. Errors: of the question.
    [[nodiscard]] asio::awaitable<result<bool>> is_there(lane& in, upload_result& out)
    {
        const head_object_request request{.bucket = target_.bucket, .key = target_.key,
            .sse = part_encryption(target_.sse)};
        encryption_expectation expected(target_.sse);
        expected.compare_kms_keys_by(&Client::dialect::is_same_kms_key);
        if (in.interrupted())
            co_return error(errc::cancelled);
        auto found = co_await cos_.head_object(request, in.token());
        if (!found && found.error().code != condition::not_found)
            co_return std::move(found).error();
        if (!found || found->size != out.size || !expected.check(found->sse))
            co_return false;
        const bool same_crc64 = out.crc64 && found->crc64 == out.crc64;
        if (found->crc64 ? !same_crc64 : found->etag != etag_of_parts())
            co_return false;
        out.etag = std::move(found->etag);
        out.crc64_verified = same_crc64;
        out.md5_verified = are_md5_verified();
        out.sse = std::move(found->sse);
        out.version_id = std::move(found->version_id);
        out.request_id = std::move(found->request_id);
        co_return true;
    }

    /// Gives the upload up, whether or not the transfer was cancelled; takes ten seconds at most.
    /// Appends to `why` what is left behind when that fails.
    [[nodiscard]] asio::awaitable<void> abort(error& why)
    {
        if (id_.empty() || generation_ != detail::process_generation())
            co_return; // The upload is of the parent process, which goes on with it.
        timeout_settings limits;
        limits.total = std::chrono::seconds(10);
        const auto hurried = cos_.with_timeouts(limits);
        if (!hurried)
            co_return;
        const abort_multipart_upload_request request{
            .bucket = target_.bucket, .key = target_.key, .upload_id = id_};
        const auto done = co_await hurried->abort_multipart_upload(request, asio::use_awaitable);
        if (!done && done.error().code != service_errc::no_such_upload)
            why.message.append(why.message.empty() ? why.code.message() : std::string())
                .append("; upload ")
                .append(id_)
                .append(" is left behind, since aborting it failed: ")
                .append(done.error().describe());
    }

    [[nodiscard]] std::uint64_t size() const
    {
        std::uint64_t sum = 0;
        for (const auto& [number, part] : parts_)
            sum += part.size;
        return sum;
    }

    /// Of all parts in order; nothing when one has none.
    [[nodiscard]] std::optional<std::uint64_t> combined_crc64() const
    {
        std::uint64_t sum = 0; // Of no bytes.
        for (const auto& [number, part] : parts_) {
            if (!part.crc64)
                return std::nullopt;
            sum = crypto::crc64_combine(sum, *part.crc64, part.size);
        }
        return sum;
    }

private:
    /// What S3 would make of them; nothing when it cannot be told.
    [[nodiscard]] std::optional<std::string> etag_of_parts() const
    {
        dialect::composite_etag made;
        for (const auto& [number, part] : parts_)
            made.add(part.etag);
        const auto etag = made.finish();
        return etag ? std::optional("\"" + *etag + "\"") : std::nullopt;
    }

    [[nodiscard]] encryption encryption_asked() const
    {
        using value = typename Client::dialect::value;
        encryption asked;
        if (std::holds_alternative<sse::cos_managed>(target_.sse)) {
            asked.mode = encryption_mode::cos_managed;
            asked.algorithm = value::encryption_cos_managed;
        } else if (const auto* const kms = std::get_if<sse::kms>(&target_.sse)) {
            asked.mode = encryption_mode::kms;
            asked.algorithm = value::encryption_kms;
            asked.kms_key_id = kms->key_id;
        } else if (const auto* const customer = std::get_if<sse::customer>(&target_.sse)) {
            asked.mode = encryption_mode::customer;
            asked.algorithm = value::customer_algorithm;
            asked.customer_key_md5 = customer->md5.base64();
        }
        return asked;
    }

    [[nodiscard]] bool are_md5_verified() const
    {
        return std::ranges::all_of(
            parts_, [](const auto& one) { return one.second.md5_verified; });
    }

    const std::uint32_t generation_ = detail::process_generation();
    Client cos_;
    upload_target target_;
    std::string id_{};
    encryption sse_{}; // That the service has confirmed.
    std::map<std::uint32_t, uploaded_part> parts_{};
};

} // namespace cosio::inline v0::transfer

#endif
