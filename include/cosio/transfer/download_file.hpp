// SPDX-License-Identifier: MIT
//
// Downloads an object to a file: by one request, or in ranges side by side, resumable.

#ifndef COSIO_TRANSFER_DOWNLOAD_FILE_HPP
#define COSIO_TRANSFER_DOWNLOAD_FILE_HPP

#include <cosio/request/download_file.hpp>
#include <cosio/transfer/checkpoint_keeper.hpp>
#include <cosio/transfer/crew.hpp>
#include <cosio/transfer/environment.hpp>
#include <cosio/transfer/file_digest.hpp>
#include <cosio/transfer/object_fetch.hpp>
#include <cosio/transfer/options.hpp>
#include <cosio/transfer/part_plan.hpp>
#include <cosio/transfer/partial_file.hpp>
#include <cosio/transfer/request_copies.hpp>
#include <cosio/transfer/result.hpp>
#include <cosio/transfer/through_file.hpp>

#include <asio/awaitable.hpp>

#include <algorithm>
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

/// The work behind `client::download_file`. Owned by a `shared_ptr`, by the operation and its jobs.
template <class Client>
class file_download : public std::enable_shared_from_this<file_download<Client>>
{
public:
    using result_type = download_result;

    /// `beneath`: the directory that `request.path` is a name in, instead of its own.
    file_download(const environment<Client>& with, const download_file_request& request,
        std::optional<local_directory> beneath = {})
        : control_(with.control), files_(with.files), options_(request.options),
          bucket_(copies_.keep(request.bucket)), key_(copies_.keep(request.key)),
          sse_(copies_.keep(request.sse)), version_id_(copies_.keep(request.version_id)),
          checkpoint_(std::string(request.options.checkpoint),
              request.options.checkpoint_interval, files_),
          fetch_(with.cos, with.core, {bucket_, key_, sse_, version_id_}),
          file_(std::string(request.path), std::move(beneath)),
          crew_(std::make_shared<crew>(control_->executor(), request.options.parallelism)),
          meter_(request.options.on_progress, std::nullopt, clock::now())
    {}

    [[nodiscard]] asio::awaitable<result<download_result>> run()
    {
        auto work = steps();
        auto done = co_await settle(*control_, *crew_, std::move(work));
        if (done)
            co_return done;
        auto why = std::move(done).error();
        co_await clean_up();
        co_return why;
    }

private:
    using clock = std::chrono::steady_clock;

    [[nodiscard]] asio::awaitable<result<download_result>> steps()
    {
        if (auto sound = check_options(options_); !sound)
            co_return std::move(sound).error();
        auto checking = [this] { return file_.check_target(); };
        if (auto possible = co_await on_file_thread(files_, checking); !possible)
            co_return std::move(possible).error();
        if (file_.is_written_to()) {
            auto done = co_await write_through();
            co_return done;
        }
        auto earlier = co_await checkpoint_.load();
        if (!earlier)
            co_return std::move(earlier).error();
        co_await collect(*earlier);
        if (auto found = co_await fetch_.head(crew_->first()); !found)
            co_return std::move(found).error();
        const auto size = fetch_.object().size;
        const bool whole = size <= options_.threshold && !*earlier;
        const auto plan = whole ? result<part_plan>(part_plan::of(size, size))
                                : part_plan::make(size, options_.part_size, range_limits);
        if (!plan)
            co_return plan.error();
        meter_ = progress_meter(options_.on_progress, size, clock::now());
        result<void> begun;
        if (*earlier)
            begun = co_await resume(**earlier, *plan);
        else
            begun = co_await begin(*plan, whole);
        if (!begun)
            co_return std::move(begun).error();
        const auto resumed = static_cast<std::uint32_t>(sums_.size());
        if (auto received = co_await receive_parts(*plan, whole); !received)
            co_return std::move(received).error();
        auto done = co_await finish(*plan);
        if (done) {
            done->parts = whole ? 0 : plan->count();
            done->resumed_parts = resumed;
        }
        co_return done;
    }

