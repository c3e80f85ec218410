// SPDX-License-Identifier: MIT
//
// Downloads all objects under a prefix into a directory, and nowhere else.

#ifndef COSIO_TRANSFER_DOWNLOAD_DIRECTORY_HPP
#define COSIO_TRANSFER_DOWNLOAD_DIRECTORY_HPP

#include <cosio/net/initiation.hpp>
#include <cosio/operation/list_objects.hpp>
#include <cosio/pages.hpp>
#include <cosio/request/download_directory.hpp>
#include <cosio/transfer/crew.hpp>
#include <cosio/transfer/download_file.hpp>
#include <cosio/transfer/environment.hpp>
#include <cosio/transfer/file_executor.hpp>
#include <cosio/transfer/options.hpp>
#include <cosio/transfer/request_copies.hpp>
#include <cosio/transfer/run.hpp>
#include <cosio/transfer/safe_path.hpp>
#include <cosio/transfer/temporary_file.hpp>

#include <asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace cosio::inline v0::transfer {

/// The work behind `client::download_directory`. Owned by a `shared_ptr`, by the operation and its
/// jobs.
template <class Client>
class directory_download : public std::enable_shared_from_this<directory_download<Client>>
{
public:
    using result_type = download_directory_result;

    directory_download(
        const environment<Client>& with, const download_directory_request& request)
        : with_(with), options_(request.options), bucket_(copies_.keep(request.bucket)),
          prefix_(copies_.keep(request.prefix)), sse_(copies_.keep(request.sse)),
          path_(request.path),
          crew_(std::make_shared<crew>(with.control->executor(), request.options.parallelism)),
          meter_(request.options.on_progress, std::nullopt, clock::now())
    {}

    [[nodiscard]] asio::awaitable<result<download_directory_result>> run()
    {
        auto work = steps();
        auto done = co_await settle(*with_.control, *crew_, std::move(work));
        co_return done;
    }

private:
    using clock = std::chrono::steady_clock;

    [[nodiscard]] asio::awaitable<result<download_directory_result>> steps()
    {
        auto listed = co_await receive_pages();
        if (!listed && !crew_->stopping())
            co_return std::move(listed).error();
        if (auto received = co_await crew_->finish(); !received) // Which stopped the listing too.
            co_return std::move(received).error();
        co_return done_;
    }

    [[nodiscard]] asio::awaitable<result<void>> receive_pages()
    {
        if (auto sound = check_options(options_); !sound)
            co_return std::move(sound).error();
        auto work = [this]() -> result<void> {
            auto opened = local_directory::open(path_);
            if (!opened)
                return std::move(opened).error();
            root_.emplace(std::move(*opened));
            return {};
        };
        if (auto opened = co_await on_file_thread(with_.files, work); !opened)
            co_return std::move(opened).error();
        detail::object_cursor cursor({.bucket = bucket_, .prefix = prefix_});
        for (;;) {
            if (crew_->stopping())
                co_return result<void>();
            const auto request = cursor.request();
            auto page = co_await with_.cos.list_objects(request, crew_->first().token());
            if (!page)
                co_return std::move(page).error();
            const auto more = cursor.advance(*page);
            if (!more)
                co_return more.error();
            std::erase_if(page->objects,
                [this](const object_summary& one) { return is_mark_of_prefix(one); });
            for (const auto& one : page->objects)
                if (auto safe = check(one); !safe)
                    co_return safe;
            for (auto& one : page->objects) {
                lane* const in = co_await crew_->free_lane();
                if (in == nullptr)
                    co_return result<void>();
                crew_->start(
                    *in, receive_object(this->shared_from_this(), *in, std::move(one.key)));
            }
            if (!*more)
                co_return result<void>();
        }
    }

    [[nodiscard]] std::string_view relative(std::string_view key) const noexcept
    {
        return key.substr(std::min(prefix_.size(), key.size()));
    }

    /// Of the folder that is downloaded: that one is there.
    [[nodiscard]] bool is_mark_of_prefix(const object_summary& one) const noexcept
    {
        return one.key == prefix_ && prefix_.ends_with('/') && one.size == 0;
    }

    [[nodiscard]] result<void> check(const object_summary& one) const
    {
        const auto refused = [&](std::string_view why) {
            return error(errc::unsafe_key, ("'" + one.key + "': ").append(why), "key");
        };
        if (relative(one.key).empty())
            return refused("it is the prefix itself, which leaves no name for a file");
        const auto path = safe_path(relative(one.key));
        if (!path)
            return path.error();
        if (path->name.empty() && one.size != 0)
            return refused("it ends in a slash, but the object has bytes");
        return {};
    }

    [[nodiscard]] static asio::awaitable<result<void>> receive_object(
        std::shared_ptr<directory_download> self, lane& in, std::string key)
    {
        auto path = safe_path(self->relative(key));
        if (!path)
            co_return std::move(path).error();
        std::optional<local_directory> place;
        const bool is_new = self->entered_.insert(path->directories).second;
        auto work = [&] { return enter(*self->root_, *path, is_new, place); };
        if (auto entered = co_await on_file_thread(self->with_.files, work); !entered)
            co_return std::move(entered).error();
        if (path->name.empty())
            co_return result<void>(); // A folder, which is there now.
        if (in.interrupted())
            co_return error(errc::cancelled);
        const download_file_request request{.bucket = self->bucket_, .key = key,
            .path = path->name, .sse = self->sse_, .options = self->inner_options()};
        auto with = self->with_;
        with.control = std::make_shared<net::operation_control>(self->with_.control->executor(),
            self->with_.cos.limits(), self->with_.core->deadlines);
        with.control->end_total();
        net::prepared_operation<download_result> reading(with.control,
            transfer::run<file_download<Client>>(
                std::make_shared<file_download<Client>>(with, request, std::move(place))));
        auto received =
            co_await net::initiate(with.core->executor, std::move(reading), in.token());
        if (!received) {
            received.error().explain("'" + key + "'");
            co_return std::move(received).error();
        }
        ++self->done_.files;
        self->done_.bytes += received->body_size;
        self->meter_.commit(received->body_size, clock::now());
        co_return result<void>();
    }

    /// Where the run `is_new`, it removes what dead ones have left. Blocks.
    [[nodiscard]] static result<void> enter(const local_directory& root,
        const relative_path& path, bool is_new, std::optional<local_directory>& place)
    {
        auto here = root.enter_itself();
        for (const auto& name : path.directories) {
            if (!here)
                break;
            here = here->enter(name);
        }
        if (!here)
            return std::move(here).error();
        if (is_new)
            collect_leftovers(*here, {});
        place.emplace(std::move(*here));
        return {};
    }

    [[nodiscard]] transfer_options inner_options() const
    {
        auto out = options_;
        out.on_progress = {};
        out.checkpoint = {};
        return out;
    }

    environment<Client> with_;
    request_copies copies_{};
    transfer_options options_;
    std::string_view bucket_;
    std::string_view prefix_;
    cosio::sse::on_read sse_;
    std::string path_;
    std::optional<local_directory> root_{};
    std::shared_ptr<crew> crew_;
    progress_meter meter_;
    std::set<std::vector<std::string>> entered_{}; // Directories below the root.
    download_directory_result done_{};
};

} // namespace cosio::inline v0::transfer

#endif
