// Where a transfer keeps what it needs to go on.

#ifndef COSIO_CLI_CHECKPOINT_PLACE_HPP
#define COSIO_CLI_CHECKPOINT_PLACE_HPP

#include <string>
#include <string_view>

namespace cli {

/// `chosen`, if that is not empty. Else `file` and ".cosio-checkpoint"; or, if that is not there and
/// may not be made there, a file of the user's state folder, `$XDG_STATE_HOME/cosio` or
/// `~/.local/state/cosio`, which is made and named after the absolute path of `file` and `object`.
[[nodiscard]] std::string checkpoint_of(
    std::string_view chosen, const std::string& file, std::string_view object);

} // namespace cli

#endif
