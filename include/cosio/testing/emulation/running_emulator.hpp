// SPDX-License-Identifier: MIT
//
// What is behind an emulator: its state, its server, its thread.

#ifndef COSIO_TESTING_EMULATION_RUNNING_EMULATOR_HPP
#define COSIO_TESTING_EMULATION_RUNNING_EMULATOR_HPP

#include <cosio/config.hpp>
#include <cosio/encryption.hpp>
#include <cosio/testing/emulation/certificate.hpp>
#include <cosio/testing/emulation/directory.hpp>
#include <cosio/testing/emulation/fault.hpp>
#include <cosio/testing/emulation/server.hpp>
#include <cosio/testing/emulation/service.hpp>
#include <cosio/testing/emulator.hpp>

#include <asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace cosio::inline v0::testing {

namespace emulation {

/// The members of `emulator`, see there.
class running_emulator
{
public:
    explicit running_emulator(emulator_options options)
        : options_(std::move(options)), identity_(make_certificates(dns_names())),
          server_(context_, identity_, faults_,
              [this](const http_request& request, bool ignores_encryption) {
                  return serve(request, ignores_encryption);
              })
    {
        prepare_service();
        https_port_ = server_.listen(options_.https_port, true);
        http_port_ = server_.listen(options_.http_port, false);
        thread_ = std::thread([this] { context_.run(); });
    }

    running_emulator(const running_emulator&) = delete;
    running_emulator& operator=(const running_emulator&) = delete;

    ~running_emulator()
    {
        context_.stop();
        thread_.join();
    }

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

    [[nodiscard]] std::string bucket() const { return options_.buckets.at(0); }
    [[nodiscard]] const emulator_options& options() const noexcept { return options_; }
    [[nodiscard]] std::string https_endpoint() const { return endpoint(https_port_); }
    [[nodiscard]] std::string http_endpoint() const { return endpoint(http_port_); }
    [[nodiscard]] const std::string& ca_pem() const noexcept { return identity_.ca; }

    void inject(fault what) { faults_.add(std::move(what)); }
    void clear_faults() { faults_.clear(); }

    void advance_clock(std::chrono::milliseconds by)
    {
        const std::lock_guard lock(mutex_);
        state_.clock_offset += by;
    }

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

    void set_versioning(const std::string& bucket_name, bool enabled)
    {
        const std::lock_guard lock(mutex_);
        state_.buckets[bucket_name].versioning = enabled;
        state_.changes.buckets = true;
    }

    void disable_kms_key(const std::string& id)
    {
        const std::lock_guard lock(mutex_);
        state_.vault.disable_kms_key(id);
    }

    [[nodiscard]] std::vector<recorded_request> requests() const
    {
        const std::lock_guard lock(mutex_);
        return {requests_.begin(), requests_.end()};
    }

    [[nodiscard]] const server_counters& counters() const noexcept
    {
        return server_.counters();
    }

private:
    static std::string endpoint(std::uint16_t port)
    {
        return "127.0.0.1:" + std::to_string(port);
    }

    static encryption_mode mode_of(sse_mode mode)
    {
        switch (mode) {
        case sse_mode::cos_managed: return encryption_mode::cos_managed;
        case sse_mode::kms: return encryption_mode::kms;
        case sse_mode::customer: return encryption_mode::customer;
        case sse_mode::none: break;
        }
        return encryption_mode::none;
    }

    [[nodiscard]] std::vector<std::string> dns_names() const
    {
        std::vector<std::string> names{"localhost", "*.localhost", "IP:127.0.0.1", "IP:::1"};
        for (const char* const domain : {".myqcloud.com", ".tencentcos.cn"})
            names.push_back(std::string("service.cos").append(domain));
        std::set<std::string> regions{options_.region};
        for (const auto& [bucket, region] : options_.buckets_elsewhere)
            regions.insert(region);
        for (const auto& region : regions)
            for (const auto& host : {"cos." + region + ".myqcloud.com",
                     "cos." + region + ".tencentcos.cn", "s3." + region + ".amazonaws.com"}) {
                names.push_back(host);
                names.push_back("*." + host);
            }
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
        service.buckets_elsewhere = options_.buckets_elsewhere;
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

    static time_point now()
    {
        return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }

    http_reply serve(const http_request& request, bool ignores_encryption)
    {
        const std::lock_guard lock(mutex_);
        auto reply = emulation::serve(state_, request, now(), ignores_encryption);
        if (directory_)
            directory_->save(state_);
        record(request, reply.status);
        return reply;
    }

    void record(const http_request& request, unsigned status)
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
    service_state state_{};
    std::optional<emulation::directory> directory_{};
    std::deque<recorded_request> requests_{};
    fault_list faults_{};
    certificates identity_;
    asio::io_context context_{1};
    server server_;
    std::uint16_t https_port_ = 0;
    std::uint16_t http_port_ = 0;
    std::thread thread_{};
};

} // namespace emulation

// What emulator.hpp declares.

COSIO_DECLARED emulator::emulator(emulator_options options)
    : running_(std::make_unique<emulation::running_emulator>(std::move(options)))
{}

COSIO_DECLARED emulator::~emulator() = default;

COSIO_DECLARED config emulator::client_config(scheme how) const
{
    return running_->client_config(how);
}

COSIO_DECLARED std::string emulator::bucket() const { return running_->bucket(); }

COSIO_DECLARED const emulator_options& emulator::options() const noexcept
{
    return running_->options();
}

COSIO_DECLARED std::string emulator::https_endpoint() const { return running_->https_endpoint(); }

COSIO_DECLARED std::string emulator::http_endpoint() const { return running_->http_endpoint(); }

COSIO_DECLARED const std::string& emulator::ca_pem() const noexcept { return running_->ca_pem(); }

COSIO_DECLARED void emulator::inject(fault what) { running_->inject(std::move(what)); }

COSIO_DECLARED void emulator::clear_faults() { running_->clear_faults(); }

COSIO_DECLARED void emulator::advance_clock(std::chrono::milliseconds by)
{
    running_->advance_clock(by);
}

COSIO_DECLARED std::optional<bytes_at_rest> emulator::at_rest(
    const std::string& bucket_name, const std::string& key) const
{
    return running_->at_rest(bucket_name, key);
}

COSIO_DECLARED void emulator::set_versioning(const std::string& bucket_name, bool enabled)
{
    running_->set_versioning(bucket_name, enabled);
}

COSIO_DECLARED void emulator::disable_kms_key(const std::string& id)
{
    running_->disable_kms_key(id);
}

COSIO_DECLARED std::vector<recorded_request> emulator::requests() const
{
    return running_->requests();
}

COSIO_DECLARED const emulation::server_counters& emulator::counters() const noexcept
{
    return running_->counters();
}

} // namespace cosio::inline v0::testing

#endif
