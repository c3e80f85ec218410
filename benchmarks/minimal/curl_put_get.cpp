// Puts an object and gets it back: libcurl, without signature.

#include <curl/curl.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>

int main(int argc, char** argv)
{
    const std::string url = std::string("https://") + (argc > 1 ? argv[1] : "localhost") + "/a";
    std::string body = "hello";
    std::string got;
    CURL* const handle = curl_easy_init();
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE, static_cast<long>(body.size()));
    curl_easy_setopt(handle, CURLOPT_READDATA, &body);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION,
        +[](char* room, std::size_t, std::size_t size, void* from) -> std::size_t {
            auto& left = *static_cast<std::string*>(from);
            const auto count = std::min(size, left.size());
            std::memcpy(room, left.data(), count);
            left.erase(0, count);
            return count;
        });
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &got);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION,
        +[](const char* bytes, std::size_t, std::size_t size, void* to) -> std::size_t {
            static_cast<std::string*>(to)->append(bytes, size);
            return size;
        });
    curl_easy_perform(handle);
    curl_easy_setopt(handle, CURLOPT_HTTPGET, 1L);
    curl_easy_perform(handle);
    std::puts(got.c_str());
    curl_easy_cleanup(handle);
}
