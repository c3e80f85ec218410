#include <cosio/operation/put_bucket_encryption.hpp>

void wrong(const cosio::customer_key& key)
{
    static_cast<void>(key);
    const cosio::put_bucket_encryption_request request{
        .bucket = "b", .encryption = cosio::sse::customer{key, key.md5()}};
}
