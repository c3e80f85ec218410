// SPDX-License-Identifier: MIT
//
// Uploads a body of any size: bytes in memory, or a source whose length need not be known.

#ifndef COSIO_TRANSFER_UPLOAD_HPP
#define COSIO_TRANSFER_UPLOAD_HPP

#include <cosio/operation/put_object.hpp>
#include <cosio/request/upload.hpp>
#include <cosio/transfer/crew.hpp>
#include <cosio/transfer/environment.hpp>
#include <cosio/transfer/multipart_upload.hpp>
#include <cosio/transfer/options.hpp>
#include <cosio/transfer/part_plan.hpp>

#include <asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0::transfer {

/// The work behind `client::upload`. Owned by a `shared_ptr`, by the operation and its jobs.
template <class Client>
class body_upload : public std::enable_shared_from_this<body_upload<Client>>
{
public:
    using result_type = upload_result;

    body_upload(const environment<Client>& with, const upload_request& request)
        : cos_(with.cos), control_(with.control), body_(request.body),
          said_size_(request.body.size()), options_(request.options),
          target_{copies_.keep(request.bucket), copies_.keep(request.key),
              copies_.keep(request.sse), copies_.keep(request.headers)},
          upload_(cos_, target_),
          crew_(std::make_shared<crew>(control_->executor(), request.options.parallelism)),
          meter_(request.options.on_progress, request.body.size(), clock::now())
    {}

    [[nodiscard]] asio::awaitable<result<upload_result>> run()
    {
        auto work = steps();
        auto done = co_await settle(*control_, *crew_, std::move(work));
        if (done)
            co_return done;
        auto why = std::move(done).error();
        co_await upload_.abort(why);
        co_return why;
    }

private:
    using clock = std::chrono::steady_clock;

    /// The bytes of a part: those of the body itself, or a copy of what its source yielded.
    struct part_bytes
    {
        std::unique_ptr<std::byte[]> owned{};
        std::span<const std::byte> bytes{};
    };

    [[nodiscard]] asio::awaitable<result<upload_result>> steps()
    {
        if (auto sound = check_options(options_); !sound)
            co_return std::move(sound).error();
        auto part_size = plan_part_size();
        if (!part_size)
            co_return std::move(part_size).error();
        // What fits into one request is sent by one.
        const auto first_size = body_.in_memory()
            ? (body_.bytes().size() <= largest_put<Client>(options_) ? body_.bytes().size()
                                                                     : *part_size)
            : *part_size;
        auto first = co_await next(first_size);
        if (!first)
            co_return std::move(first).error();
        if (at_end_) {
            auto stored = co_await put((*first)->bytes);
            co_return stored;
        }
        if (auto begun = co_await upload_.begin(crew_->first()); !begun)
            co_return std::move(begun).error();
        if (auto sent = co_await send_parts(std::move(*first), *part_size); !sent)
            co_return std::move(sent).error();
        auto done = co_await upload_.complete(crew_->first());
        co_return done;
    }

    [[nodiscard]] result<std::uint64_t> plan_part_size() const
    {
        const auto limits = limits_of<Client>(options_);
        const auto size = said_size_;
        if (!size) {
            if (auto sound = part_plan::check_part_size(options_.part_size, limits); !sound)
                return std::move(sound).error();
            return options_.part_size;
        }
        if (*size <= largest_put<Client>(options_) && body_.in_memory())
            return options_.part_size;
        const auto plan = part_plan::make(*size, options_.part_size, limits);
        if (!plan)
            return plan.error();
        return plan->part_size();
    }

    /// The next part, of `size` bytes unless the body ends before.
    [[nodiscard]] asio::awaitable<result<std::shared_ptr<part_bytes>>> next(std::uint64_t size)
    {
        auto out = std::make_shared<part_bytes>();
        if (body_.in_memory()) {
            const auto all = body_.bytes().subspan(read_);
            out->bytes = all.first(std::min<std::uint64_t>(size, all.size()));
            read_ += out->bytes.size();
            at_end_ = read_ == body_.bytes().size();
            co_return out;
        }
        // A byte more than a part, so that the last part is known to be the last.
        out->owned = std::make_unique_for_overwrite<std::byte[]>(size);
        const std::span<std::byte> room(out->owned.get(), size);
        std::size_t filled = 0;
        if (ahead_) {
            room[0] = *ahead_;
            ahead_.reset();
            filled = 1;
        }
        while (filled != room.size()) {
            auto got = co_await read(room.subspan(filled));
            if (!got)
                co_return std::move(got).error();
            if (*got == 0)
                break;
            filled += *got;
        }
        out->bytes = room.first(filled);
        at_end_ = filled != room.size();
        if (!at_end_) {
            std::byte one{};
            auto got = co_await read(std::span(&one, 1));
            if (!got)
                co_return std::move(got).error();
            at_end_ = *got == 0;
            if (!at_end_)
                ahead_ = one;
        }
        if (at_end_ && said_size_ && read_ != *said_size_)
            co_return error(errc::body_size_mismatch,
                "the source gave " + std::to_string(read_) + " bytes", "body");
        co_return out;
    }

