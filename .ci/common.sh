# What the scripts of this folder share: to be sourced, from any directory.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$top/.venv

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }

die() {
  printf 'geo311: %s\n' "$*" >&2
  exit 1
}

# Install Debian packages as root or by sudo; elsewhere say what is wanted and leave it to the person.
install_packages() {
  local sudo=()
  if ! command -v apt-get >/dev/null; then
    die "this system lacks what these Debian packages hold: $*. Install their like, then run this again."
  fi
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "please install these packages as root, then run this again: apt-get install $*"
    sudo=(sudo)
  fi
  say "installing packages: $*"
  "${sudo[@]}" apt-get update -q </dev/null >&2 || say "apt-get update failed; going on with the lists there are"
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" </dev/null >&2
}
