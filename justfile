# The few daily commands. `just` lists them.

_list:
    @just --list --unsorted

# The page of the sample recording (its exit code 20, access, is no error here)
page *ARGS:
    -cargo run --release --quiet -- watch samples {{ARGS}}

# Everything that has to pass before a change lands
test:
    ./test

# Format and lints alone
lint:
    cargo fmt --all --check && cargo clippy --workspace --all-targets --quiet -- -D warnings

# Fuzz every parser, SECONDS each
fuzz SECONDS="60" *TARGETS:
    fuzz/run {{SECONDS}} {{TARGETS}}

# Speed of the whole program beside mawk and jq (--memory, --peers: see docs/benchmarks.md)
bench *ARGS:
    cargo build --release --quiet && cargo run --release --quiet -p ward-lab -- bench {{ARGS}}

# Recall and false alarms on generated days
score *ARGS:
    cargo build --release --quiet && cargo run --release --quiet -p ward-lab -- score-day {{ARGS}}

# The crates' documentation
docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --workspace
