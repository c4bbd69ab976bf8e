# Sourced by the scripts: goes to the project's root, and defines the functions that they share.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Reports that a check cannot run here. `.ci/run` counts these lines.
skip() { printf 'SKIPPED: %s\n' "$*"; }

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
