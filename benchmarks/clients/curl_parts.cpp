// A file sent in parts with libcurl's multi interface, read into its buffer.

#include "../support/curl_transfer.hpp"
#include "../support/multipart.hpp"

namespace {

class upload
{
public:
    explicit upload(const bench::options& run)
        : run_(run), file_(run),
          transfer_(run, no_body_,
              [this](const char* bytes, std::size_t count) { reply_.append(bytes, count); })
    {}

    void run()
    {
        send("POST", bench::begin_path(run_), 0, [](char*, std::size_t) {});
        const auto id = bench::upload_id_of(reply_);
        for (std::uint64_t number = 1; number <= bench::number_of_parts(run_); ++number)
            send("PUT", bench::part_path(run_, id, number), bench::size_of_part(run_, number),
                [this](char* room, std::size_t count) { file_.read(room, count); });
        const auto document = bench::complete_document(run_);
        send("POST", bench::complete_path(run_, id), document.size(),
            [left = std::string_view(document)](char* room, std::size_t count) mutable {
                std::memcpy(room, left.data(), count);
                left.remove_prefix(count);
            });
    }

    /// What connects, before anything is measured.
    void send_nothing()
    {
        send("PUT", "/object-0", 0, [](char*, std::size_t) {});
    }

private:
    void send(const char* method, const std::string& path, std::uint64_t size,
        std::function<void(char*, std::size_t)> read)
    {
        reply_.clear();
        transfer_.send_instead(method, path, size, std::move(read));
        curl_multi_add_handle(multi_, transfer_.handle());
        bench::run_multi(multi_, [](CURL*) { return false; });
    }

    const bench::options& run_;
    bench::source_file file_;
    std::vector<char> no_body_{};
    std::string reply_{};
    CURLM* multi_ = curl_multi_init();
    bench::curl_transfer transfer_;
};

} // namespace

int main(int argc, char** argv)
{
    const bench::options run(argc, argv);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    upload work(run);
    work.send_nothing();
    bench::measure(1, run.size, [&] { work.run(); });
}
