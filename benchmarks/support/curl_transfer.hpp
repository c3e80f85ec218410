// One libcurl handle, set up as its documentation advises for many transfers or large ones.

#ifndef COSIO_BENCHMARKS_SUPPORT_CURL_TRANSFER_HPP
#define COSIO_BENCHMARKS_SUPPORT_CURL_TRANSFER_HPP

#include "http.hpp"

#include <curl/curl.h>

#include <cstring>
#include <functional>
#include <string>

namespace bench {

class curl_transfer
{
public:
    /// `received` is told of each piece of a reply's body. `body` is what is put.
    curl_transfer(const options& run, const std::vector<char>& body,
        std::function<void(const char*, std::size_t)> received)
        : body_(body), size_(body.size()), received_(std::move(received)),
          scheme_(run.tls ? "https://" : "http://")
    {
        const auto url = std::string(scheme_).append(host) + path_of(run);
        const auto to = "::127.0.0.1:" + std::to_string(run.port);
        connect_to_ = curl_slist_append(nullptr, to.c_str());
        headers_ = curl_slist_append(
            nullptr, ("Authorization: " + std::string(authorization)).c_str());
        headers_ = curl_slist_append(headers_, "Expect:");
        curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
        curl_easy_setopt(handle_, CURLOPT_CONNECT_TO, connect_to_);
        curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
        curl_easy_setopt(handle_, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
        curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(handle_, CURLOPT_FAILONERROR, 1L);
        curl_easy_setopt(handle_, CURLOPT_PRIVATE, this);
        if (run.tls)
            curl_easy_setopt(handle_, CURLOPT_CAINFO, run.ca_file.c_str());
        // The default of 16 KiB costs more the larger the object is.
        if (run.size > piece_size)
            curl_easy_setopt(handle_, CURLOPT_BUFFERSIZE, static_cast<long>(piece_size));
        curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &write);
        curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
        if (run.put) {
            curl_easy_setopt(handle_, CURLOPT_UPLOAD, 1L);
            if (run.size > piece_size)
                curl_easy_setopt(handle_, CURLOPT_UPLOAD_BUFFERSIZE, static_cast<long>(piece_size));
            curl_easy_setopt(handle_, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(run.size));
            curl_easy_setopt(handle_, CURLOPT_READFUNCTION, &read);
            curl_easy_setopt(handle_, CURLOPT_READDATA, this);
        }
    }
    curl_transfer(const curl_transfer&) = delete;
    curl_transfer& operator=(const curl_transfer&) = delete;
    ~curl_transfer()
    {
        curl_easy_cleanup(handle_);
        curl_slist_free_all(connect_to_);
        curl_slist_free_all(headers_);
    }

    [[nodiscard]] CURL* handle() const noexcept { return handle_; }
    void begin() noexcept { sent_ = 0; }

    /// Another request with the same handle: `size` bytes that `read` copies to where it is told.
    void send_instead(const char* method, const std::string& path, std::uint64_t size,
        std::function<void(char*, std::size_t)> read)
    {
        const auto url = std::string(scheme_).append(host) + path;
        curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
        curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, method);
        curl_easy_setopt(handle_, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(size));
        size_ = size;
        read_ = std::move(read);
        begin();
    }

private:
    static std::size_t write(const char* bytes, std::size_t size, std::size_t number, void* self)
    {
        static_cast<curl_transfer*>(self)->received_(bytes, size * number);
        return size * number;
    }
    static std::size_t read(char* room, std::size_t size, std::size_t number, void* self)
    {
        auto& of = *static_cast<curl_transfer*>(self);
        const auto count = std::min<std::uint64_t>(size * number, of.size_ - of.sent_);
        if (of.read_)
            of.read_(room, count);
        else
            std::memcpy(room, of.body_.data() + of.sent_, count);
        of.sent_ += count;
        return count;
    }

    CURL* handle_ = curl_easy_init();
    const std::vector<char>& body_;
    std::uint64_t size_; ///< Of what is put.
    std::function<void(const char*, std::size_t)> received_;
    std::function<void(char*, std::size_t)> read_{}; ///< Instead of `body_`, when there is one.
    std::string_view scheme_;
    curl_slist* connect_to_ = nullptr;
    curl_slist* headers_ = nullptr;
    std::uint64_t sent_ = 0;
};

/// Runs transfers until none is left; `done` returns whether its handle goes on.
template <class Done>
void run_multi(CURLM* multi, Done done)
{
    int running = 1;
    while (running != 0) {
        require(curl_multi_perform(multi, &running) == CURLM_OK, "libcurl failed");
        int queued = 0;
        while (const CURLMsg* const message = curl_multi_info_read(multi, &queued)) {
            require(message->data.result == CURLE_OK, "the transfer failed");
            CURL* const handle = message->easy_handle;
            curl_multi_remove_handle(multi, handle);
            if (done(handle)) {
                curl_multi_add_handle(multi, handle);
                running = 1;
            }
        }
        if (running != 0)
            curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
    }
}

} // namespace bench

#endif
