// SPDX-License-Identifier: MIT
//
// Copies an object of any size within the service: by one request, or in parts side by side.

#ifndef COSIO_TRANSFER_COPY_HPP
#define COSIO_TRANSFER_COPY_HPP

#include <cosio/net/initiation.hpp>
#include <cosio/net/run_operation.hpp>
#include <cosio/operation/copy_object.hpp>
#include <cosio/operation/get_object_tagging.hpp>
#include <cosio/operation/head_object.hpp>
#include <cosio/operation/upload_part_copy.hpp>
#include <cosio/request/copy.hpp>
#include <cosio/service_errc.hpp>
#include <cosio/transfer/crew.hpp>
#include <cosio/transfer/environment.hpp>
#include <cosio/transfer/inherited_headers.hpp>
#include <cosio/transfer/multipart_upload.hpp>
#include <cosio/transfer/options.hpp>
#include <cosio/transfer/part_plan.hpp>

#include <asio/awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace cosio::inline v0::transfer {

/// The work behind `client::copy`. Owned by a `shared_ptr`, by the operation and its jobs.
template <class Client>
class object_copy : public std::enable_shared_from_this<object_copy<Client>>
{
public:
    using result_type = upload_result;

    object_copy(const environment<Client>& with, const copy_request& request)
        : with_(with), options_(request.options), source_(copies_.keep(request.copy_source)),
          directive_(request.directive), tagging_(request.tagging),
          target_{copies_.keep(request.bucket), copies_.keep(request.key),
              copies_.keep(request.sse), copies_.keep(request.headers)},
          crew_(std::make_shared<crew>(with.control->executor(), request.options.parallelism)),
          meter_(request.options.on_progress, std::nullopt, clock::now())
    {}

    [[nodiscard]] asio::awaitable<result<upload_result>> run()
    {
        auto work = steps();
        auto done = co_await settle(*with_.control, *crew_, std::move(work));
        if (done)
            co_return done;
        auto why = std::move(done).error();
        if (upload_)
            co_await upload_->abort(why);
        co_return why;
    }

private:
    using clock = std::chrono::steady_clock;
    using dialect = typename Client::dialect;

    [[nodiscard]] asio::awaitable<result<upload_result>> steps()
    {
        if (auto sound = check_options(options_); !sound)
            co_return std::move(sound).error();
        if (directive_ == metadata_directive::copy && has_content_headers(target_.headers))
            co_return error(errc::invalid_argument,
                "content headers and metadata need metadata_directive::replace", "headers");
        auto found = co_await head_source();
        if (!found)
            co_return std::move(found).error();
        object_ = std::move(*found);
        if (source_.conditions.if_match.empty())
            source_.conditions.if_match = object_.etag;
        meter_ = progress_meter(options_.on_progress, object_.size, clock::now());
        if (object_.size <= std::min(options_.threshold, dialect::maximum_copy_size)) {
            auto copied = co_await copy_whole();
            co_return copied;
        }
        auto copied = co_await copy_in_parts();
        co_return copied;
    }

    /// The source may be in another region: it is asked for there, with its own key.
    [[nodiscard]] asio::awaitable<result<head_object_result>> head_source()
    {
        const head_object_request request{.bucket = source_.bucket, .key = source_.key,
            .sse = source_.sse, .version_id = source_.version_id};
        auto found = co_await ask<operation::head_object<dialect>>(request);
        if (!found && found.error().field.empty())
            found.error().explain("the source of the copy");
        co_return found;
    }

    /// Those that the parts do not bring with them. Nothing when there are none, or the copy is to
    /// have others.
    [[nodiscard]] asio::awaitable<result<void>> learn_tags()
    {
        if (tagging_ == tagging_directive::replace || !target_.headers.tags.empty())
            co_return result<void>();
        const operation::get_object_tagging_request request{
            .bucket = source_.bucket, .key = source_.key, .version_id = source_.version_id};
        auto found = co_await ask<operation::get_object_tagging<dialect>>(request);
        if (found) {
            source_tags_ = std::move(found->tags);
            for (const auto& [key, value] : source_tags_)
                tags_.push_back({key, value});
            co_return result<void>();
        }
        const auto code = found.error().code;
        if (code == service_errc::no_such_tag_set || code == service_errc::not_implemented ||
            code == service_errc::method_not_allowed)
            co_return result<void>();
        found.error().explain(
            "the tags of the source, which a copy in parts is given unless `tagging` is replace");
        co_return std::move(found).error();
    }

