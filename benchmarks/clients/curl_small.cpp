// Small objects with libcurl's multi interface.

#include "../support/curl_transfer.hpp"

#include <memory>

namespace {

class client
{
public:
    explicit client(const bench::options& run) : body_(bench::object_bytes(run.size))
    {
        curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(run.connections));
        for (unsigned i = 0; i != run.connections; ++i)
            transfers_.push_back(std::make_unique<bench::curl_transfer>(
                run, body_, [this](const char*, std::size_t count) { received_ += count; }));
    }

    void run(std::uint64_t operations)
    {
        std::uint64_t begun = 0;
        for (auto& each : transfers_)
            if (begun++ < operations) {
                each->begin();
                curl_multi_add_handle(multi_, each->handle());
            }
        bench::run_multi(multi_, [&](CURL* handle) {
            if (begun++ >= operations)
                return false;
            bench::curl_transfer* of = nullptr;
            curl_easy_getinfo(handle, CURLINFO_PRIVATE, &of);
            of->begin();
            return true;
        });
    }

    [[nodiscard]] std::uint64_t received() const noexcept { return received_; }

private:
    std::vector<char> body_;
    CURLM* multi_ = curl_multi_init();
    std::vector<std::unique_ptr<bench::curl_transfer>> transfers_{};
    std::uint64_t received_ = 0;
};

} // namespace

int main(int argc, char** argv)
{
    const bench::options run(argc, argv);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    client clients(run);
    clients.run(run.warm_up_operations());
    bench::measure(run.operations, run.operations * run.size, [&] { clients.run(run.operations); });
    bench::require(
        run.put || clients.received() == (run.operations + run.warm_up_operations()) * run.size,
        "bytes are missing");
}
