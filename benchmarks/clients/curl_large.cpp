// One large object with libcurl's multi interface.

#include "../support/curl_transfer.hpp"

int main(int argc, char** argv)
{
    const bench::options run(argc, argv);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURLM* const multi = curl_multi_init();
    const auto finish = [multi](bench::curl_transfer& transfer) {
        curl_multi_add_handle(multi, transfer.handle());
        bench::run_multi(multi, [](CURL*) { return false; });
    };
    // The others connect before they measure, so this does too, by way of a small object.
    auto small = run;
    small.size = 1024;
    const auto small_body = bench::object_bytes(small.size);
    bench::curl_transfer first(small, small_body, [](const char*, std::size_t) {});
    finish(first);

    bench::destination to(run);
    const auto body = bench::object_bytes(run.put ? run.size : 0);
    bench::curl_transfer transfer(
        run, body, [&to](const char* bytes, std::size_t count) { to.take(bytes, count); });
    bench::measure(1, run.size, [&] { finish(transfer); });
    bench::require(run.put || to.size() == run.size, "bytes are missing");
}
