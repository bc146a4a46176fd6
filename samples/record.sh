#!/usr/bin/env bash
# Records Ward's sample again: real services and real tools in network namespaces of this machine.
#
#   sudo samples/record.sh                 half an hour of traffic, then replaces samples/logs
#   sudo MINUTES=6 OUT=/tmp/x samples/record.sh   a short one, elsewhere
#
# Needs root and Debian 12 or 13. Nothing leaves the namespaces (all named wd-*); accounts exist
# only in private mounts. Whatever happens, the trap at the end ends what was started and removes it.
set -Eeuo pipefail
umask 022
MINUTES=${MINUTES:-30}
HERE=$(cd "$(dirname "$0")" && pwd)
LAB=$HERE/lab
OUT=${OUT:-$HERE}
# What is needed, as command:package.
NEEDED="nginx:nginx-light sshd:openssh-server ssh:openssh-client nmap:nmap hydra:hydra sqlmap:sqlmap nft:nftables
    rsyslogd:rsyslog tcpdump:tcpdump softflowd:softflowd ab:apache2-utils curl:curl python3:python3 ip:iproute2 openssl:openssl sysctl:procps"
NAMESPACES="wd-net wd-fw wd-web wd-bastion wd-desk"
export PATH=/usr/sbin:/usr/bin:/sbin:/bin PYTHONDONTWRITEBYTECODE=1

main() {
    [ "$(id -u)" = 0 ] || { echo "record.sh: must run as root: it makes network namespaces" >&2; exit 2; }
    if ip netns list | grep -q '^wd-'; then
        echo "record.sh: namespaces wd-* exist already: another recording is running, or 'ip netns delete' them" >&2; exit 2
    fi
    install_missing
    WORK=$(mktemp -d /tmp/wd-record.XXXXXX); chmod 755 "$WORK"
    LOG_ALL=$(cat /proc/sys/net/netfilter/nf_log_all_netns)
    trap clean_up EXIT
    trap 'exit 130' INT TERM HUP
    echo "building the stage in $WORK"
    build_networks
    start_sensors
    start_hosts
    local began; began=$(date -u +%Y-%m-%dT%H:%M:%S)
    echo "playing for $MINUTES minutes"
    inside wd-net /usr/bin/python3 "$LAB/play.py" "$MINUTES" "$WORK" &
    wait $!
    echo "collecting"
    stop_sensors
    collect "$began"
}

install_missing() {
    local missing=() pair
    for pair in $NEEDED; do
        command -v "${pair%%:*}" > /dev/null || missing+=("${pair##*:}")
    done
    [ ${#missing[@]} = 0 ] && return
    echo "installing ${missing[*]}"
    apt-get update -qq
    # Services must not start on the machine itself: they are only used inside the namespaces.
    local policy=/usr/sbin/policy-rc.d made=
    [ -e $policy ] || { printf '#!/bin/sh\nexit 101\n' > $policy; chmod 755 $policy; made=yes; }
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || { [ -z "$made" ] || rm -f $policy; exit 2; }
    [ -z "$made" ] || rm -f $policy
}

inside() { local space=$1; shift; ip netns exec "$space" "$@"; }

new_space() {
    ip netns add "$1"
    inside "$1" sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 \
        net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv4.ping_group_range="0 2147483647"
    inside "$1" ip link set lo up
}

# An office host: a cable to the firewall's inside bridge, IPv4 addresses, one IPv6 address.
office_host() {
    local space=$1 six=$2; shift 2
    new_space "$space"
    ip link add "${space#wd-}" netns wd-fw type veth peer name eth0 netns "$space"
    inside wd-fw ip link set "${space#wd-}" master in0 up
    inside "$space" ip link set eth0 up
    local address
    for address in "$@"; do inside "$space" ip address add "$address/24" dev eth0; done
    inside "$space" ip -6 address add "$six/64" dev eth0 nodad
    inside "$space" ip route add default via 198.51.100.1
    inside "$space" ip -6 route add default via 2001:db8:100::1
}

build_networks() {
    new_space wd-net
    new_space wd-fw
    inside wd-fw sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    inside wd-net sysctl -qw net.ipv4.ip_forward=1
    # The cable between the firewall and the internet; 198.18.0.0/15 is for benchmarks (RFC 2544).
    ip link add out0 netns wd-fw type veth peer name up0 netns wd-net
    inside wd-fw ip address add 198.18.0.1/30 dev out0
    inside wd-net ip address add 198.18.0.2/30 dev up0
    inside wd-fw ip -6 address add fe80::1/64 dev out0 nodad
    inside wd-net ip -6 address add fe80::2/64 dev up0 nodad
    inside wd-fw ip link set out0 up; inside wd-net ip link set up0 up
    inside wd-fw ip route add default via 198.18.0.2
    inside wd-fw ip -6 route add default via fe80::2 dev out0
    inside wd-net ip route add 198.51.100.0/24 via 198.18.0.1
    inside wd-net ip -6 route add 2001:db8:100::/64 via fe80::1 dev up0
    # Every documentation address outside is local to the internet's namespace, so tools may bind to any.
    inside wd-net sysctl -qw net.ipv6.ip_nonlocal_bind=1
    local net
    for net in 192.0.2.0/24 203.0.113.0/24; do inside wd-net ip route add local $net dev lo; done
    for net in 2001:db8:bad::/48 2001:db8:a000::/36; do inside wd-net ip -6 route add local $net dev lo; done
    inside wd-fw ip link add in0 type bridge
    inside wd-fw ip address add 198.51.100.1/24 dev in0
    inside wd-fw ip -6 address add 2001:db8:100::1/64 dev in0 nodad
    inside wd-fw ip link set in0 up
    office_host wd-web 2001:db8:100::10 198.51.100.10
    office_host wd-bastion 2001:db8:100::22 198.51.100.22
    office_host wd-desk 2001:db8:100::31 198.51.100.31 198.51.100.32 198.51.100.33 198.51.100.34 198.51.100.47
    local space address
    while read -r space address; do
        NAMESPACES="$NAMESPACES $space"
        new_space "$space"
        ip link add "${space#wd-}" netns wd-net type veth peer name up0 netns "$space"
        inside wd-net ip link set "${space#wd-}" up
        inside "$space" ip address add "$address/32" dev up0
        inside "$space" ip link set up0 up
        inside wd-net sysctl -qw "net.ipv4.conf.${space#wd-}.proxy_arp=1"
        inside wd-net ip route add "$address/32" dev "${space#wd-}" table local
        inside "$space" ip route add 198.18.0.2 dev up0
        inside "$space" ip route add default via 198.18.0.2
    done < <(/usr/bin/python3 "$LAB/cast.py" hosts)
    inside wd-fw nft -f "$LAB/firewall.nft"
    echo 1 > /proc/sys/net/netfilter/nf_log_all_netns
}

start_sensors() {
    inside wd-fw tcpdump -q -i out0 -s 128 -U -Z root -w "$WORK/outside.pcap" 2> "$WORK/tcpdump-outside.txt" &
    OUTSIDE=$!
    inside wd-fw tcpdump -q -i lo -s 0 -U -Z root -w "$WORK/netflow.pcap" udp port 2055 2> "$WORK/tcpdump-netflow.txt" &
    NETFLOW=$!
    # A port that listens, or the exporter's datagrams would be refused.
    inside wd-fw /usr/bin/python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 2055))
while True: s.recv(65535)' &
    sleep 1
    inside wd-fw softflowd -d -6 -v 9 -i out0 -n 127.0.0.1:2055 -p "$WORK/softflowd.pid" -c "$WORK/softflowd.ctl" \
        -t tcp=120 -t tcp.rst=15 -t tcp.fin=15 -t udp=30 -t icmp=30 -t general=60 -t maxlife=300 -t expint=10 2> "$WORK/softflowd.txt" &
    SOFTFLOW=$!
    in_host wd-fw sos-fw firewall
}