    /// To what cannot be replaced: in order, by one request, and not to be taken back.
    [[nodiscard]] asio::awaitable<result<download_result>> write_through()
    {
        if (checkpoint_.is_on())
            co_return error(errc::invalid_argument,
                "is for files: what goes to a device or a pipe cannot be resumed", "checkpoint");
        auto work = [this] { return file_.open_to_write(); };
        while (!through_) {
            if (crew_->stopping())
                co_return error(errc::cancelled);
            auto opened = co_await on_file_thread(files_, work);
            if (!opened)
                co_return std::move(opened).error();
            if (*opened)
                through_.emplace(std::move(**opened));
            else
                co_await crew_->first().pause(std::chrono::milliseconds(20));
        }
        if (auto found = co_await fetch_.head(crew_->first()); !found)
            co_return std::move(found).error();
        const auto size = fetch_.object().size;
        const auto plan = part_plan::of(size, size);
        meter_ = progress_meter(options_.on_progress, size, clock::now());
        if (auto received = co_await receive_parts(plan, true); !received)
            co_return std::move(received).error();
        co_return sum_up(plan);
    }

    /// Writes in order, and waits for whoever reads.
    class through_writer
    {
    public:
        through_writer(file_download& of, lane& in)
            : of_(of), in_(in), buffer_(std::make_unique_for_overwrite<std::byte[]>(buffer_size))
        {}

        [[nodiscard]] std::span<std::byte> room() noexcept { return {buffer_.get(), buffer_size}; }

        [[nodiscard]] asio::awaitable<result<void>> commit(std::size_t count)
        {
            auto left = std::span<const std::byte>(buffer_.get(), count);
            auto work = [this, &left]() -> result<void> {
                const auto put = of_.through_->write_some(left);
                if (!put)
                    return put.error();
                left = left.subspan(*put);
                return {};
            };
            while (!left.empty()) {
                if (in_.interrupted())
                    co_return error(errc::cancelled);
                if (auto put = co_await on_file_thread(of_.files_, work); !put)
                    co_return put;
            }
            of_.meter_.commit(count, clock::now());
            co_return result<void>();
        }

    private:
        static constexpr std::size_t buffer_size = 128 * 1024;

        file_download& of_;
        lane& in_;
        std::unique_ptr<std::byte[]> buffer_;
    };

    [[nodiscard]] checkpoint binding(const part_plan& plan) const
    {
        const auto& object = fetch_.object();
        checkpoint out;
        out.kind = checkpoint::direction::download;
        out.bucket = bucket_;
        out.key = key_;
        out.version_id = version_id_;
        out.object_etag = object.etag;
        out.object_size = object.size;
        out.object_crc64 = object.crc64;
        out.part_size = plan.part_size();
        return out;
    }

    /// Removes what dead runs have left, but what `earlier` refers to; forgets `earlier` when there
    /// is nothing that it could go on with.
    [[nodiscard]] asio::awaitable<void> collect(std::optional<checkpoint>& earlier)
    {
        if (file_.is_beneath() && !checkpoint_.is_on())
            co_return; // Whoever knows the directory does that, once for all files in it.
        auto work = [&] {
            leftover_rule rule;
            if (checkpoint_.is_on())
                rule.checkpoint = field_ = checkpoint_.file().field();
            if (earlier)
                rule.referred = earlier->file_name;
            file_.collect(rule);
            // Of a run that was killed after the file had its name, or before there was a part.
            return earlier && earlier->kind == checkpoint::direction::download &&
                (earlier->parts.empty() || file_.is_target(earlier->file.inode)) &&
                !file_.can_reopen(earlier->file_name);
        };
        if (co_await on_file_thread(files_, work))
            earlier.reset();
    }

    [[nodiscard]] asio::awaitable<result<void>> begin(const part_plan& plan, bool whole)
    {
        auto work = [this, whole] {
            return file_.create(
                checkpoint_.is_on() && !whole ? std::optional(field_) : std::nullopt);
        };
        auto created = co_await on_file_thread(files_, work);
        if (!created || !checkpoint_.is_on() || whole)
            co_return created;
        auto fingerprint = encryption_fingerprint::make(sse_);
        if (!fingerprint)
            co_return std::move(fingerprint).error();
        auto& content = checkpoint_.content();
        content = binding(plan);
        content.encryption = std::move(*fingerprint);
        content.file_name = file_.temporary_name();
        content.file.inode = file_.inode();
        resumable_ = true;
        auto saved = co_await checkpoint_.save_beginning();
        co_return saved;
    }

