#!/usr/bin/env bash
# Fills corpus/<target>/. For the line targets: one recorded line of every shape (lines that differ in digits only have
# one shape), as recorded and as the daemon forwards it, and the control lines. For core_inputs: a line of every
# template, live, then a restart, then the same line replayed. Run it before a fuzzing run; corpus/ is not kept in the
# repository.
set -euo pipefail
cd "$(dirname "$0")"
seeds=$(mktemp)
trap 'rm -f "$seeds"' EXIT
{
    cat ../../scenarios/recorded/*/*.log
    sed 's/^/chronyd[4711][chronyd.0.config]: /' ../../scenarios/recorded/chrony-*/chronyd.log
    sed -E 's/\.config:(\{level\}|[0-7])\]/.config]/' ../../scenarios/recorded/*/*.log
    printf '%s\n' 'CMD RESTART' 'CMD LIVE_START' 'CMD TIME 1757326382.000000001' 'CMD SYNC token' \
        'ptp4l[1757326382]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6' \
        'ptp4l[1646672953]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 165.000000' \
        'phc2sys[1757326382]:[ptp4l.0.config] PTP_PROCESS_STATUS:1' \
        'phc2sys[1710435400]:[phc2sys.2.config] ptp_ha_profile profile1 state 1' \
        'phc2sys[1.000]: [ptp4l.0.config] CLOCK_REALTIME pps offset       -62 s2 freq  -78368' \
        'ts2phc[1.000]: [ts2phc.0.config] ens7f0 master offset          0 s2 freq      -0' \
        'ts2phc[1.000]: [ts2phc.0.config] ens7f0 offset          1 s3 freq      +1 holdover' \
        'ts2phc[1.000]: [ts2phc.0.config] ens7f0 lost holdover lock (offset       -250)' \
        'ts2phc[1.000]: [ts2phc.0.config] ens7f0 extts index 0 at 1673031129.000000000 corr 0 src 1673031129.911642976 diff 0' \
        'ts2phc[1.000]: [ts2phc.0.config] ens7f0 SKIP extts index 0 at 1673031129.500000000 src 1673031129.911642976' \
        'ts2phc[1699929121]:[ts2phc.0.config] ens2f0 nmea_status 0 offset 999999 s0' \
        'GM[1689282762]:[ts2phc.0.config] ens2f1 T-GM-STATUS s0' \
        'T-BC[1743005894]:[ptp4l.0.config] ens2f0 offset 123 T-BC-STATUS s0' \
        'dpll[1700598434]:[ts2phc.0.config] ens2f0 frequency_status 3 offset 0 phase_status 3 pps_status 1 s2' \
        'gnss[1689014431]:[ts2phc.0.config] ens2f1 gnss_status 5 offset 0 s2' \
        'synce4l[627602.540]: [synce4l.0.config] EEC_LOCKED/EEC_LOCKED_HO_ACQ on GNSS of synce1' \
        'synce4l[627685.138]: [synce4l.0.config] act on EEC_HOLDOVER for ens7f0' \
        'synce4l[627602.593]: [synce4l.0.config] tx_rebuild_tlv: attached new TLV, QL=0xf on ens7f0' \
        'synce4l[627602.593]: [synce4l.0.config] tx_rebuild_tlv: attached new extended TLV, EXT_QL=0xff on ens7f0' \
        'synce4l[1722456110]:[synce4l.0.config] ens7f0 device synce1 eec_state EEC_HOLDOVER network_option 2 s1' \
        'synce4l[1722458091]:[synce4l.0.config] ens7f0 clock_quality PRTC device synce1 ext_ql 0x20 network_option 2 ql 0x1 s2' \
        'chronyd[1000000800]: [chronyd.0.config] Selected source 192.168.1.1'
} | awk '{ shape = $0; gsub(/[0-9]+/, "0", shape); gsub(/ +/, " ", shape); if (!(shape in seen)) { seen[shape]; print } }' >"$seeds"
for target in line_parse line_round_trip; do
    rm -rf "corpus/$target"
    mkdir -p "corpus/$target"
    awk -v folder="corpus/$target" '{ file = sprintf("%s/seed-%04d", folder, NR); printf "%s", $0 >file; close(file) }' "$seeds"
done
echo "$(wc -l <"$seeds") seeds for each line target"
rm -rf corpus/core_inputs
mkdir -p corpus/core_inputs
templates=$(grep -c '^    ".*\[{t}' fuzz_targets/core_inputs/bytes.rs)
for ((template = 0; template < templates; template++)); do
    line=$(printf '\\x00\\x%02x\\x00\\x00\\x00\\x02\\x01\\x01\\x00' "$template")
    printf "\\x00$line\\x66\\x00\\x80$line" >"corpus/core_inputs/seed-$template"
done
echo "$templates seeds for core_inputs"