# Runs lab/host.sh in its own mount and name space: `in_host NAMESPACE HOSTNAME ROLE`.
in_host() {
    mkdir -p "$WORK/$3"
    inside "$1" unshare --mount --uts --propagation private "$LAB/host.sh" "$2" "$3" "$WORK/$3" "$LAB" > "$WORK/$3/output.txt" 2>&1 &
}

start_hosts() {
    ssh-keygen -q -t ed25519 -N '' -C 'synthetic, for one recording' -f "$WORK/webadmin.key"
    mkdir -p "$WORK/web"; cp "$WORK/webadmin.key.pub" "$WORK/web/"
    in_host wd-web sos-web web
    in_host wd-bastion sos-bastion bastion
    inside wd-net /usr/bin/python3 "$LAB/outside.py" 2> "$WORK/outside.txt" &
    local try
    for try in $(seq 40); do
        if listens wd-web 80 && listens wd-web 8080 && listens wd-web 22 && listens wd-bastion 22 && listens wd-net 443; then return; fi
        sleep 0.5
    done
    echo "record.sh: the services did not come up:" >&2; tail -n 5 "$WORK"/*/output.txt >&2; exit 1
}

# Looks from within, so that the check leaves no trace in the logs.
listens() { inside "$1" ss -ltnH | grep -q ":$2 "; }

stop_sensors() {
    softflowctl -c "$WORK/softflowd.ctl" shutdown > "$WORK/softflowctl.txt" 2>&1 || true
    sleep 3
    kill "$OUTSIDE" "$NETFLOW" 2>/dev/null || true
    wait "$OUTSIDE" "$NETFLOW" 2>/dev/null || true
}

# The kernel's log is the machine's, so it also holds lines from before the recording: those go.
collect() {
    local logs=$WORK/logs
    mkdir -p "$logs"/{web,bastion,firewall,tap}
    cp "$WORK/web/access.log" "$WORK/web/auth.log" "$logs/web/"
    cp "$WORK/bastion/auth.log" "$logs/bastion/"
    awk -v began="$1" 'substr($1, 1, 19) >= began' "$WORK/firewall/kern.log" > "$logs/firewall/kern.log"
    gzip -9 < "$WORK/outside.pcap" > "$logs/tap/outside.pcap.gz"
    gzip -9 < "$WORK/netflow.pcap" > "$logs/tap/netflow.pcap.gz"
    mkdir -p "$OUT/lab"
    rm -rf "$OUT/logs"
    cp -r "$logs" "$OUT/logs"
    cp "$WORK/ward.toml" "$OUT/ward.toml"
    cp "$WORK/truth.json" "$OUT/lab/truth.json"
    chmod -R u=rwX,go=rX "$OUT/logs"
    wc -l "$OUT"/logs/*/*.log
    du -sh "$OUT/logs"
}

clean_up() {
    local status=$? space pid
    set +e
    for space in $NAMESPACES; do
        for pid in $(ip netns pids "$space" 2>/dev/null); do kill "$pid" 2>/dev/null; done
    done
    sleep 1
    for space in $NAMESPACES; do
        for pid in $(ip netns pids "$space" 2>/dev/null); do kill -9 "$pid" 2>/dev/null; done
        ip netns delete "$space" 2>/dev/null
    done
    echo "$LOG_ALL" > /proc/sys/net/netfilter/nf_log_all_netns
    if [ "$status" = 0 ] && [ -z "${KEEP:-}" ]; then rm -rf "$WORK"; else echo "the tools' own files are kept in $WORK" >&2; fi
    exit "$status"
}

main "$@"; exit
