// SPDX-License-Identifier: MIT
//
// Uploads a file: by one request, or in parts side by side, resumable.

#ifndef COSIO_TRANSFER_UPLOAD_FILE_HPP
#define COSIO_TRANSFER_UPLOAD_FILE_HPP

#include <cosio/operation/list_parts.hpp>
#include <cosio/operation/put_object.hpp>
#include <cosio/request/upload_file.hpp>
#include <cosio/transfer/checkpoint_keeper.hpp>
#include <cosio/transfer/crew.hpp>
#include <cosio/transfer/environment.hpp>
#include <cosio/transfer/file_digest.hpp>
#include <cosio/transfer/file_part_source.hpp>
#include <cosio/transfer/multipart_upload.hpp>
#include <cosio/transfer/options.hpp>
#include <cosio/transfer/part_plan.hpp>
#include <cosio/transfer/source_file.hpp>
#include <cosio/transfer/stream_source.hpp>
#include <cosio/transfer/upload.hpp>

#include <asio/awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace cosio::inline v0::transfer {

/// The work behind `client::upload_file`. Owned by a `shared_ptr`, by the operation and its jobs.
template <class Client>
class file_upload : public std::enable_shared_from_this<file_upload<Client>>
{
public:
    using result_type = upload_result;

    file_upload(const environment<Client>& with, const upload_file_request& request)
        : cos_(with.cos), core_(with.core), control_(with.control), files_(with.files),
          path_(request.path), options_(request.options),
          compare_at_end_(request.compare_at_end),
          target_{copies_.keep(request.bucket), copies_.keep(request.key),
              copies_.keep(request.sse), copies_.keep(request.headers)},
          checkpoint_(
              std::string(request.options.checkpoint), request.options.checkpoint_interval, files_),
          upload_(cos_, target_),
          crew_(std::make_shared<crew>(control_->executor(), request.options.parallelism)),
          meter_(request.options.on_progress, std::nullopt, clock::now())
    {}

    [[nodiscard]] asio::awaitable<result<upload_result>> run()
    {
        auto work = steps();
        auto done = co_await settle(*control_, *crew_, std::move(work));
        if (done)
            co_return done;
        auto why = std::move(done).error();
        co_await clean_up(why);
        co_return why;
    }

private:
    using clock = std::chrono::steady_clock;

    [[nodiscard]] asio::awaitable<result<upload_result>> steps()
    {
        if (auto sound = check_options(options_); !sound)
            co_return std::move(sound).error();
        if (auto opened = co_await open(); !opened)
            co_return std::move(opened).error();
        if (source_.kind() != source_kind::sized) {
            auto stored = co_await put_stream();
            co_return stored;
        }
        auto earlier = co_await checkpoint_.load();
        if (!earlier)
            co_return std::move(earlier).error();
        if (!*earlier && !compare_at_end_ && before_.identity.size <= largest_put<Client>(options_)) {
            auto stored = co_await put();
            co_return stored;
        }
        const auto plan = part_plan::make(
            before_.identity.size, options_.part_size, limits_of<Client>(options_));
        if (!plan)
            co_return plan.error();
        upload_result done;
        const bool resumes = earlier->has_value();
        result<void> begun;
        if (resumes)
            begun = co_await resume(**earlier, *plan, done);
        else
            begun = co_await begin(*plan);
        if (!begun)
            co_return std::move(begun).error();
        if (!done.etag.empty()) { // An earlier run got as far as completing it.
            co_await checkpoint_.remove();
            co_return done;
        }
        const auto resumed = static_cast<std::uint32_t>(upload_.parts().size());
        if (auto sent = co_await send_parts(*plan); !sent)
            co_return std::move(sent).error();
        // With all parts written down, a run after this one can tell whether completing was done.
        if (auto saved = co_await checkpoint_.save(); !saved)
            co_return std::move(saved).error();
        auto completed = co_await upload_.complete(crew_->first());
        if (!completed) {
            completed_ = completed.error().code == errc::checksum_mismatch ||
                completed.error().code == errc::encryption_not_applied;
            co_return std::move(completed).error();
        }
        co_await checkpoint_.remove();
        completed->resumed_parts = resumed;
        co_return completed;
    }

