// SPDX-License-Identifier: MIT
//
// A server of COS and S3 for tests, in one object: real bytes over real TLS on loopback, signatures
// checked, objects encrypted at rest, faults on demand. For tests, not for data that matters.

#ifndef COSIO_TESTING_EMULATOR_HPP
#define COSIO_TESTING_EMULATOR_HPP

#include <cosio/config.hpp>
#include <cosio/encryption.hpp>
#include <cosio/testing/emulation/certificate.hpp>
#include <cosio/testing/emulation/directory.hpp>
#include <cosio/testing/emulation/fault.hpp>
#include <cosio/testing/emulation/server.hpp>
#include <cosio/testing/emulation/service.hpp>

#include <asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace cosio::inline v0::testing {

/// How an emulator is set up. Every member has a default that works.
class emulator_options
{
public:
    emulator_options() = default;

    std::string region = "ap-guangzhou";
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
    explicit emulator(emulator_options options = emulator_options())
        : options_(std::move(options)), identity_(emulation::make_certificates(dns_names())),
          server_(context_, identity_, faults_,
              [this](const emulation::http_request& request, bool ignores_encryption) {
                  return serve(request, ignores_encryption);
              })
    {
        prepare_service();
        https_port_ = server_.listen(options_.https_port, true);
        http_port_ = server_.listen(options_.http_port, false);
        thread_ = std::thread([this] { context_.run(); });
    }

    emulator(const emulator&) = delete;
    emulator& operator=(const emulator&) = delete;

    /// Stops serving. With a directory, everything answered is stored.
    ~emulator()
    {
        context_.stop();
        thread_.join();
    }

    /// The configuration of a client of this emulator: region, credentials, trust, and where to
    /// connect to. The client's requests are those it would send to COS.
    [[nodiscard]] config client_config(scheme how = scheme::https) const
    {
        config out;
        out.region = options_.region;
        out.credentials =
            credentials(options_.secret_id, options_.secret_key, options_.session_token);
        out.scheme = how;
        out.connect_to = how == scheme::https ? https_endpoint() : http_endpoint();
        out.tls.ca_pem = identity_.ca;
        return out;
    }

    /// The first bucket of the options.
    [[nodiscard]] std::string bucket() const { return options_.buckets.at(0); }
    [[nodiscard]] const emulator_options& options() const noexcept { return options_; }
    /// `127.0.0.1:port`.
    [[nodiscard]] std::string https_endpoint() const { return endpoint(https_port_); }
    [[nodiscard]] std::string http_endpoint() const { return endpoint(http_port_); }
    /// The certificate of the emulator's own authority, to be trusted by its clients.
    [[nodiscard]] const std::string& ca_pem() const noexcept { return identity_.ca; }

    /// Lets something go wrong.
    void inject(fault what) { faults_.add(std::move(what)); }
    void clear_faults() { faults_.clear(); }

    /// Moves the clock of restores and dates on. Signatures are checked against the real time.
    void advance_clock(std::chrono::milliseconds by)
    {
        const std::lock_guard lock(mutex_);
        state_.clock_offset += by;
    }

    /// The newest version of an object as it is stored; nothing when there is none.
    [[nodiscard]] std::optional<bytes_at_rest> at_rest(
        const std::string& bucket_name, const std::string& key) const
    {
        const std::lock_guard lock(mutex_);
        const auto bucket = state_.buckets.find(bucket_name);
        if (bucket == state_.buckets.end())
            return std::nullopt;
        const auto found = bucket->second.objects.find(key);
        if (found == bucket->second.objects.end() || found->second.empty())
            return std::nullopt;
        const auto& object = found->second.back();
        bytes_at_rest out;
        for (const auto& piece : object.pieces)
            out.bytes.append(piece.stored);
        out.mode = mode_of(object.encryption.mode);
        out.kms_key_id = object.encryption.kms_key_id;
        out.kms_context = object.encryption.kms_context;
        return out;
    }

    /// Turns versioning of a bucket on or off.
    void set_versioning(const std::string& bucket_name, bool enabled)
    {
        const std::lock_guard lock(mutex_);
        state_.buckets[bucket_name].versioning = enabled;
        state_.changes.buckets = true;
    }

