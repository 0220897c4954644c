#!/bin/sh
# Tests the kits and the three platform servers as host processes: run.sh [python|cpp|node …]
# It must not need Docker, and says at the end which of its parts failed.
set -u
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
images=$repo/images
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1
failed=

# part NAME COMMAND… runs one part; its output is shown only if it fails.
part() {
  part=$1
  shift
  if "$@" >"$work/output" 2>&1; then
    printf 'ok    %s%s\n' "$part" "$(sed -n '$s/^/: /p' "$work/output")"
  else
    printf 'FAIL  %s\n' "$part"
    sed 's/^/      /' "$work/output"
    failed="$failed
      $part"
  fi
}

# example LANGUAGE FILE copies the example of images/README.md beside its kit.
example() {
  mkdir -p "$work/example"
  sed -n '/^```'"$1"'$/,/^```$/p' "$images/README.md" | sed '1d;$d' >"$work/example/$2"
  cp "$images"/*/cexec_kit.* "$work/example/"
}

compile() {
  output=$1
  shift
  "${CXX:-g++}" -std=c++20 -O1 -Wall -Wextra -pthread -I"$images/cpp" -o "$output" "$@"
}

# kit LANGUAGE SAMPLE… holds the kit to its promises in both framings.
kit() {
  language=$1
  shift
  part "$language kit, ndjson" python3 "$here/kit_behaviour.py" -- "$@"
  part "$language kit, content-length" python3 "$here/kit_behaviour.py" --content-length -- "$@"
}

# server NAME STEP COMMAND… holds a server to docs/protocol.md in both framings.
server() {
  name=$1
  step=$2
  shift 2
  for framing in ndjson content-length; do
    part "$name, $framing" python3 "$here/conformance.py" --framing $framing ${step:+--step "$step"} -- "$@"
  done
}

basket='puts 2 apples into the basket'

test_python() {
  part 'python patterns and formats' python3 "$here/kit_test.py"
  kit python python3 "$here/sample_server.py"
  server 'python server' '' python3 -S -E "$images/python/server.py"
  example python server.py
  server 'python example' "$basket" python3 "$work/example/server.py"
}

test_cpp() {
  formats="$images/cpp/ring.cpp $images/cpp/wire.cpp $images/cpp/journal.cpp $images/cpp/crc32.cpp
    $images/cpp/exchange.cpp $images/cpp/format_error.cpp"
  # shellcheck disable=SC2086  # a list of files
  part 'cpp build' compile "$work/kit_test" "$here/kit_test.cpp" $formats
  part 'cpp patterns and formats' "$work/kit_test" "$here" "$work"
  part 'cpp build of the sample' compile "$work/sample_server" "$here/sample_server.cpp"
  kit cpp "$work/sample_server"
  part 'cpp build of the server' compile "$work/server" "$images"/cpp/*.cpp
  server 'cpp server' '' "$work/server"
  example cpp server.cpp
  part 'cpp build of the example' compile "$work/example/server" "$work/example/server.cpp"
  server 'cpp example' "$basket" "$work/example/server"
}

test_node() {
  part 'node patterns and formats' node "$here/kit_test.mjs"
  kit node node "$here/sample_server.mjs"
  server 'node server' '' node "$images/node/server.mjs"
  example js server.mjs
  server 'node example' "$basket" node "$work/example/server.mjs"
}

if [ $# -eq 0 ]; then
  part 'conformance.py itself' python3 "$here/conformance_test.py"
  set -- python cpp node
fi
for language; do
  case $language in
    python | cpp | node) "test_$language" ;;
    *) echo "run.sh: no kit for $language, only for python, cpp and node" >&2; exit 2 ;;
  esac
done
if [ -n "$failed" ]; then
  printf 'failed:%s\n' "$failed"
  exit 1
fi
echo 'all parts passed'