    [[nodiscard]] asio::awaitable<result<void>> open()
    {
        auto work = [this]() -> result<void> {
            auto opened = source_file::open(path_);
            if (!opened)
                return std::move(opened).error();
            source_ = std::move(*opened);
            return source_.look();
        };
        if (auto opened = co_await on_file_thread(files_, work); !opened)
            co_return std::move(opened).error();
        auto settled = co_await settle_source();
        if (settled && source_.kind() == source_kind::sized)
            meter_ = progress_meter(options_.on_progress, before_.identity.size, clock::now());
        co_return settled;
    }

    /// Makes `before_` the state of the source, which was looked at, and which any later change will
    /// differ from. Errors: `errc::file_changed` when it is written to all the time.
    [[nodiscard]] asio::awaitable<result<void>> settle_source()
    {
        constexpr int most_looks = 20;
        for (int looks = 0; looks != most_looks; ++looks) {
            before_ = source_.state();
            const auto wait = source_.time_until_settled();
            if (wait == wait.zero())
                co_return result<void>();
            co_await crew_->first().pause(wait);
            if (crew_->stopping())
                co_return error(errc::cancelled);
            auto work = [this] { return source_.look(); };
            if (auto looked = co_await on_file_thread(files_, work); !looked)
                co_return std::move(looked).error();
            if (source_.kind() != source_kind::sized || source_.state() == before_)
                co_return result<void>();
        }
        co_return source_.content().changed_error();
    }

    /// By what takes bodies that end when they end: there is nothing to resume it from.
    [[nodiscard]] asio::awaitable<result<upload_result>> put_stream()
    {
        stream_source body(source_, files_);
        const upload_request request{.bucket = target_.bucket,
            .key = target_.key,
            .body = body,
            .sse = target_.sse,
            .headers = target_.headers,
            .options = options_};
        const environment<Client> with{cos_, core_, control_, files_};
        const auto upload = std::make_shared<body_upload<Client>>(with, request);
        auto done = co_await upload->run();
        co_return done;
    }

    /// What was sent is the file as it is, nothing else. A change of permissions or of names is none
    /// of its bytes, but neither can be told from a rewrite that puts the time of modification back:
    /// the bytes decide. Errors: `errc::file_changed`, and the system's.
    [[nodiscard]] asio::awaitable<result<void>> check_unchanged(const part_plan& plan)
    {
        constexpr int most_comparisons = 5;
        for (int comparisons = 0; comparisons != most_comparisons; ++comparisons) {
            auto work = [this] { return source_.look(); };
            if (auto looked = co_await on_file_thread(files_, work); !looked)
                co_return std::move(looked).error();
            const bool same = source_.kind() == source_kind::sized && source_.state() == before_;
            if (same && (comparisons != 0 || !compare_at_end_))
                co_return result<void>();
            if (!same && !source_.state().differs_in_change_alone(before_))
                break;
            if (auto settled = co_await settle_source(); !settled)
                co_return settled;
            const auto differs = co_await parts_that_differ(plan);
            if (!differs)
                co_return differs.error();
            if (!differs->empty())
                break;
        }
        co_return source_.content().changed_error();
    }

    /// Numbers of the parts that the service has, of other bytes than the file.
    [[nodiscard]] asio::awaitable<result<std::vector<std::uint32_t>>> parts_that_differ(
        const part_plan& plan)
    {
        std::vector<std::uint32_t> out;
        for (const auto& [number, part] : upload_.parts()) {
            const bool planned = number <= plan.count() && part.size == plan.at(number).size;
            std::optional<std::uint64_t> sum;
            if (planned) {
                const auto read = co_await crc64_of_part(
                    source_.content(), files_, *crew_, plan.at(number).offset, part.size);
                if (!read)
                    co_return read.error();
                sum = *read;
            }
            if (!sum || sum != part.crc64)
                out.push_back(number);
        }
        co_return out;
    }

    /// Whether signatures cover what is sent: over https it is protected already.
    [[nodiscard]] bool signs_bodies() const noexcept
    {
        return Client::dialect::signs_bodies && core_->endpoint.scheme == scheme::http;
    }

    /// What the service is given to compare a part with, and what is signed for it: nothing where its
    /// reply states a CRC64.
    [[nodiscard]] asio::awaitable<result<part_digests>> digests_of(part which)
    {
        if constexpr (!Client::dialect::states_crc64) {
            auto sums = co_await digests_of_part(source_.content(), files_, *crew_, which.offset,
                which.size, signs_bodies());
            co_return sums;
        }
        co_return part_digests();
    }

