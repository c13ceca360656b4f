# Configuration files of the lab's routers, written by shell functions: one line a session instead of one file a router.
# Sourced by stage.sh, which sets $run. See README.md for the topology and the addresses.

# addresses N: the two addresses of speaker N on the peering LAN.
v4() { echo "192.0.2.$1"; }
v6() { echo "2001:db8:ffff::$1"; }

# bird_begin NAME ASN HOST
bird_begin() {
  bird_conf=$run/$1.conf bird_as=$2
  cat > "$bird_conf" <<END
log "$run/$1.log" all;
router id $(v4 "$3");
protocol device {}
END
}

# bird_session NAME OUR_HOST THEIR_HOST THEIR_AS SESSION_OPTIONS CHANNEL_OPTIONS [SESSION_OPTIONS_V6]: one IPv4 and one IPv6 session.
bird_session() {
  local timers='multihop; strict bind yes; hold time 30; keepalive time 5;
  connect delay time 1; connect retry time 1; error wait time 1, 2;'
  cat >> "$bird_conf" <<END
protocol bgp ${1}4 { local $(v4 "$2") as $bird_as; neighbor $(v4 "$3") as $4; $timers
  $5 ipv4 { next hop self; import all; export all; $6 }; }
protocol bgp ${1}6 { local $(v6 "$2") as $bird_as; neighbor $(v6 "$3") as $4; $timers
  ${7:-$5} ipv6 { next hop self; import all; export all; $6 }; }
END
}

# bird_route NAME PREFIX [PREFERENCE [ATTRIBUTES]]: a static route that is announced while `birdc enable NAME` holds.
bird_route() {
  local family=ipv4; [[ $2 == *:* ]] && family=ipv6
  cat >> "$bird_conf" <<END
protocol static $1 { disabled yes; $family { preference ${3:-200}; }; route $2 blackhole { ${4:-} }; }
END
}

# frr_begin NAME ASN HOST DUMP_LINES
frr_begin() {
  frr_conf=$run/$1.conf
  cat > "$frr_conf" <<END
hostname $1
log file $run/$1.log informational
$4
router bgp $2
 bgp router-id $(v4 "$3")
 no bgp ebgp-requires-policy
 no bgp default ipv4-unicast
 no bgp network import-check
 timers bgp 5 30
END
}

# frr_session OUR_HOST THEIR_HOST THEIR_AS [passive|collects]: one that collects is passive and announces nothing.
frr_session() {
  local family neighbor
  for family in 4 6; do
    neighbor=$("v$family" "$2")
    cat >> "$frr_conf" <<END
 neighbor $neighbor remote-as $3
 neighbor $neighbor ebgp-multihop 5
 neighbor $neighbor disable-connected-check
 neighbor $neighbor update-source $("v$family" "$1")
 neighbor $neighbor timers connect 1
END
    [[ -n ${4:-} ]] && echo " neighbor $neighbor passive" >> "$frr_conf"
    printf ' address-family ipv%s unicast\n  neighbor %s activate\n' $family "$neighbor" >> "$frr_conf"
    [[ ${4:-} == collects ]] && echo "  neighbor $neighbor route-map NOTHING out" >> "$frr_conf"
    echo ' exit-address-family' >> "$frr_conf"
  done
}
frr_end() { printf 'exit\nroute-map NOTHING deny 10\nexit\n' >> "$frr_conf"; }

# gobgp_begin NAME ASN HOST EXPORT_POLICY(accept-route|reject-route)
gobgp_begin() {
  gobgp_conf=$run/$1.conf
  cat > "$gobgp_conf" <<END
[global.config]
  as = $2
  router-id = "$(v4 "$3")"
  port = 179
  local-address-list = ["$(v4 "$3")", "$(v6 "$3")"]
[global.apply-policy.config]
  default-export-policy = "$4"
END
}

# gobgp_session OUR_HOST THEIR_HOST THEIR_AS PASSIVE(true|false)
gobgp_session() {
  local family
  for family in 4 6; do
    cat >> "$gobgp_conf" <<END
[[neighbors]]
  [neighbors.config]
    neighbor-address = "$("v$family" "$2")"
    peer-as = $3
  [neighbors.transport.config]
    local-address = "$("v$family" "$1")"
    passive-mode = $4
  [neighbors.ebgp-multihop.config]
    enabled = true
    multihop-ttl = 5
  [neighbors.timers.config]
    connect-retry = 1
    idle-hold-time-after-reset = 1
    hold-time = 30
    keepalive-interval = 5
  [[neighbors.afi-safis]]
    [neighbors.afi-safis.config]
      afi-safi-name = "ipv$family-unicast"
END
  done
}

# gobgp_dump TYPE FILE [EXTRA_LINE]
gobgp_dump() {
  printf '[[mrt-dump]]\n  [mrt-dump.config]\n    dump-type = "%s"\n    file-name = "%s"\n    %s\n' "$1" "$2" "${3:-}" >> "$gobgp_conf"
}
