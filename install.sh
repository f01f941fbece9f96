#!/bin/sh
# Installs bench: downloads the program for this system, verifies its checksum, puts it into a directory of yours.
# Needs no root. Runs in any POSIX shell, and in the bash that comes with Git for Windows.
#
#   BENCH_VERSION      version to install, such as 1.2.3; default: the latest release
#   BENCH_INSTALL_DIR  directory to install into; default: ~/.local/bin
#   BENCH_REPOSITORY   OWNER/NAME on GitHub, for a fork
#   BENCH_RELEASES     where releases are, for a mirror; must hold latest/download/… and download/vVERSION/…
set -eu

repository="${BENCH_REPOSITORY:-OWNER/bench}"
releases="${BENCH_RELEASES:-https://github.com/$repository/releases}"
version="${BENCH_VERSION:-latest}"

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

# The name of the program for this system.
file_name() {
  os="$(uname -s)" arch="$(uname -m)" end=""
  case "$os" in
    Linux) os=linux ;;
    Darwin) os=macos ;;
    MINGW* | MSYS* | CYGWIN*) os=windows end=.exe ;;
    *) fail "there is no program for the system $os; with Deno: deno install -g -A -n bench jsr:@x/bench" ;;
  esac
  case "$arch" in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) fail "there is no program for $arch processors; with Deno: deno install -g -A -n bench jsr:@x/bench" ;;
  esac
  # Windows on ARM runs programs for x64.
  [ "$os" != windows ] || arch=x64
  echo "bench-$os-$arch$end"
}

# download URL FILE
download() {
  if command -v curl >/dev/null 2>&1; then
    curl --fail --silent --show-error --location --retry 3 --output "$2" "$1" || fail "cannot download $1"
  elif command -v wget >/dev/null 2>&1; then
    wget -q -O "$2" "$1" || fail "cannot download $1"
  else
    fail "neither curl nor wget is installed"
  fi
}

# The SHA-256 sum of a file, in hexadecimal digits.
sum_of() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum <"$1" | cut -d ' ' -f 1
  elif command -v shasum >/dev/null 2>&1; then
    shasum -a 256 <"$1" | cut -d ' ' -f 1
  elif command -v openssl >/dev/null 2>&1; then
    openssl dgst -sha256 -r <"$1" | cut -d ' ' -f 1
  else
    fail "cannot verify the download: none of sha256sum, shasum and openssl is installed"
  fi
}

main() {
  case "$releases" in
    https://github.com/OWNER/*) fail "name the repository: BENCH_REPOSITORY=owner/bench sh install.sh" ;;
  esac
  case "$version" in
    latest) from="$releases/latest/download" ;;
    *[!0-9A-Za-z.+-]*) fail "BENCH_VERSION=$version is no version: expected one such as 1.2.3" ;;
    v*) from="$releases/download/$version" ;;
    *) from="$releases/download/v$version" ;;
  esac
  [ -n "${BENCH_INSTALL_DIR:-}" ] || [ -n "${HOME:-}" ] || fail "no HOME: set BENCH_INSTALL_DIR"
  folder="${BENCH_INSTALL_DIR:-${HOME:-}/.local/bin}"
  name="$(file_name)"
  program="$folder/bench"
  case "$name" in *.exe) program="$program.exe" ;; esac

  mkdir -p "$folder" || fail "cannot create $folder"
  # In the target's directory, so that the last step is a rename: there is never half a program.
  temporary="$(mktemp -d "$folder/.bench.XXXXXX")" || fail "cannot write to $folder"
  trap 'rm -rf "$temporary"' EXIT
  trap 'exit 130' INT TERM

  download "$from/SHA256SUMS" "$temporary/sums"
  expected="$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$name\$/\1/p" "$temporary/sums")"
  [ -n "$expected" ] || fail "$from/SHA256SUMS has no sum of $name"
  download "$from/$name" "$temporary/$name"
  found="$(sum_of "$temporary/$name")"
  [ "$found" = "$expected" ] || fail "$from/$name has the wrong checksum, nothing was installed:
  expected $expected
  found    $found"

  chmod 755 "$temporary/$name"
  about="$("$temporary/$name" --version 2>&1)" || fail "$name does not run on this system (it needs glibc on Linux): $about"
  mv -f "$temporary/$name" "$program" || fail "cannot write $program"
  echo "Installed $about as $program"
  case ":${PATH:-}:" in
    *":$folder:"*) ;;
    *) echo "Not on your PATH yet: export PATH=\"$folder:\$PATH\"" ;;
  esac
}

# Last, so that a download of this script that was cut short does nothing.
main
