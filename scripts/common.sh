# Sourced by the scripts: goes to the project's root, and defines the functions that they share.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Reports that a check cannot run here. `.ci/run` counts these lines.
skip() { printf 'SKIPPED: %s\n' "$*"; }

# Installs, in CI, the programs without which tests are skipped.
needs_of_tests() {
  [[ ${CI-} ]] || return 0
  needs redis-server redis-server
  command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || bash scripts/install postgresql
  compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null || bash scripts/install faketime
  # For the tests of the program, which drive it with these.
  needs curl curl
  needs openssl openssl
  needs script bsdutils
}

# Runs `cargo test` for the package in the first argument. `.ci/run` counts the tests by
# package.
run_tests() {
  printf 'package %s\n' "$1"
  cargo test --locked "${@:2}"
}

# Runs `cargo check`, which must fail with an error that contains the first argument.
must_fail() {
  local errors
  errors=$(mktemp)
  if cargo check --locked --quiet "${@:2}" 2>"$errors"; then
    echo "this compiles but must not: cargo check ${*:2}" >&2
    exit 1
  fi
  if ! grep -m 1 -F "$1" "$errors"; then
    cat "$errors" >&2
    exit 1
  fi
  rm "$errors"
}

# Installs a compilation target, if rustup can.
has_target() {
  local libraries
  libraries=$(rustc --print sysroot)/lib/rustlib/$1
  [[ -d $libraries ]] || { command -v rustup >/dev/null && rustup target add "$1" && [[ -d $libraries ]]; }
}

# Installs a program, unless it is there: PROGRAM DEBIAN-PACKAGE.
needs() { command -v "$1" >/dev/null || bash scripts/install "$2"; }

# The packages that depend on the peers share a build folder.
with_peers=(--locked --release --target-dir target/peers --manifest-path)