    [[nodiscard]] asio::awaitable<result<upload_result>> put()
    {
        constexpr int most_attempts = 5;
        for (int attempts = 1;; ++attempts) {
            auto stored = co_await put_once();
            if (stored || stored.error().code != errc::file_changed || attempts == most_attempts)
                co_return stored;
            // Nothing was stored. Its permissions may have changed, or its bytes and not its time:
            // they are sent as they are now.
            auto work = [this] { return source_.look(); };
            if (auto looked = co_await on_file_thread(files_, work); !looked)
                co_return std::move(looked).error();
            if (!source_.state().differs_in_change_alone(before_))
                co_return stored;
            if (auto settled = co_await settle_source(); !settled)
                co_return std::move(settled).error();
        }
    }

    [[nodiscard]] asio::awaitable<result<upload_result>> put_once()
    {
        const auto digests =
            co_await digests_of({.number = 1, .offset = 0, .size = before_.identity.size});
        if (!digests)
            co_return digests.error();
        file_part_source source(source_.content(), before_, files_, 0, before_.identity.size,
            file_part_source::extent::whole);
        const put_object_request request{.bucket = target_.bucket,
            .key = target_.key,
            .body = source,
            .content_md5 = digests->md5,
            .content_sha256 = digests->sha256,
            .sse = target_.sse,
            .headers = target_.headers};
        if (crew_->stopping())
            co_return error(errc::cancelled);
        auto stored = co_await cos_.put_object(request, crew_->first().token());
        if (!stored)
            co_return std::move(stored).error();
        meter_.commit(before_.identity.size, clock::now());
        co_return upload_result_of(std::move(*stored), before_.identity.size);
    }

    [[nodiscard]] checkpoint binding(const part_plan& plan) const
    {
        checkpoint out;
        out.kind = checkpoint::direction::upload;
        out.bucket = target_.bucket;
        out.key = target_.key;
        out.object_size = before_.identity.size;
        out.part_size = plan.part_size();
        out.file = before_.identity;
        return out;
    }

    [[nodiscard]] asio::awaitable<result<void>> begin(const part_plan& plan)
    {
        if (auto begun = co_await upload_.begin(crew_->first()); !begun)
            co_return std::move(begun).error();
        if (!checkpoint_.is_on())
            co_return result<void>();
        auto fingerprint = encryption_fingerprint::make(target_.sse);
        if (!fingerprint)
            co_return std::move(fingerprint).error();
        checkpoint_.content() = binding(plan);
        checkpoint_.content().upload_id = upload_.id();
        checkpoint_.content().encryption = std::move(*fingerprint);
        auto saved = co_await checkpoint_.save_beginning();
        co_return saved;
    }

    /// Whether the file is of another size, time or inode than it was.
    [[nodiscard]] asio::awaitable<bool> is_another_file()
    {
        auto work = [this] { return source_.content().identity(); };
        const auto now = co_await on_file_thread(files_, work);
        co_return now && *now != before_.identity;
    }

    /// Takes the parts that the service still has, and that are what the file has in their places.
    /// Completes `done` when the object is there.
    [[nodiscard]] asio::awaitable<result<void>> resume(
        const checkpoint& earlier, const part_plan& plan, upload_result& done)
    {
        resumable_ = false; // What is not ours is left alone.
        if (auto same = check_binding(earlier, binding(plan), target_.sse); !same)
            co_return std::move(same).error();
        if (earlier.file != before_.identity)
            co_return mismatch("the file (its size, time or inode)");
        upload_.adopt(earlier.upload_id);
        for (const auto& one : earlier.parts)
            upload_.adopt(one.number, {one.etag, one.size, one.crc64, one.md5_verified});
        done.size = upload_.size();
        done.crc64 = upload_.combined_crc64();
        auto there = co_await list_parts_there();
        if (!there) {
            const bool gone = there.error().code == service_errc::no_such_upload;
            const bool whole =
                done.size == before_.identity.size && earlier.parts.size() == plan.count();
            if (gone && whole) {
                auto differs = co_await parts_that_differ(plan);
                if (!differs)
                    co_return std::move(differs).error();
                if (!differs->empty())
                    co_return mismatch("what the file holds");
            }
            if (gone && whole) {
                const auto complete = co_await upload_.is_there(crew_->first(), done);
                if (!complete)
                    co_return complete.error();
                if (*complete) {
                    done.parts = done.resumed_parts = plan.count();
                    co_return result<void>();
                }
            }
            if (gone)
                co_return cannot_go_on("the service no longer has the upload");
            co_return std::move(there).error();
        }
        upload_.keep_only(*there);
        // Whoever writes to a file may leave it its size and its time.
        const auto differs = co_await parts_that_differ(plan);
        if (!differs)
            co_return differs.error();
        for (const auto number : *differs)
            upload_.forget(number);
        resumable_ = true;
        checkpoint_.content() = earlier;
        std::erase_if(checkpoint_.content().parts,
            [&](const auto& one) { return !upload_.parts().contains(one.number); });
        meter_.resume_from(upload_.size());
        co_return result<void>();
    }