    /// Disables a KMS key: what it encrypts can be neither written nor read.
    void disable_kms_key(const std::string& id)
    {
        const std::lock_guard lock(mutex_);
        state_.vault.disable_kms_key(id);
    }

    /// The last requests, at most 1000, the newest last.
    [[nodiscard]] std::vector<recorded_request> requests() const
    {
        const std::lock_guard lock(mutex_);
        return {requests_.begin(), requests_.end()};
    }

    /// Connections accepted, TLS sessions resumed, requests read.
    [[nodiscard]] const emulation::server_counters& counters() const noexcept
    {
        return server_.counters();
    }

private:
    static std::string endpoint(std::uint16_t port)
    {
        return "127.0.0.1:" + std::to_string(port);
    }

    static encryption_mode mode_of(emulation::sse_mode mode)
    {
        switch (mode) {
        case emulation::sse_mode::cos_managed: return encryption_mode::cos_managed;
        case emulation::sse_mode::kms: return encryption_mode::kms;
        case emulation::sse_mode::customer: return encryption_mode::customer;
        case emulation::sse_mode::none: break;
        }
        return encryption_mode::none;
    }

    [[nodiscard]] std::vector<std::string> dns_names() const
    {
        std::vector<std::string> names{"localhost", "*.localhost", "IP:127.0.0.1", "IP:::1"};
        for (const char* const domain : {".myqcloud.com", ".tencentcos.cn"}) {
            names.push_back("cos." + options_.region + domain);
            names.push_back("*.cos." + options_.region + domain);
            names.push_back(std::string("service.cos").append(domain));
        }
        names.push_back("s3." + options_.region + ".amazonaws.com");
        names.push_back("*.s3." + options_.region + ".amazonaws.com");
        for (const auto& host : options_.hosts) {
            names.push_back(host);
            names.push_back("*." + host);
        }
        return names;
    }

    void prepare_service()
    {
        auto& service = state_.options;
        service.region = options_.region;
        service.who = {options_.secret_id, options_.secret_key, options_.session_token};
        service.hosts = options_.hosts;
        service.https_only_customer_keys = options_.https_only_customer_keys;
        service.wrong_key_status = options_.wrong_key_status;
        service.minimum_part_size = options_.minimum_part_size;
        service.restore_duration = options_.restore_duration;
        for (const auto& id : options_.kms_keys)
            state_.vault.add_kms_key(id);
        if (!options_.directory.empty())
            directory_.emplace(options_.directory).load(state_);
        for (const auto& name : options_.buckets)
            if (!state_.buckets.contains(name)) {
                state_.buckets[name].created = now();
                state_.changes.buckets = true;
            }
        if (directory_)
            directory_->save(state_);
    }

    static emulation::time_point now()
    {
        return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }

    emulation::http_reply serve(const emulation::http_request& request, bool ignores_encryption)
    {
        const std::lock_guard lock(mutex_);
        auto reply = emulation::serve(state_, request, now(), ignores_encryption);
        if (directory_)
            directory_->save(state_);
        record(request, reply.status);
        return reply;
    }

    void record(const emulation::http_request& request, unsigned status)
    {
        constexpr std::size_t most = 1000;
        auto& one = requests_.emplace_back();
        one.method = request.method;
        one.host = request.fields.get("Host");
        one.target = request.target;
        one.fields.assign(request.fields.begin(), request.fields.end());
        one.secure = request.secure;
        one.status = status;
        if (requests_.size() > most)
            requests_.pop_front();
    }

    const emulator_options options_;
    mutable std::mutex mutex_{};
    emulation::service_state state_{};
    std::optional<emulation::directory> directory_{};
    std::deque<recorded_request> requests_{};
    emulation::fault_list faults_{};
    emulation::certificates identity_;
    asio::io_context context_{1};
    emulation::server server_;
    std::uint16_t https_port_ = 0;
    std::uint16_t http_port_ = 0;
    std::thread thread_{};
};

} // namespace cosio::inline v0::testing

#endif
