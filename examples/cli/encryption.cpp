#include "encryption.hpp"

#include "key_file.hpp"
#include "usage_error.hpp"

namespace cli {

sse_mode written_mode(const options& chosen)
{
    const bool of_kms = !chosen.sse_kms_key_id.empty() || !chosen.sse_context.empty();
    const bool of_c = !chosen.sse_c_key_file.empty();
    const auto mode = chosen.sse.value_or(of_c ? sse_mode::c
            : of_kms                           ? sse_mode::kms
                                               : sse_mode::none);
    if (of_kms && mode != sse_mode::kms)
        throw usage_error("--sse-kms-key-id and --sse-context go with --sse kms only");
    if (of_c && mode != sse_mode::c)
        throw usage_error("--sse-c-key-file goes with --sse c only");
    if (mode == sse_mode::c && !of_c)
        throw usage_error("--sse c needs --sse-c-key-file");
    return mode;
}

encryption_choice::encryption_choice(const options& chosen) : chosen_(chosen)
{
    if (!chosen.sse_c_key_file.empty())
        key_ = read_key_file("--sse-c-key-file", chosen.sse_c_key_file);
    if (!chosen.source_sse_c_key_file.empty())
        source_key_ = read_key_file("--source-sse-c-key-file", chosen.source_sse_c_key_file);
}

cosio::sse::on_write encryption_choice::written() const
{
    switch (written_mode(chosen_)) {
    case sse_mode::cos: return cosio::sse::cos_managed{};
    case sse_mode::kms:
        return cosio::sse::kms{.key_id = chosen_.sse_kms_key_id, .context = chosen_.sse_context};
    case sse_mode::c: return cosio::sse::customer{*key_, key_->md5()};
    case sse_mode::none: break;
    }
    return cosio::sse::bucket_default{};
}

cosio::sse::on_read encryption_choice::read() const
{
    const auto mode = written_mode(chosen_);
    if (mode == sse_mode::cos || mode == sse_mode::kms)
        throw usage_error("--sse cos and --sse kms are for what is written: a read needs neither");
    if (mode == sse_mode::c)
        return cosio::sse::customer{*key_, key_->md5()};
    return cosio::sse::none{};
}

cosio::sse::on_read encryption_choice::source() const
{
    if (source_key_)
        return cosio::sse::customer{*source_key_, source_key_->md5()};
    return cosio::sse::none{};
}

} // namespace cli