    /// Number, ETag and size of the parts that the service has.
    [[nodiscard]] asio::awaitable<result<std::vector<part_summary>>> list_parts_there()
    {
        std::vector<part_summary> all;
        list_parts_request request{
            .bucket = target_.bucket, .key = target_.key, .upload_id = upload_.id()};
        for (;;) {
            if (crew_->stopping())
                co_return error(errc::cancelled);
            auto page = co_await cos_.list_parts(request, crew_->first().token());
            if (!page)
                co_return std::move(page).error();
            for (auto& one : page->parts)
                all.push_back(std::move(one));
            if (!page->is_truncated)
                co_return all;
            request.part_number_marker = page->next_part_number_marker;
        }
    }

    [[nodiscard]] asio::awaitable<result<void>> send_parts(const part_plan& plan)
    {
        for (std::uint32_t number = 1; number <= plan.count(); ++number) {
            if (upload_.parts().contains(number))
                continue;
            lane* const in = co_await crew_->free_lane();
            if (in == nullptr)
                break;
            crew_->start(*in, send_part(this->shared_from_this(), *in, plan.at(number)));
        }
        auto sent = co_await crew_->finish();
        if (!sent) {
            const auto work = [this] { return source_.content().state(); };
            const auto now = co_await on_file_thread(files_, work);
            const bool other = now && now->identity != before_.identity;
            const bool by_bytes = now && *now != before_ &&
                sent.error().code == service_errc::bad_digest; // They were hashed, then changed.
            co_return other || by_bytes ? source_.content().changed_error()
                                        : std::move(sent).error();
        }
        auto unchanged = co_await check_unchanged(plan);
        co_return unchanged;
    }

    [[nodiscard]] static asio::awaitable<result<void>> send_part(
        std::shared_ptr<file_upload> self, lane& in, part which)
    {
        const auto digests = co_await self->digests_of(which);
        if (!digests)
            co_return digests.error();
        file_part_source source(self->source_.content(), self->before_, self->files_, which.offset,
            which.size, file_part_source::extent::part);
        if (auto sent = co_await self->upload_.send(in, which.number, source, *digests); !sent)
            co_return std::move(sent).error();
        const auto& done = self->upload_.parts().at(which.number);
        auto& parts = self->checkpoint_.content().parts;
        const auto after = std::ranges::upper_bound(
            parts, which.number, {}, &checkpoint_part::number);
        parts.insert(
            after, {which.number, done.size, done.crc64.value_or(0), done.etag, done.md5_verified});
        self->meter_.commit(which.size, clock::now());
        if (!self->checkpoint_.is_due())
            co_return result<void>();
        auto saved = co_await self->checkpoint_.save();
        co_return saved;
    }

    /// After a failure: the upload can be resumed, or is gone.
    [[nodiscard]] asio::awaitable<void> clean_up(error& why)
    {
        if (upload_.id().empty() || !resumable_)
            co_return;
        const bool keep = checkpoint_.is_on() && !completed_ &&
            options_.on_failure == unfinished_upload::keep_if_resumable;
        if (keep && !co_await is_another_file()) {
            const auto saved = co_await checkpoint_.save();
            if (saved || co_await checkpoint_.is_on_disk()) // On a full disk: as it was before.
                co_return;
        }
        co_await upload_.abort(why);
        co_await checkpoint_.remove();
    }

    Client cos_;
    std::shared_ptr<net::client_core> core_;
    std::shared_ptr<net::operation_control> control_;
    asio::any_io_executor files_;
    std::string path_;
    request_copies copies_{};
    transfer_options options_;
    bool compare_at_end_;
    upload_target target_;
    checkpoint_keeper checkpoint_;
    multipart_upload<Client> upload_;
    std::shared_ptr<crew> crew_;
    progress_meter meter_;
    source_file source_{};
    file_state before_{}; // The source when it was opened.
    bool resumable_ = true;
    bool completed_ = false; // The service has made an object of the parts, which is not ours.
};

} // namespace cosio::inline v0::transfer

#endif
