// Our side of the round trips with the Node SDK: an emulator, and a client of ours that does what
// lines on standard input say.
//
//     peer [SESSION_TOKEN]
//
// Prints `ready ENDPOINT BUCKET REGION SECRET_ID SECRET_KEY CA`, then answers each line with one:
// `ok RESULT...` or `failed WHY`. Words are separated by blanks and percent-encoded.
//
//     put MODE KEY SIZE                     store the bytes that `pattern` makes
//     upload MODE KEY SIZE                  the same in parts
//     get MODE KEY SIZE                     read them, and compare; the result is the encryption
//     head MODE KEY                         size and encryption
//     copy MODE KEY MODE KEY                source and destination
//     presign KEY                           a URL to read it by
//     at-rest KEY                           encryption, `sealed` or `clear`, KMS context
//     advance SECONDS                       the emulator's clock
//     versioning                            turns it on
//     requests                              those since the last time: `METHOD TARGET STATUS`

#include <cosio.hpp>
#include <cosio/http/percent_encoding.hpp>
#include <cosio/testing/emulator.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using words = std::vector<std::string>;

/// The contents of every object, by their size.
std::string pattern(std::size_t size)
{
    std::string text(size, '\0');
    for (std::size_t i = 0; i != size; ++i)
        text[i] = static_cast<char>(i * 31 + i / 253);
    return text;
}

/// An encryption mode by the name that lines use for it.
struct mode
{
    std::string_view name;
    cosio::encryption_mode stated;
    cosio::sse::on_write write;
    cosio::sse::on_read read;
};

class peer
{
public:
    explicit peer(std::string session_token)
        : server_(options_with(std::move(session_token))),
          cos_(context_.get_executor(), server_.client_config())
    {}

    void serve()
    {
        const auto& who = server_.options();
        say("ready", {server_.https_endpoint(), server_.bucket(), who.region, who.secret_id,
                         who.secret_key, server_.ca_pem()});
        for (std::string line; std::getline(std::cin, line);) {
            try {
                say("ok", answer(split(line)));
            } catch (const std::exception& problem) {
                say("failed", {problem.what()});
            }
        }
    }

private:
    static constexpr std::size_t part_size = 1024 * 1024;

    static cosio::testing::emulator_options options_with(std::string session_token)
    {
        cosio::testing::emulator_options options;
        options.session_token = std::move(session_token);
        return options;
    }

    static void say(std::string_view what, const words& results)
    {
        std::string line(what);
        for (const auto& result : results)
            line.append(" ").append(cosio::http::percent_encoded(result));
        fmt::print("{}\n", line);
        std::fflush(stdout);
    }

    static words split(const std::string& line)
    {
        words out;
        std::istringstream in(line);
        for (std::string word; in >> word;)
            out.push_back(cosio::http::percent_decoded(word).value());
        return out;
    }

    static std::size_t number(const std::string& text)
    {
        return cosio::detail::parse_number<std::size_t>(text).value();
    }

    words answer(const words& line)
    {
        const auto& what = line.at(0);
        if (what == "put")
            return put(mode_of(line.at(1)), line.at(2), pattern(number(line.at(3))));
        if (what == "upload")
            return run(upload(mode_of(line.at(1)), line.at(2), pattern(number(line.at(3)))));
        if (what == "get")
            return get(mode_of(line.at(1)), line.at(2), pattern(number(line.at(3))));
        if (what == "head")
            return head(mode_of(line.at(1)), line.at(2));
        if (what == "copy")
            return copy(mode_of(line.at(1)), line.at(2), mode_of(line.at(3)), line.at(4));
        if (what == "presign")
            return presign(line.at(1));
        if (what == "at-rest")
            return at_rest(line.at(1));
        if (what == "advance")
            return server_.advance_clock(std::chrono::seconds(number(line.at(1)))), words{};
        if (what == "versioning")
            return server_.set_versioning(bucket_, true), words{};
        if (what == "requests")
            return requests();
        throw std::invalid_argument("no such line: " + what);
    }

    template <class T>
    T run(asio::awaitable<T> work)
    {
        auto done = asio::co_spawn(context_, std::move(work), asio::use_future);
        context_.restart();
        context_.run();
        return done.get();
    }

    [[nodiscard]] mode mode_of(std::string_view name) const
    {
        using cosio::encryption_mode;
        namespace sse = cosio::sse;
        const sse::customer one{first_key_, first_key_.md5()};
        const sse::customer two{second_key_, second_key_.md5()};
        const sse::kms named{server_.options().kms_keys.at(1), R"({"test":"test"})"};
        for (const mode& each : {
                 mode{"none", encryption_mode::none, sse::bucket_default{}, sse::none{}},
                 mode{"cos", encryption_mode::cos_managed, sse::cos_managed{}, sse::none{}},
                 mode{"kms", encryption_mode::kms, sse::kms{}, sse::none{}},
                 mode{"kms-named", encryption_mode::kms, named, sse::none{}},
                 mode{"customer-1", encryption_mode::customer, one, one},
                 mode{"customer-2", encryption_mode::customer, two, two},
             })
            if (each.name == name)
                return each;
        throw std::invalid_argument("no such mode: " + std::string(name));
    }