    [[nodiscard]] asio::awaitable<result<void>> resume(
        const checkpoint& earlier, const part_plan& plan)
    {
        keeps_all_ = true; // What is not ours is left alone.
        if (auto same = check_binding(earlier, binding(plan), sse_); !same)
            co_return std::move(same).error();
        auto work = [&] { return file_.reopen(earlier.file_name, earlier.file.inode); };
        if (auto opened = co_await on_file_thread(files_, work); !opened)
            co_return std::move(opened).error();
        checkpoint_.content() = earlier;
        keeps_all_ = false;
        resumable_ = true;
        auto kept = co_await keep_whole_parts(plan);
        co_return kept;
    }

    /// Takes the parts that are in the temporary file as they were received: nothing else would
    /// tell when it has been damaged since, as what is summed up at the end is what was received.
    [[nodiscard]] asio::awaitable<result<void>> keep_whole_parts(const part_plan& plan)
    {
        auto& parts = checkpoint_.content().parts;
        for (const auto& one : parts) {
            if (one.number > plan.count() || one.size != plan.at(one.number).size)
                continue;
            const auto sum = co_await crc64_of_part(
                file_.content(), files_, *crew_, plan.at(one.number).offset, one.size);
            if (!sum)
                co_return sum.error();
            if (*sum != one.crc64)
                continue;
            sums_[one.number] = one.crc64;
            meter_.resume_from(one.size);
        }
        std::erase_if(parts, [this](const auto& one) { return !sums_.contains(one.number); });
        co_return result<void>();
    }

    [[nodiscard]] asio::awaitable<result<void>> receive_parts(const part_plan& plan, bool whole)
    {
        for (std::uint32_t number = 1; number <= plan.count(); ++number) {
            if (sums_.contains(number))
                continue;
            lane* const in = co_await crew_->free_lane();
            if (in == nullptr)
                break;
            crew_->start(
                *in, receive_part(this->shared_from_this(), *in, plan.at(number), whole));
        }
        auto received = co_await crew_->finish();
        if (!received && received.error().code == errc::object_changed)
            resumable_ = false; // What was received is of an object that is gone.
        co_return received;
    }

    /// Writes a part to its place, by way of a buffer: only when that is full, as each write is a
    /// turn of another thread.
    class writer
    {
    public:
        writer(file_download& of, std::uint64_t offset, std::uint64_t size)
            : of_(of), at_(offset),
              size_(std::min<std::uint64_t>(std::max<std::uint64_t>(size, 1), buffer_size)),
              buffer_(std::make_unique_for_overwrite<std::byte[]>(size_))
        {}

        [[nodiscard]] std::span<std::byte> room() noexcept
        {
            return {buffer_.get() + filled_, size_ - filled_};
        }

        [[nodiscard]] asio::awaitable<result<void>> commit(std::size_t count)
        {
            filled_ += count;
            if (filled_ != size_)
                co_return result<void>();
            auto written = co_await flush();
            co_return written;
        }

        /// To be called at the end.
        [[nodiscard]] asio::awaitable<result<void>> flush()
        {
            if (filled_ == 0)
                co_return result<void>();
            const auto bytes = std::span<const std::byte>(buffer_.get(), filled_);
            auto work = [this, bytes] { return of_.file_.write_at(at_, bytes); };
            auto written = co_await on_file_thread(of_.files_, work);
            if (written) {
                at_ += bytes.size();
                filled_ = 0;
                of_.meter_.commit(bytes.size(), clock::now());
            }
            co_return written;
        }

    private:
        static constexpr std::size_t buffer_size = 256 * 1024;

        file_download& of_;
        std::uint64_t at_;
        std::size_t size_;
        std::size_t filled_ = 0;
        std::unique_ptr<std::byte[]> buffer_;
    };

