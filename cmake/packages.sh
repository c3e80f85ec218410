# Sourced by the scripts that set up a machine: installs packages of Debian or Ubuntu by their names.

# install_packages NAME...: those that are missing. Says what it does; needs root or sudo for it.
install_packages() {
    local missing=() name
    if ! command -v dpkg-query >/dev/null; then
        echo "Not a Debian or Ubuntu; what is needed by its Debian names: $*"
        return
    fi
    for name in "$@"; do
        [[ $(dpkg-query -W -f '${Status}' "$name" 2>/dev/null) == "install ok installed" ]] ||
            missing+=("$name")
    done
    if ((${#missing[@]} == 0)); then
        echo "Nothing to install."
        return
    fi
    echo "Installing ${missing[*]}"
    local as_root=()
    [[ $(id -u) == 0 ]] || as_root=(sudo)
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
