// SPDX-License-Identifier: MIT
//
// Downloads an object into memory, in ranges side by side, or to a sink, in order.

#ifndef COSIO_TRANSFER_DOWNLOAD_HPP
#define COSIO_TRANSFER_DOWNLOAD_HPP

#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/request/download.hpp>
#include <cosio/sink.hpp>
#include <cosio/transfer/crew.hpp>
#include <cosio/transfer/environment.hpp>
#include <cosio/transfer/object_fetch.hpp>
#include <cosio/transfer/options.hpp>
#include <cosio/transfer/part_plan.hpp>
#include <cosio/transfer/request_copies.hpp>
#include <cosio/transfer/result.hpp>

#include <asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0::transfer {

/// The work behind `client::download`. Owned by a `shared_ptr`, by the operation and its jobs.
template <class Client>
class stream_download : public std::enable_shared_from_this<stream_download<Client>>
{
public:
    using result_type = download_result;

    /// Into a buffer that outlives it.
    stream_download(const environment<Client>& with, const download_request& request,
        std::span<std::byte> buffer)
        : stream_download(with, request, buffer, nullptr)
    {}

    /// To a sink that outlives it.
    stream_download(
        const environment<Client>& with, const download_request& request, sink_view sink)
        : stream_download(with, request, {}, std::make_unique<sink_view>(sink))
    {}

    [[nodiscard]] asio::awaitable<result<download_result>> run()
    {
        auto work = steps();
        auto done = co_await settle(*control_, *crew_, std::move(work));
        if (done)
            co_return done;
        auto why = std::move(done).error();
        co_return why;
    }

private:
    using clock = std::chrono::steady_clock;

    stream_download(const environment<Client>& with, const download_request& request,
        std::span<std::byte> buffer, std::unique_ptr<sink_view> sink)
        : control_(with.control), options_(request.options), buffer_(buffer),
          sink_(std::move(sink)),
          fetch_(with.cos, with.core,
              {copies_.keep(request.bucket), copies_.keep(request.key),
                  copies_.keep(request.sse), copies_.keep(request.version_id)}),
          crew_(std::make_shared<crew>(control_->executor(), request.options.parallelism)),
          meter_(request.options.on_progress, std::nullopt, clock::now())
    {}

    [[nodiscard]] asio::awaitable<result<download_result>> steps()
    {
        if (auto sound = check_options(options_); !sound)
            co_return std::move(sound).error();
        if (auto found = co_await fetch_.head(crew_->first()); !found)
            co_return std::move(found).error();
        const auto size = fetch_.object().size;
        if (sink_ == nullptr && size > buffer_.size())
            co_return error(errc::destination_too_small,
                "the object has " + std::to_string(size) + " bytes, the buffer " +
                    std::to_string(buffer_.size()),
                "buffer");
        const bool whole = sink_ != nullptr || size <= options_.threshold;
        const auto plan = whole ? result<part_plan>(part_plan::of(size, size))
                                : part_plan::make(size, options_.part_size, range_limits);
        if (!plan)
            co_return plan.error();
        meter_ = progress_meter(options_.on_progress, size, clock::now());
        for (std::uint32_t number = 1; number <= plan->count(); ++number) {
            lane* const in = co_await crew_->free_lane();
            if (in == nullptr)
                break;
            crew_->start(
                *in, receive_part(this->shared_from_this(), *in, plan->at(number), whole));
        }
        if (auto received = co_await crew_->finish(); !received)
            co_return std::move(received).error();
        co_return finish(*plan, whole);
    }

    /// Bytes are received to where they belong.
    class memory_writer
    {
    public:
        memory_writer(stream_download& of, const part& which)
            : of_(of), left_(of.buffer_.subspan(which.offset, which.size))
        {}

        /// At the end there is room for a byte too many, so that it would be noticed.
        [[nodiscard]] std::span<std::byte> room() noexcept
        {
            return left_.empty() ? std::span<std::byte>(&spare_, 1) : left_;
        }

        [[nodiscard]] asio::awaitable<result<void>> commit(std::size_t count)
        {
            left_ = left_.subspan(count);
            of_.meter_.commit(count, clock::now());
            co_return result<void>();
        }

    private:
        stream_download& of_;
        std::span<std::byte> left_;
        std::byte spare_{};
    };

    class sink_writer
    {
    public:
        sink_writer(stream_download& of, lane& in)
            : of_(of), in_(in), buffer_(std::make_unique_for_overwrite<std::byte[]>(buffer_size))
        {}

        [[nodiscard]] std::span<std::byte> room() noexcept { return {buffer_.get(), buffer_size}; }

        [[nodiscard]] asio::awaitable<result<void>> commit(std::size_t count)
        {
            const auto begin = [&] { return of_.sink_->write(room().first(count)); };
            auto taken = co_await wait_for_foreign(of_.control_->executor(), in_, begin);
            if (taken)
                of_.meter_.commit(count, clock::now());
            co_return taken;
        }

    private:
        static constexpr std::size_t buffer_size = 128 * 1024;

        stream_download& of_;
        lane& in_;
        std::unique_ptr<std::byte[]> buffer_;
    };

    [[nodiscard]] static asio::awaitable<result<void>> receive_part(
        std::shared_ptr<stream_download> self, lane& in, part which, bool whole)
    {
        result<std::uint64_t> sum = std::uint64_t{0};
        if (self->sink_ != nullptr) {
            sink_writer to(*self, in);
            sum = co_await self->fetch_.fetch(in, which, whole, to);
        } else {
            memory_writer to(*self, which);
            sum = co_await self->fetch_.fetch(in, which, whole, to);
        }
        if (!sum)
            co_return std::move(sum).error();
        self->sums_[which.number] = *sum;
        co_return result<void>();
    }

    [[nodiscard]] result<download_result> finish(const part_plan& plan, bool whole) const
    {
        download_result out;
        static_cast<object_properties&>(out) = fetch_.object();
        std::uint64_t sum = 0; // Of no bytes.
        for (const auto& [number, of_part] : sums_)
            sum = crypto::crc64_combine(sum, of_part, plan.at(number).size);
        if (auto equal = operation::compare_crc64(sum, out.crc64); !equal)
            return std::move(equal).error();
        out.crc64_verified = out.crc64.has_value();
        out.crc64 = sum;
        out.body_size = plan.object_size();
        out.parts = whole ? 0 : plan.count();
        return out;
    }

    std::shared_ptr<net::operation_control> control_;
    request_copies copies_{};
    transfer_options options_;
    std::span<std::byte> buffer_;
    std::unique_ptr<sink_view> sink_; // Null: into the buffer.
    object_fetch<Client> fetch_;
    std::shared_ptr<crew> crew_;
    progress_meter meter_;
    std::map<std::uint32_t, std::uint64_t> sums_{}; // CRC64 of each part that was received.
};

} // namespace cosio::inline v0::transfer

#endif