    /// What a reply says, which must be the mode that is expected.
    static std::string stated(const mode& expected, const cosio::encryption& said)
    {
        if (said.mode != expected.stated)
            throw std::runtime_error("the reply says " + said.describe());
        return said.describe();
    }

    words put(const mode& how, const std::string& key, const std::string& text)
    {
        const auto done = run(
            cos_.put_object({.bucket = bucket_, .key = key, .body = text, .sse = how.write}));
        return {stated(how, done.value().sse)};
    }

    asio::awaitable<words> upload(mode how, std::string key, std::string text)
    {
        const auto begun = co_await cos_.initiate_multipart_upload(
            {.bucket = bucket_, .key = key, .sse = how.write});
        const auto upload_id = begun.value().upload_id;
        std::vector<std::string> etags;
        const std::string_view all = text;
        for (std::size_t at = 0; at < all.size(); at += part_size) {
            const auto bytes = all.substr(at, part_size);
            const auto part = co_await cos_.upload_part({
                .bucket = bucket_,
                .key = key,
                .upload_id = upload_id,
                .part_number = static_cast<std::uint32_t>(etags.size() + 1),
                .body = bytes,
                .sse = how.read,
            });
            etags.push_back(part.value().etag);
        }
        std::vector<cosio::completed_part> parts;
        for (std::uint32_t i = 1; const auto& etag : etags)
            parts.push_back({i++, etag});
        const auto done = co_await cos_.complete_multipart_upload({
            .bucket = bucket_,
            .key = key,
            .upload_id = upload_id,
            .parts = parts,
            .expected_sse = how.write,
            .expected_crc64 = cosio::crypto::crc64_of(std::as_bytes(std::span(text))),
        });
        co_return words{stated(how, done.value().sse)};
    }

    words get(const mode& how, const std::string& key, const std::string& text)
    {
        const auto got =
            run(cos_.get_object({.bucket = bucket_, .key = key, .sse = how.read}));
        if (got.value().body != text)
            throw std::runtime_error("other bytes were read");
        if (!got.value().crc64_verified)
            throw std::runtime_error("the reply states no CRC64");
        return {stated(how, got.value().sse)};
    }

    words head(const mode& how, const std::string& key)
    {
        const auto seen =
            run(cos_.head_object({.bucket = bucket_, .key = key, .sse = how.read}));
        return {std::to_string(seen.value().size), stated(how, seen.value().sse)};
    }

    words copy(const mode& source_mode, const std::string& source, const mode& how,
        const std::string& key)
    {
        const auto done = run(cos_.copy_object({
            .bucket = bucket_,
            .key = key,
            .copy_source = {.bucket = bucket_, .key = source, .sse = source_mode.read},
            .sse = how.write,
        }));
        return {stated(how, done.value().sse)};
    }

    words presign(const std::string& key)
    {
        const cosio::get_object_request request{.bucket = bucket_, .key = key};
        return {cos_.presign(request, std::chrono::minutes(5)).value().url};
    }

    words at_rest(const std::string& key)
    {
        const auto rest = server_.at_rest(bucket_, key);
        if (!rest)
            throw std::runtime_error("there is no such object");
        const auto beginning = pattern(32);
        const bool clear = rest->bytes.find(beginning) != std::string::npos;
        return {std::string(cosio::name_of(rest->mode)), clear ? "clear" : "sealed",
            rest->kms_context};
    }

    words requests()
    {
        constexpr std::size_t most_remembered = 1000;
        const auto all = server_.requests();
        if (all.size() == most_remembered)
            throw std::runtime_error("more requests than the emulator remembers");
        words out;
        for (; told_ != all.size(); ++told_)
            out.push_back(fmt::format("{} {} {}", all[told_].method, all[told_].target,
                all[told_].status));
        return out;
    }

    const cosio::customer_key first_key_ =
        cosio::customer_key::from_text("00000000000000000000000000000001").value();
    const cosio::customer_key second_key_ =
        cosio::customer_key::from_text("00000000000000000000000000000002").value();
    cosio::testing::emulator server_;
    asio::io_context context_{};
    cosio::client cos_;
    const std::string bucket_ = server_.bucket();
    std::size_t told_ = 0;
};

} // namespace

int main(int count, char** arguments)
{
    try {
        peer(count > 1 ? arguments[1] : "").serve();
        return EXIT_SUCCESS;
    } catch (const std::exception& problem) {
        fmt::print(stderr, "peer: {}\n", problem.what());
        return EXIT_FAILURE;
    }
}
