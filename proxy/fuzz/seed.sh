#!/usr/bin/env bash
# Fills corpus/<target>/ for the line targets: one recorded line of every shape (lines that differ in digits only have
# one shape), as recorded and as the daemon forwards it, and the control lines. Run it before a fuzzing run;
# corpus/ is not kept in the repository.
set -euo pipefail
cd "$(dirname "$0")"
seeds=$(mktemp)
trap 'rm -f "$seeds"' EXIT
{
    cat ../../scenarios/recorded/*/*.log
    sed -E 's/\.config:(\{level\}|[0-7])\]/.config]/' ../../scenarios/recorded/*/*.log
    printf '%s\n' 'CMD RESTART' 'CMD LIVE_START' 'CMD TIME 1757326382.000000001' 'CMD SYNC token' \
        'ptp4l[1757326382]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6' \
        'ptp4l[1646672953]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 165.000000' \
        'phc2sys[1757326382]:[ptp4l.0.config] PTP_PROCESS_STATUS:1'
} | awk '{ shape = $0; gsub(/[0-9]+/, "0", shape); gsub(/ +/, " ", shape); if (!(shape in seen)) { seen[shape]; print } }' >"$seeds"
for target in line_parse line_round_trip; do
    rm -rf "corpus/$target"
    mkdir -p "corpus/$target"
    awk -v folder="corpus/$target" '{ file = sprintf("%s/seed-%04d", folder, NR); printf "%s", $0 >file; close(file) }' "$seeds"
done
echo "$(wc -l <"$seeds") seeds for each line target"