    /// One operation where the source is.
    template <class Operation>
    [[nodiscard]] asio::awaitable<result<typename Operation::result_type>> ask(
        const typename Operation::request_type& request)
    {
        auto where = with_.core->endpoint;
        if (!source_.region.empty() && source_.region != where.region) {
            if (where.host == dialect::service_host(where.region))
                where.host = dialect::service_host(source_.region);
            where.region = source_.region;
        }
        if (crew_->stopping())
            co_return error(errc::cancelled);
        auto run = net::make_operation_run<dialect, Operation>(
            with_.core, with_.cos.limits(), request, where);
        auto work = net::run_operation(run);
        net::prepared_operation<typename Operation::result_type> question(
            std::move(run), std::move(work));
        auto answer = co_await net::initiate(
            with_.core->executor, std::move(question), crew_->first().token());
        co_return answer;
    }

    [[nodiscard]] asio::awaitable<result<upload_result>> copy_whole()
    {
        const bool onto_itself = source_.bucket == target_.bucket && source_.key == target_.key &&
            source_.version_id.empty();
        copy_object_request request{.bucket = target_.bucket, .key = target_.key,
            .copy_source = source_, .sse = target_.sse, .directive = directive_,
            .tagging = tagging_, .headers = target_.headers};
        const inherited_headers kept(object_, target_.headers);
        if (directive_ == metadata_directive::copy) {
            request.headers.stored_storage_class = object_.storage_class;
            if (onto_itself) { // Which the service takes only as a replacement.
                request.directive = metadata_directive::replace;
                request.headers = kept.headers();
            }
        }
        if (crew_->stopping())
            co_return error(errc::cancelled);
        auto copied = co_await with_.cos.copy_object(request, crew_->first().token());
        if (!copied)
            co_return changed_or(std::move(copied).error());
        upload_result out;
        out.size = object_.size;
        out.crc64 = object_.crc64;
        out.crc64_verified = out.crc64 && copied->crc64;
        if (out.crc64_verified && *out.crc64 != *copied->crc64)
            co_return error(
                errc::checksum_mismatch, "the CRC64 of the copy is not that of its source");
        out.etag = std::move(copied->etag);
        out.sse = std::move(copied->sse);
        out.version_id = std::move(copied->version_id);
        out.request_id = std::move(copied->request_id);
        meter_.commit(object_.size, clock::now());
        co_return out;
    }

    [[nodiscard]] asio::awaitable<result<upload_result>> copy_in_parts()
    {
        const auto plan =
            part_plan::make(object_.size, options_.part_size, limits_of<Client>(options_));
        if (!plan)
            co_return plan.error();
        const inherited_headers kept(object_, target_.headers);
        upload_target target = target_;
        if (directive_ == metadata_directive::copy)
            target.headers = kept.headers();
        if (auto learnt = co_await learn_tags(); !learnt)
            co_return std::move(learnt).error();
        if (!tags_.empty())
            target.headers.tags = tags_;
        upload_.emplace(with_.cos, target);
        if (auto begun = co_await upload_->begin(crew_->first()); !begun)
            co_return std::move(begun).error();
        for (std::uint32_t number = 1; number <= plan->count(); ++number) {
            lane* const in = co_await crew_->free_lane();
            if (in == nullptr)
                break;
            crew_->start(*in, copy_part(this->shared_from_this(), *in, plan->at(number)));
        }
        if (auto copied = co_await crew_->finish(); !copied)
            co_return changed_or(std::move(copied).error());
        auto done = co_await upload_->complete(crew_->first(), object_.crc64);
        co_return done;
    }

    [[nodiscard]] static asio::awaitable<result<void>> copy_part(
        std::shared_ptr<object_copy> self, lane& in, part which)
    {
        const upload_part_copy_request request{.bucket = self->target_.bucket,
            .key = self->target_.key, .upload_id = self->upload_->id(),
            .part_number = which.number, .copy_source = self->source_,
            .source_range = byte_range::between(which.offset, which.offset + which.size - 1),
            .sse = part_encryption(self->target_.sse)};
        if (in.interrupted())
            co_return error(errc::cancelled);
        auto copied = co_await self->with_.cos.upload_part_copy(request, in.token());
        if (!copied) {
            copied.error().explain("part " + std::to_string(which.number));
            co_return std::move(copied).error();
        }
        self->upload_->adopt(
            which.number, {std::move(copied->etag), which.size, copied->crc64});
        self->meter_.commit(which.size, clock::now());
        co_return result<void>();
    }

    [[nodiscard]] error changed_or(error why) const
    {
        if (why.code == condition::precondition_failed &&
            source_.conditions.if_match == object_.etag) {
            why.code = errc::object_changed;
            why.message = "the ETag of the source is another than before";
        }
        return why;
    }

    environment<Client> with_;
    request_copies copies_{};
    transfer_options options_;
    cosio::copy_source source_;
    metadata_directive directive_;
    tagging_directive tagging_;
    upload_target target_;
    std::optional<multipart_upload<Client>> upload_{};
    std::shared_ptr<crew> crew_;
    progress_meter meter_;
    head_object_result object_{}; // The source.
    std::vector<operation::stored_tag> source_tags_{};
    std::vector<tag> tags_{}; // The same, of which `upload_` has a view.
};

} // namespace cosio::inline v0::transfer

#endif
