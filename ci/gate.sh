#!/usr/bin/env bash
# What must hold before a change lands. Without arguments every job in order; with arguments only the named ones:
#   bash ci/gate.sh lint test
# A fresh machine needs the Rust toolchain and Debian's base; what else is missing is installed here.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never CARGO_INCREMENTAL=0

say() { printf '\n== %s\n' "$*"; }

job_tools() {
    command -v cc >/dev/null && command -v c++ >/dev/null && return
    say "tools: a C and C++ compiler (linker, libFuzzer)"
    apt-get update -q && apt-get install -yq --no-install-recommends gcc g++ libc6-dev
}

job_lint() {
    say "lint: format, clippy, documentation"
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --quiet
}

# The test command of the README.
job_test() {
    say "test: unit, property, recorded corpus, replay, conformance, arrows, tidy"
    cargo test --workspace
    say "test: memory under ten million inputs with new names"
    cargo test --quiet --release -p proxy-core --test bounds
    say "test: what the grammar does not know, for each recording"
    cargo test --quiet -p ptp-lines --test recorded -- --nocapture
}

# ptp-lines and proxy-core link without std; the second build shows that the proof can fail.
job_no_std() {
    say "no_std: the pure crates link without std"
    local manifest=ci/no-std-proof/Cargo.toml
    cargo build --quiet --manifest-path "$manifest"
    if cargo build --quiet --manifest-path "$manifest" --features with-std 2>target/no-std-proof.log; then
        echo "the proof does not fail when std is linked, so it proves nothing" >&2
        return 1
    fi
    grep -q "found duplicate lang item" target/no-std-proof.log
    echo "no_std: proved, and the proof can fail"
}

# The first command of the README, and every scenario through the real proxy process.
job_run() {
    say "run: scenarios through the release binaries"
    cargo build --release --bin ptp-lab --bin cloud-event-proxy
    cargo run --release --bin ptp-lab -- run scenarios/holdover_runs_out.toml
    local scenario
    for scenario in scenarios/*.toml; do
        ./target/release/ptp-lab run "$scenario" --json | tail -n 1
    done
}

# Random cases against the core of the proxy, other ones with each commit, each of them twice.
job_explore() {
    local commit
    commit=$(git rev-parse HEAD)
    say "explore: ${EXPLORE_COUNT:=300} cases from commit ${commit:0:8}"
    ./target/release/ptp-lab explore --from-commit "$commit" --count "$EXPLORE_COUNT" --twice --out target/explore
}

# The conformance suite in its own right: both profiles, in an order that each commit draws anew, nothing left out.
job_conform() {
    local seed profile
    seed=$((16#$(git rev-parse --short=8 HEAD)))
    for profile in compat oran; do
        say "conform: $profile, shuffled with $seed"
        ./target/release/ptp-lab conform --profile "$profile" --shuffle "$seed" --complete \
            --html "target/conform-$profile.html" --junit "target/conform-$profile.xml" | tail -n 2
    done
}

job_examples() {
    say "examples: every example configuration is valid"
    ./target/release/cloud-event-proxy --help >/dev/null
    local example
    for example in proxy/daemon/examples/*.toml; do
        ./target/release/cloud-event-proxy validate --config "$example"
    done
}

job_fuzz() {
    say "fuzz: ${FUZZ_SECONDS:=60} s per target"
    cargo fuzz --version >/dev/null 2>&1 || cargo install --quiet --locked cargo-fuzz@0.13.2
    bash proxy/fuzz/seed.sh
    local target log
    for target in $(RUSTC_BOOTSTRAP=1 cargo fuzz list --fuzz-dir proxy/fuzz); do
        log="target/fuzz-$target.log"
        if ! RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir proxy/fuzz "$target" -- -max_total_time="$FUZZ_SECONDS" \
            -max_len=4096 -dict=proxy/fuzz/line.dict -verbosity=0 -print_final_stats=1 >"$log" 2>&1; then
            cat "$log"
            return 1
        fi
        echo "$target: no finding; $(grep -o 'number_of_executed_units: .*' "$log")"
    done
}

job_bench() {
    say "bench: short form"
    cargo bench -p ptp-lines -p proxy-core -p sim-core --bench parse --bench handle --bench simulate -- --sample-count 20
    say "bench: the whole process, through its socket"
    cargo bench -p cloud-event-proxy --bench socket -- --quick
    say "bench: from a line to its subscribers, subscribing and pulling"
    cargo bench -p cloud-event-proxy --bench webhook -- --quick
}

all=(tools lint test no_std run explore conform examples fuzz bench)
for job in "${@:-${all[@]}}"; do
    "job_$job"
done
say "gate passed: ${*:-${all[*]}}"