    /// A source that waits is cancelled when the transfer has to stop.
    [[nodiscard]] asio::awaitable<result<std::size_t>> read(std::span<std::byte> room)
    {
        const auto begin = [&] { return body_.read(room); };
        auto got = co_await wait_for_foreign(control_->executor(), crew_->first(), begin);
        if (got && *got > room.size())
            co_return error(
                errc::body_source_failed, "yielded more than it was given room for", "body");
        if (got)
            read_ += *got;
        co_return got;
    }

    [[nodiscard]] asio::awaitable<result<upload_result>> put(std::span<const std::byte> bytes)
    {
        const put_object_request request{.bucket = target_.bucket, .key = target_.key,
            .body = bytes, .sse = target_.sse, .headers = target_.headers};
        if (crew_->stopping())
            co_return error(errc::cancelled);
        auto stored = co_await cos_.put_object(request, crew_->first().token());
        if (!stored)
            co_return std::move(stored).error();
        meter_.commit(bytes.size(), clock::now());
        co_return upload_result_of(std::move(*stored), bytes.size());
    }

    [[nodiscard]] asio::awaitable<result<void>> send_parts(
        std::shared_ptr<part_bytes> bytes, std::uint64_t part_size)
    {
        const growing_parts growing(part_size, limits_of<Client>(options_));
        const auto lanes = [&](std::uint32_t number) {
            return said_size_ ? options_.parallelism
                              : growing.at_once(number, options_.parallelism);
        };
        for (std::uint32_t number = 1;; ++number) {
            lane* const in = co_await crew_->free_lane(lanes(number));
            if (in == nullptr)
                break;
            crew_->start(
                *in, send_part(this->shared_from_this(), *in, number, std::move(bytes)));
            if (at_end_)
                break;
            if (number == growing.maximum_count()) {
                static_cast<void>(co_await crew_->stop());
                co_return error(errc::invalid_argument,
                    "too small: the body does not end within the " + std::to_string(number) +
                        " parts that an upload may have, which held " + std::to_string(read_ - 1) +
                        " bytes",
                    "part_size");
            }
            // The buffer of the next part counts against the same bound as those being sent.
            if (co_await crew_->free_lane(lanes(number + 1)) == nullptr)
                break;
            auto got = co_await next(said_size_ ? part_size : growing.size_of(number + 1));
            if (!got) {
                // A part that failed is why the source was stopped.
                if (auto sent = co_await crew_->stop(); !sent)
                    co_return sent;
                co_return std::move(got).error();
            }
            bytes = std::move(*got);
        }
        auto sent = co_await crew_->finish();
        co_return sent;
    }

    [[nodiscard]] static asio::awaitable<result<void>> send_part(
        std::shared_ptr<body_upload> self, lane& in, std::uint32_t number,
        std::shared_ptr<part_bytes> bytes)
    {
        const auto size = bytes->bytes.size();
        if (auto sent = co_await self->upload_.send(in, number, bytes->bytes); !sent)
            co_return std::move(sent).error();
        self->meter_.commit(size, clock::now());
        co_return result<void>();
    }

    Client cos_;
    std::shared_ptr<net::operation_control> control_;
    body_view body_;
    std::optional<std::uint64_t> said_size_;
    request_copies copies_{};
    transfer_options options_;
    upload_target target_;
    multipart_upload<Client> upload_;
    std::shared_ptr<crew> crew_;
    progress_meter meter_;
    std::uint64_t read_ = 0;           // Of the body, so far.
    std::optional<std::byte> ahead_{}; // Of a source: read to find out whether there is more.
    bool at_end_ = false;
};

} // namespace cosio::inline v0::transfer

#endif