    [[nodiscard]] static asio::awaitable<result<void>> receive_part(
        std::shared_ptr<file_download> self, lane& in, part which, bool whole)
    {
        if (self->through_) {
            through_writer through(*self, in);
            auto put = co_await self->fetch_.fetch(in, which, whole, through);
            if (!put)
                co_return std::move(put).error();
            self->sums_[which.number] = *put;
            co_return result<void>();
        }
        writer to(*self, which.offset, which.size);
        auto sum = co_await self->fetch_.fetch(in, which, whole, to);
        if (!sum)
            co_return std::move(sum).error();
        if (auto written = co_await to.flush(); !written)
            co_return written;
        self->sums_[which.number] = *sum;
        if (!self->resumable_)
            co_return result<void>();
        auto& parts = self->checkpoint_.content().parts;
        const auto after =
            std::ranges::upper_bound(parts, which.number, {}, &checkpoint_part::number);
        parts.insert(after, {which.number, which.size, *sum, {}});
        if (!self->checkpoint_.is_due())
            co_return result<void>();
        auto saved = co_await self->save();
        co_return saved;
    }

    /// A checkpoint promises that its parts are on the disk.
    [[nodiscard]] asio::awaitable<result<void>> save()
    {
        bool lost = false;
        auto flush = [&] {
            auto flushed = file_.sync();
            lost = !flushed;
            return flushed;
        };
        auto saved = co_await checkpoint_.save_after(flush);
        if (lost)
            resumable_ = false; // A later attempt would succeed without what this one has lost.
        co_return saved;
    }

    /// Errors: `errc::checksum_mismatch`.
    [[nodiscard]] result<download_result> sum_up(const part_plan& plan) const
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
        return out;
    }

    [[nodiscard]] asio::awaitable<result<download_result>> finish(const part_plan& plan)
    {
        auto out = sum_up(plan);
        if (!out) {
            resumable_ = false; // Which of the parts is wrong is not known.
            co_return out;
        }
        auto flush = [this] { return file_.sync(); };
        if (auto flushed = co_await on_file_thread(files_, flush); !flushed) {
            resumable_ = false;
            co_return std::move(flushed).error();
        }
        auto work = [this] { return file_.commit(); };
        auto done = co_await on_file_thread(files_, work);
        if (!done && file_.was_created()) // It is here, and another run can try again.
            co_return std::move(done).error();
        resumable_ = false;
        co_await checkpoint_.remove();
        if (!done)
            co_return std::move(done).error();
        co_return out;
    }

    /// After a failure: the download can be resumed, or nothing of it is left.
    [[nodiscard]] asio::awaitable<void> clean_up()
    {
        if (keeps_all_)
            co_return;
        if (resumable_ && options_.on_failure == unfinished_upload::keep_if_resumable) {
            const auto saved = co_await save();
            // On a full disk: the checkpoint as it was written before.
            if (saved || (resumable_ && co_await checkpoint_.is_on_disk()))
                co_return;
        }
        auto work = [this] {
            file_.discard();
            return true;
        };
        co_await on_file_thread(files_, work);
        if (resumable_ || file_.was_created())
            co_await checkpoint_.remove();
    }

    std::shared_ptr<net::operation_control> control_;
    asio::any_io_executor files_;
    request_copies copies_{};
    transfer_options options_;
    std::string_view bucket_;
    std::string_view key_;
    cosio::sse::on_read sse_;
    std::string_view version_id_;
    checkpoint_keeper checkpoint_;
    object_fetch<Client> fetch_;
    partial_file file_;
    std::string field_{}; // Of the temporary file's name: which checkpoint may refer to it.
    std::optional<through_file> through_{}; // Instead of the file.
    std::shared_ptr<crew> crew_;
    progress_meter meter_;
    std::map<std::uint32_t, std::uint64_t> sums_{}; // CRC64 of each part that was received.
    bool resumable_ = false;                        // There is a checkpoint of it.
    bool keeps_all_ = false;
};

} // namespace cosio::inline v0::transfer

#endif
