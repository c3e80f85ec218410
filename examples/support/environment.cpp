#include "environment.hpp"

#include <cosio/testing/emulator.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <stdexcept>

namespace examples {

struct environment::emulated
{
    cosio::testing::emulator server{};
};

namespace {

std::string from_environment(const char* name)
{
    const char* const value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

bool names_a_service()
{
    for (const char* const name : {"COS_SECRET_ID", "COS_SECRET_KEY", "COS_REGION", "COS_BUCKET"})
        if (from_environment(name).empty())
            return false;
    return true;
}

} // namespace

environment::environment()
{
    if (names_a_service()) {
        config_ = cosio::config::from_environment().value();
        config_.connect_to = from_environment("COSIO_HTTPS_ENDPOINT");
        config_.tls.ca_file = from_environment("COSIO_CA_FILE");
        bucket_ = from_environment("COS_BUCKET");
        kms_key_id_ = from_environment("COS_KMS_KEY_ID");
        fmt::print("on {} in {}\n", bucket_,
            config_.connect_to.empty() ? config_.region : config_.connect_to);
        return;
    }
    emulator_ = std::make_unique<emulated>();
    config_ = emulator_->server.client_config();
    bucket_ = emulator_->server.bucket();
    kms_key_id_ = emulator_->server.options().kms_keys.at(1);
    fmt::print("on {} in an emulator inside this process\n", bucket_);
}

environment::~environment() = default;

void environment::prove_sealed(const std::string& key, std::string_view plaintext) const
{
    if (!is_emulated()) {
        fmt::print("  at rest: the service does not let one look\n");
        return;
    }
    const auto rest = emulator_->server.at_rest(bucket_, key);
    require(rest.has_value(), "the object is stored");
    require(rest->bytes.find(plaintext) == std::string::npos, "the plaintext is not stored");
    std::string shown;
    for (const char byte : rest->bytes.substr(0, 16))
        shown.append(fmt::format("{:02x}", static_cast<unsigned char>(byte)));
    fmt::print("  at rest: {} bytes, {}..., the plaintext is not among them\n",
        rest->bytes.size(), shown);
}

void environment::let_restores_finish() const
{
    if (is_emulated())
        emulator_->server.advance_clock(std::chrono::hours(6));
}

void print_reply(std::string_view what, const std::string& request_id,
    const cosio::encryption& encryption, const std::string& etag)
{
    fmt::print("{}\n", what);
    if (!etag.empty())
        fmt::print("  ETag: {}\n", etag);
    switch (encryption.mode) {
    case cosio::encryption_mode::customer:
        fmt::print("  x-cos-server-side-encryption-customer-algorithm: {}\n", encryption.algorithm);
        fmt::print("  x-cos-server-side-encryption-customer-key-MD5: {}\n",
            encryption.customer_key_md5);
        break;
    case cosio::encryption_mode::kms:
        fmt::print("  x-cos-server-side-encryption: {}\n", encryption.algorithm);
        fmt::print("  x-cos-server-side-encryption-cos-kms-key-id: {}\n", encryption.kms_key_id);
        break;
    case cosio::encryption_mode::cos_managed:
    case cosio::encryption_mode::unknown:
        fmt::print("  x-cos-server-side-encryption: {}\n", encryption.algorithm);
        break;
    case cosio::encryption_mode::none: break;
    }
    fmt::print("  x-cos-request-id: {}\n", request_id);
}

void require(bool condition, std::string_view what)
{
    if (!condition)
        throw std::runtime_error("not so: " + std::string(what));
}

int run(const std::function<asio::awaitable<void>(environment&, cosio::client)>& example)
{
    try {
        environment here;
        asio::io_context context;
        const cosio::client cos(context.get_executor(), here.config());
        std::exception_ptr failure;
        asio::co_spawn(context, example(here, cos),
            [&failure](std::exception_ptr thrown) { failure = std::move(thrown); });
        context.run();
        if (failure)
            std::rethrow_exception(failure);
        fmt::print("all right\n");
        return 0;
    } catch (const std::exception& problem) {
        fmt::print(stderr, "failed: {}\n", problem.what());
        return 1;
    }
}

} // namespace examples
