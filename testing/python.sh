#!/usr/bin/env bash
# Prints the path of a Python that has one package in one version, which tests lean on:
#
#   testing/python.sh PACKAGE VERSION
#
# The package goes into a virtual environment of its own beneath the target folder, made when it is
# first asked for and kept for the next run. Tests ask at the same time: one makes it, the others
# wait. Where it cannot be made, says why and exits with status 1.
set -euo pipefail
cd "$(dirname "$0")/.."
package="$1"
version="$2"
venv="${CARGO_TARGET_DIR:-target}/python/$package-$version"
done="$venv/.complete"

fail() {
  echo "$1" >&2
  exit 1
}

mkdir -p "$(dirname "$venv")"
exec 9>"$venv.lock"
flock 9
if [ ! -e "$done" ] || ! "$venv/bin/python" -c '' 2>/dev/null; then
  command -v python3 >/dev/null || fail "there is no python3"
  python3 -m venv --clear "$venv" >/dev/null 2>&1 ||
    fail "python3 cannot make a virtual environment (python3-venv)"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$package==$version" >&2 ||
    fail "pip could not install $package $version"
  touch "$done"
fi
realpath -s "$venv/bin/python"
