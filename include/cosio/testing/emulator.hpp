// SPDX-License-Identifier: MIT
//
// A server of COS and S3 for tests, in one object: real bytes over real TLS on loopback, signatures
// checked, objects encrypted at rest, faults on demand. For tests, not for data that matters.

#ifndef COSIO_TESTING_EMULATOR_HPP
#define COSIO_TESTING_EMULATOR_HPP

#include <cosio/config.hpp>
#include <cosio/detail/ascii.hpp>
#include <cosio/detail/separate.hpp>
#include <cosio/encryption.hpp>
#include <cosio/testing/emulation/fault.hpp>
#include <cosio/testing/emulation/server_counters.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::testing {

namespace emulation {
class running_emulator;
} // namespace emulation

/// How an emulator is set up. Every member has a default that works.
class emulator_options
{
public:
    emulator_options() = default;

    /// The one region that is served. At a host of another one, such as
    /// `<bucket>.cos.<region>.myqcloud.com`, requests for its buckets are redirected.
    std::string region = "ap-guangzhou";
    /// Buckets of other regions by name, with their regions. Requests for one are redirected: 301
    /// that names the region, with a document unless it answers HEAD. The emulator's certificate
    /// is for the hosts of these regions too.
    std::map<std::string, std::string> buckets_elsewhere{};
    std::string secret_id = "AKIDEMULATOREMULATOREMULATOREMULATOR";
    std::string secret_key = "EmulatorSecretKeyEmulatorSecretKe";
    /// When set, requests must carry it.
    std::string session_token{};
    /// Created at the start.
    std::vector<std::string> buckets{"examplebucket-1250000000"};
    /// Ids of the KMS keys there are; the first is the account's default.
    std::vector<std::string> kms_keys{
        "48ba38aa-26c5-11ea-855c-52540085abcd", "7f0a2c5e-26c5-11ea-855c-52540085abcd"};
    /// Where everything is kept; empty: in memory.
    std::filesystem::path directory{};
    /// 0: any free port.
    std::uint16_t https_port = 0;
    std::uint16_t http_port = 0;
    /// Host names to serve besides those of COS.
    std::vector<std::string> hosts{};
    /// Whether customer keys are refused over http, as the service's documentation has it.
    bool https_only_customer_keys = true;
    /// What a wrong customer key is answered with, 400 or 403: it is not known of COS.
    unsigned wrong_key_status = 400;
    /// Of all parts but the last. Small ones make small tests.
    std::uint64_t minimum_part_size = 1024 * 1024;
    /// How long a restore takes, by the emulator's clock: see `emulator::advance_clock`.
    std::map<std::string, std::chrono::milliseconds> restore_duration{
        {"Expedited", std::chrono::minutes(1)}, {"Standard", std::chrono::hours(3)},
        {"Bulk", std::chrono::hours(5)}};
};

/// An object as it lies in storage.
struct bytes_at_rest
{
    /// What the disk would hold: ciphertext, with its tags, for encrypted objects.
    std::string bytes{};
    encryption_mode mode = encryption_mode::none;
    std::string kms_key_id{};
    /// JSON, as bound to the data.
    std::string kms_context{};
};

/// A request the emulator has served.
struct recorded_request
{
    std::string method{};
    std::string host{};
    std::string target{};
    /// All header fields, secrets included.
    std::vector<std::pair<std::string, std::string>> fields{};
    bool secure = false;
    unsigned status = 0;

    /// The value of a header field, in any case; empty when absent.
    [[nodiscard]] std::string_view get(std::string_view name) const
    {
        for (const auto& [each, value] : fields)
            if (detail::equal_ignoring_case(each, name))
                return value;
        return {};
    }
};

/// Starts one thread, which serves until the object goes. All members are thread safe.
///
///     cosio::testing::emulator cos_emulator;
///     cosio::client cos(context.get_executor(), cos_emulator.client_config());
///
/// Requests that are signed with SigV4 or speak of `x-amz-` are answered in the form of S3; both
/// kinds of clients see the same objects.
class emulator
{
public:
    /// Throws `std::exception` when a port is taken or the directory cannot be used.
    COSIO_DECLARED explicit emulator(emulator_options options = emulator_options());

    emulator(const emulator&) = delete;
    emulator& operator=(const emulator&) = delete;

    /// Stops serving. With a directory, everything answered is stored.
    COSIO_DECLARED ~emulator();

    /// The configuration of a client of this emulator: region, credentials, trust, and where to
    /// connect to. The client's requests are those it would send to COS.
    [[nodiscard]] COSIO_DECLARED config client_config(scheme how = scheme::https) const;

    /// The first bucket of the options.
    [[nodiscard]] COSIO_DECLARED std::string bucket() const;
    [[nodiscard]] COSIO_DECLARED const emulator_options& options() const noexcept;
    /// `127.0.0.1:port`. Where the machine has IPv6 it listens at `[::1]:port` as well.
    [[nodiscard]] COSIO_DECLARED std::string https_endpoint() const;
    [[nodiscard]] COSIO_DECLARED std::string http_endpoint() const;
    /// The certificate of the emulator's own authority, to be trusted by its clients.
    [[nodiscard]] COSIO_DECLARED const std::string& ca_pem() const noexcept;

    /// Lets something go wrong.
    COSIO_DECLARED void inject(fault what);
    COSIO_DECLARED void clear_faults();

    /// Moves the clock of restores and dates on. Signatures are checked against the real time.
    COSIO_DECLARED void advance_clock(std::chrono::milliseconds by);

    /// The newest version of an object as it is stored; nothing when there is none.
    [[nodiscard]] COSIO_DECLARED std::optional<bytes_at_rest> at_rest(
        const std::string& bucket_name, const std::string& key) const;

    /// Turns versioning of a bucket on or off.
    COSIO_DECLARED void set_versioning(const std::string& bucket_name, bool enabled);

    /// Disables a KMS key: what it encrypts can be neither written nor read.
    COSIO_DECLARED void disable_kms_key(const std::string& id);

    /// The last requests, at most 1000, the newest last.
    [[nodiscard]] COSIO_DECLARED std::vector<recorded_request> requests() const;

    /// Connections accepted, TLS sessions resumed, requests read.
    [[nodiscard]] COSIO_DECLARED const emulation::server_counters& counters() const noexcept;

private:
    const std::unique_ptr<emulation::running_emulator> running_;
};

} // namespace cosio::inline v0::testing

#if defined(COSIO_DEFINITIONS)
#include <cosio/testing/emulation/running_emulator.hpp>
#endif

#endif
