// SPDX-License-Identifier: MIT
//
// What can go wrong, on purpose.

#ifndef COSIO_TESTING_EMULATION_FAULT_HPP
#define COSIO_TESTING_EMULATION_FAULT_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::testing {

/// Something that goes wrong with the requests it matches: by default with the next one.
///
///     emulator.inject(fault::reply_with(503, "SlowDown").on_method("PUT").times(2));
class fault
{
public:
    /// Answers with a status and an error document. Without a request id, as a broken front end.
    [[nodiscard]] static fault reply_with(
        unsigned status, std::string code, bool with_request_id = true)
    {
        fault made;
        made.status = status;
        made.code = std::move(code);
        made.with_request_id = with_request_id;
        return made;
    }
    /// Does what was asked for and then answers 200 with an `<Error>` document.
    [[nodiscard]] static fault error_inside_200(std::string code)
    {
        fault made;
        made.embedded_code = std::move(code);
        return made;
    }
    /// Answers as soon as the head of the request is there, reads no body, and closes.
    [[nodiscard]] static fault refuse_early(unsigned status, std::string code)
    {
        auto made = reply_with(status, std::move(code));
        made.early = true;
        return made;
    }
    /// Resets the connection after so many bytes of the reply.
    [[nodiscard]] static fault reset_after_reply_bytes(std::size_t count)
    {
        fault made;
        made.reply_limit = count;
        made.resets = true;
        return made;
    }
    /// Closes the connection in order after so many bytes of the reply.
    [[nodiscard]] static fault close_after_reply_bytes(std::size_t count)
    {
        fault made;
        made.reply_limit = count;
        return made;
    }
    /// Resets the connection after so many bytes of the request, counted from its first.
    [[nodiscard]] static fault reset_after_request_bytes(std::size_t count)
    {
        auto made = close_after_request_bytes(count);
        made.resets = true;
        return made;
    }
    /// Closes the connection in order after so many bytes of the request, and reads no more.
    [[nodiscard]] static fault close_after_request_bytes(std::size_t count)
    {
        fault made;
        made.request_limit = count;
        return made;
    }
    /// Waits before it answers.
    [[nodiscard]] static fault delay(std::chrono::milliseconds time)
    {
        fault made;
        made.wait = time;
        return made;
    }
    /// Sends the reply so many bytes at a time, with a pause after each piece.
    [[nodiscard]] static fault drip(std::size_t bytes, std::chrono::milliseconds pause)
    {
        fault made;
        made.piece = bytes;
        made.pause = pause;
        return made;
    }
    /// As `drip`, once so many bytes of the reply have left at once.
    [[nodiscard]] static fault drip_after(
        std::size_t at_once, std::size_t bytes, std::chrono::milliseconds pause)
    {
        auto made = drip(bytes, pause);
        made.at_once = at_once;
        return made;
    }
    /// States another CRC64 than the right one.
    [[nodiscard]] static fault wrong_crc64()
    {
        fault made;
        made.breaks_crc64 = true;
        return made;
    }
    /// Flips one bit of the reply's body on its way.
    [[nodiscard]] static fault flip_reply_bit(std::size_t bit)
    {
        fault made;
        made.reply_bit = bit;
        return made;
    }
    /// Flips one bit of the request's body on its way.
    [[nodiscard]] static fault flip_request_bit(std::size_t bit)
    {
        fault made;
        made.request_bit = bit;
        return made;
    }
    /// Encrypts as asked, but does not say so.
    [[nodiscard]] static fault silent_encryption()
    {
        fault made;
        made.hides_encryption = true;
        return made;
    }
    /// Stores in the clear, and does not say so.
    [[nodiscard]] static fault store_in_the_clear()
    {
        fault made;
        made.ignores_encryption = true;
        return made;
    }
    /// Sends these bytes as the whole reply.
    [[nodiscard]] static fault raw_reply(std::string bytes)
    {
        fault made;
        made.raw = std::move(bytes);
        return made;
    }

    /// Only requests of this method.
    fault& on_method(std::string name)
    {
        method_ = std::move(name);
        return *this;
    }
    /// Only requests whose target has this in it.
    fault& on_target(std::string part)
    {
        target_ = std::move(part);
        return *this;
    }
    /// Not the first `count` requests that would match.
    fault& skip(std::size_t count)
    {
        skip_ = count;
        return *this;
    }
    /// So many requests; by default 1.
    fault& times(std::size_t count)
    {
        times_ = count;
        return *this;
    }
    /// Every request that matches.
    fault& always() { return times(std::numeric_limits<std::size_t>::max()); }

    /// Whether it strikes a request, which is then counted.
    [[nodiscard]] bool strikes(std::string_view method, std::string_view target)
    {
        if (times_ == 0 || (!method_.empty() && method_ != method) ||
            target.find(target_) == std::string_view::npos)
            return false;
        if (skip_ != 0) {
            --skip_;
            return false;
        }
        --times_;
        return true;
    }

    // Read by the server.
    unsigned status = 0;
    std::string code{};
    bool with_request_id = true;
    bool early = false;
    std::string embedded_code{};
    std::optional<std::size_t> reply_limit{};
    bool resets = false;
    std::optional<std::size_t> request_limit{};
    std::chrono::milliseconds wait{0};
    std::size_t at_once = 0;
    std::size_t piece = 0;
    std::chrono::milliseconds pause{0};
    bool breaks_crc64 = false;
    std::optional<std::size_t> reply_bit{};
    std::optional<std::size_t> request_bit{};
    bool hides_encryption = false;
    bool ignores_encryption = false;
    std::optional<std::string> raw{};

private:
    fault() = default;

    std::string method_{};
    std::string target_{};
    std::size_t skip_ = 0;
    std::size_t times_ = 1;
};

namespace emulation {

/// The faults waiting for their requests. Thread safe.
class fault_list
{
public:
    void add(fault what)
    {
        const std::lock_guard lock(mutex_);
        faults_.push_back(std::move(what));
    }

    void clear()
    {
        const std::lock_guard lock(mutex_);
        faults_.clear();
    }

    /// All that strike this request.
    [[nodiscard]] std::vector<fault> striking(std::string_view method, std::string_view target)
    {
        const std::lock_guard lock(mutex_);
        std::vector<fault> out;
        for (auto& each : faults_)
            if (each.strikes(method, target))
                out.push_back(each);
        return out;
    }

private:
    std::mutex mutex_{};
    std::vector<fault> faults_{};
};

} // namespace emulation
} // namespace cosio::inline v0::testing

#endif
