# What the scripts share. Sourced, never run.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '==> %s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Runs a command as root: as it is, or with sudo.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "this needs root, and there is no sudo: $*"
  fi
}

# Installs what is missing of the named Debian packages; says so, and does nothing if nothing is.
install_packages() {
  local missing=() name
  for name in "$@"; do
    dpkg-query -W -f '${Status}\n' "$name" 2>/dev/null | grep -q 'ok installed$' || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || die "please install what these Debian packages hold: ${missing[*]}"
  say "installing packages: ${missing[*]}"
  as_root apt-get update -qq >&2
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

build_packages=(cmake ninja-build g++ pkg-config libcurl4-openssl-dev libssl-dev libarchive-dev libfmt-dev
  libyaml-cpp-dev libexpected-dev libcli11-dev rapidjson-dev libpoco-dev)
test_packages=(libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev clang-format-14 python3 nodejs git
  docker-registry openssl socat zstd libxml2-utils iproute2)
fuzz_packages=(clang-14 libclang-rt-14-dev)

# Installs the official implementations that tests/oracle and the parser's benchmark compare with, once.
install_oracle() {
  local folder=$root/build/oracle
  cmp -s "$root/tests/oracle/package.json" "$folder/package.json" && [ -e "$folder/installed" ] && return
  command -v npm >/dev/null || install_packages npm
  say "installing the official implementations to compare with (npm)"
  rm -rf "$folder" && mkdir -p "$folder"
  cp "$root/tests/oracle/package.json" "$folder/"
  (cd "$folder" && npm install --no-package-lock --no-audit --no-fund --silent >&2)
  # Node.js before 18.20 knows the older spelling of the same only.
  node -e "import('$folder/node_modules/@cucumber/gherkin/dist/index.js').catch(() => process.exit(1))" ||
    sed -i "s/ with { type: 'json' }/ assert { type: 'json' }/" "$folder"/node_modules/@cucumber/*/dist/*.js
  touch "$folder/installed"
}

# Installs what others wrote and the reports' tests hold them against, once. A browser that is there already is
# taken; Debian's chromium works as it is, Ubuntu's package of that name is a snap.
install_report_tools() {
  local folder=$root/build/report_tools
  command -v chromium >/dev/null || command -v google-chrome >/dev/null || install_packages chromium
  cmp -s "$root/tests/golden/package.json" "$folder/package.json" && [ -e "$folder/installed" ] && return
  command -v npm >/dev/null || install_packages npm
  say "installing the schemas and formatters that reports are checked with (npm)"
  rm -rf "$folder" && mkdir -p "$folder"
  cp "$root/tests/golden/package.json" "$folder/"
  (cd "$folder" && npm install --no-package-lock --no-audit --no-fund --ignore-scripts --silent >&2)
  touch "$folder/installed"
}

# Configures and builds with a preset: build_preset NAME TARGET… [-- CMAKE_OPTION…]
build_preset() {
  local preset=$1 targets=() options=()
  shift
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    targets+=("$1")
    shift
  done
  [ $# -gt 0 ] && shift && options=("$@")
  (cd "$root" && cmake --preset "$preset" "${options[@]}" >/dev/null)
  (cd "$root" && cmake --build "build/$preset" --parallel "$(nproc)" ${targets[@]:+--target "${targets[@]}"} >&2)
}
