#!/usr/bin/env bash
# Tries the REST interface from outside: schemathesis reads the description that the desk gives of
# itself and sends what fits it and what does not, as an administrator in a browser, as an
# administrator's program and as an auditor's. It fails on an answer of the server's own mistake, on
# one that the description does not have, on what should have been refused and was not, and on what
# should have been taken and was not.
#
#   testing/schemathesis.sh [EXAMPLES]     for each operation; 25 unless said, well under two minutes
#
# Without Python, or without a way to its packages, it says so and is passed over; where CI is set it
# fails instead.
set -euo pipefail
cd "$(dirname "$0")/.."

examples="${1:-25}"
build="${CARGO_TARGET_DIR:-target}"
# The interface is not there for these: their own tests drive them. They would end the session that
# schemathesis comes with.
not='/account/sessions/'

if ! python="$(testing/python.sh schemathesis 4.32.5)"; then
  if [ -n "${CI:-}" ]; then exit 1; fi
  echo "schemathesis was passed over"
  exit 0
fi
schemathesis="$(dirname "$python")/schemathesis"

cargo build --quiet -p ward-web --example desk
work="$(mktemp -d)"
desk=
end() {
  if [ -n "$desk" ]; then kill "$desk" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap end EXIT

# Starts a desk of its own for each run, so that what one did cannot hide what another does.
start() {
  if [ -n "$desk" ]; then kill "$desk" 2>/dev/null || true; fi
  : >"$work/desk.json"
  "$build/debug/examples/desk" 0 >"$work/desk.json" &
  desk=$!
  for _ in $(seq 100); do
    if [ -s "$work/desk.json" ]; then return; fi
    sleep 0.1
  done
  echo "the desk did not start" >&2
  exit 1
}

said() { python3 -c "import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])" "$work/desk.json" "$1"; }

# run NAME SCHEME KEY WHO: the name of the run, its security scheme, how that takes what WHO has.
run() {
  start
  {
    printf '[auth.openapi.%s]\n%s = "%s"\n\n' "$2" "$3" "$(said "$4")"
    # 413: a list that is short enough can still be too long in bytes. 422: what only the desk can
    # know, such as that there is no such jurisdiction. What the schemas rule out is 400.
    printf '[checks.positive_data_acceptance]\n'
    printf 'expected-statuses = ["2xx", "401", "403", "404", "409", "413", "422"]\n\n'
    printf '[checks.negative_data_rejection]\n'
    printf 'expected-statuses = ["400", "401", "403", "404", "405", "409", "413", "415", "422"]\n'
    if [ "$4" = session ]; then
      # An administrator may do everything: whatever refuses them always was not tried at all.
      printf '\n[warnings]\nfail-on = ["missing_auth"]\n'
    fi
  } >"$work/schemathesis.toml"
  if ! "$schemathesis" --config-file "$work/schemathesis.toml" run \
    "$(said url)/api/v1/openapi.json" --header 'Sec-Fetch-Site: same-origin' \
    --exclude-path-regex "$not" --checks all --continue-on-failure --seed 1 \
    --max-examples "$examples" >"$work/report.txt" 2>&1; then
    cat "$work/report.txt"
    echo "schemathesis found something as $1" >&2
    exit 1
  fi
  echo "$1:$(grep -E '^ +[0-9]+ generated' "$work/report.txt")"
}

run "An administrator in a browser" session api_key session
run "An administrator's program" token bearer administrator
run "An auditor's program" token bearer auditor
