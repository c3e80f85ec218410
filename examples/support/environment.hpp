// Where the examples run: on an emulator inside the process, or, when the environment says so, on
// real COS. The examples themselves are the same.
//
//   COS_SECRET_ID, COS_SECRET_KEY, COS_REGION, COS_BUCKET   all four: the service
//   COSIO_HTTPS_ENDPOINT, COSIO_CA_FILE                     with them: a running cosio-emulator

#ifndef COSIO_EXAMPLES_ENVIRONMENT_HPP
#define COSIO_EXAMPLES_ENVIRONMENT_HPP

#include <cosio.hpp>

#include <asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace examples {

/// The place an example runs in.
class environment
{
public:
    environment();
    environment(const environment&) = delete;
    environment& operator=(const environment&) = delete;
    ~environment();

    [[nodiscard]] const cosio::config& config() const noexcept { return config_; }
    [[nodiscard]] const std::string& bucket() const noexcept { return bucket_; }
    /// A KMS key by its id; empty where none is known, and then the account's default serves.
    [[nodiscard]] const std::string& kms_key_id() const noexcept { return kms_key_id_; }
    [[nodiscard]] bool is_emulated() const noexcept { return emulator_ != nullptr; }

    /// Shows what is stored under `key`, and throws when it holds `plaintext`. Only the emulator
    /// lets one look.
    void prove_sealed(const std::string& key, std::string_view plaintext) const;

    /// Lets the hours pass that a restore takes. On the emulator only.
    void let_restores_finish() const;

private:
    struct emulated;

    std::unique_ptr<emulated> emulator_;
    cosio::config config_;
    std::string bucket_;
    std::string kms_key_id_;
};

/// Prints the headers of a reply that tell about encryption, as the guide shows them.
void print_reply(std::string_view what, const std::string& request_id,
    const cosio::encryption& encryption, const std::string& etag = {});

/// Throws when an example did not see what it should have seen.
void require(bool condition, std::string_view what);

/// Runs `example` to its end. Yields the exit code of the program: 0, or 1 with the error printed.
[[nodiscard]] int run(
    const std::function<asio::awaitable<void>(environment&, cosio::client)>& example);

} // namespace examples

#endif
