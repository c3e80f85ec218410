// The counterpart of the other files here: what they get wrong, done right. It must compile.

#include <cosio/auth/credentials.hpp>
#include <cosio/format.hpp>
#include <cosio/operation/copy_object.hpp>
#include <cosio/operation/get_object.hpp>
#include <cosio/operation/head_object.hpp>
#include <cosio/operation/put_bucket_encryption.hpp>
#include <cosio/operation/put_object.hpp>
#include <cosio/operation/restore_object.hpp>
#include <cosio/operation/upload_part.hpp>
#include <cosio/operation/upload_part_copy.hpp>

#include <string>
#include <type_traits>
#include <vector>

namespace {

[[maybe_unused]] void matrix(const cosio::customer_key& key, const std::string& text,
    const std::vector<std::byte>& bytes)
{
    namespace sse = cosio::sse;
    const sse::customer customer{key, key.md5()};
    const sse::customer designated{.key = key, .md5 = key.md5()};
    [[maybe_unused]] const cosio::put_object_request puts[] = {
        {.body = "literal", .sse = sse::bucket_default{}},
        {.body = text, .sse = sse::cos_managed{}},
        {.body = bytes, .sse = sse::kms{.key_id = "id", .context = "{}"}},
        {.body = std::string_view("view"), .sse = customer},
        {.body = std::span(bytes), .sse = designated},
    };
    [[maybe_unused]] const cosio::get_object_request gets[] = {
        {.sse = sse::none{}}, {.sse = customer}, {}};
    [[maybe_unused]] const cosio::head_object_request head{.sse = customer};
    [[maybe_unused]] const cosio::restore_object_request restore{.sse = customer};
    [[maybe_unused]] const cosio::upload_part_request part{.sse = customer};
    [[maybe_unused]] const cosio::upload_part_copy_request part_copy{
        .copy_source = {.sse = customer}, .sse = customer};
    [[maybe_unused]] const cosio::copy_object_request copy{
        .copy_source = {.sse = customer}, .sse = sse::kms{}};
    [[maybe_unused]] const cosio::put_bucket_encryption_request encryption{
        .encryption = cosio::bucket_kms{"id"}};
    static_cast<void>(cosio::customer_key::from_text("00000000000000000000000000000001"));
    static_cast<void>(fmt::format("{}", key.md5()));
}

// Requests are views: nothing to destroy, so no compiler can destroy it twice.
static_assert(std::is_trivially_destructible_v<cosio::put_object_request>);
static_assert(std::is_trivially_destructible_v<cosio::copy_object_request>);
static_assert(!std::is_default_constructible_v<cosio::customer_key_md5>);
static_assert(!std::is_default_constructible_v<cosio::customer_key>);
static_assert(!std::is_default_constructible_v<cosio::sse::customer>);
static_assert(!std::is_convertible_v<cosio::customer_key, cosio::customer_key_view>);

} // namespace
