#!/usr/bin/env bash
# Stages one story of announcements, hijacks, a path change, a session reset and withdrawals with real routers (BIRD, FRR,
# GoBGP) in a network namespace of its own, and leaves in OUT_DIR what three collectors dumped of it (dumps/COLLECTOR/*.mrt),
# story.json (what was done when, by whom, and what it was meant to be), and the routers' configurations and logs. See README.md.
# Needs root and Debian's bird2, frr, gobgpd, iproute2. Takes about two minutes, of which 65 s are a gap that the story needs.
# Usage: stage.sh OUT_DIR
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[[ $# -eq 1 ]] || { echo "usage: $0 OUT_DIR" >&2; exit 2; }
mkdir -p "$1"; out=$(cd "$1" && pwd)
run=$(mktemp -d /tmp/peerwatch-lab.XXXXXX); chmod 755 "$run"
ns=pwlab-$$
PATH=$PATH:/usr/sbin:/sbin:/usr/lib/frr
attacker_port=50051 gobgp_port=50052
. "$here/configure.sh"
. "$here/routers.sh"

# The prefixes of fixtures/registry.example.yaml that the story touches.
hq=203.0.113.0/24 hq_half=203.0.113.0/25 hq_other_half=203.0.113.128/25 hq_deep=203.0.113.64/26 hq_quarter=203.0.113.192/26
hq_cover=203.0.112.0/22 parked=198.51.100.0/24 hq6=2001:db8:40::/48 hq6_deep=2001:db8:40:8000::/49

pids=()
stop() {
  local status=$?
  trap - EXIT INT TERM
  if (( ${#pids[@]} > 0 )); then # the dumps are copied by now, and hold no shutdown
    kill -KILL "${pids[@]}" 2>/dev/null || true
    wait "${pids[@]}" 2>/dev/null || true
  fi
  ip netns delete "$ns" 2>/dev/null || true
  rm -rf "$out/logs"; mkdir -p "$out/logs"; cp "$run"/*.conf "$run"/*.log "$run"/*.out "$out/logs" 2>/dev/null || true
  rm -rf "$run"
  exit $status
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
# launch NAME COMMAND...: in the folder of the collector's dumps, for GoBGP reads a file name as a Go time layout: any digit in a
# path may turn into a minute or a month, so its names are relative.
launch() { local name=$1; shift; (cd "$run/dumps/$name" 2> /dev/null || cd "$run"; exec ip netns exec "$ns" "$@") > "$run/$name.out" 2>&1 & pids+=($!); }

# --- the network: see the table of README.md ---
rm -rf "$out/dumps" "$out/extra" "$out/logs" "$out/story.json"
mkdir -m 777 "$run/dumps" "$run/dumps"/{bird,frr,gobgp,provider}

bird_begin customer 64496 10
bird_session provider 10 20 64500 '' 'export where source = RTS_STATIC;'
bird_route hq $hq 200 'bgp_community.add((64496,100));'
bird_route hq_tagged $hq 210 'bgp_community.add((64496,200)); bgp_large_community.add((64496,1,2));'
bird_route hq_half $hq_half
bird_route hq_other_half $hq_other_half
bird_route hq_deep $hq_deep
bird_route hq6 $hq6

frr_begin provider 64500 20 "dump bgp updates $run/dumps/provider/updates.mrt"
frr_session 20 10 64496 passive
frr_session 20 30 64501 passive
frr_session 20 40 65550 passive
frr_session 21 101 64505
frr_session 22 102 64506
frr_session 23 103 64507

prefer='import filter { bgp_local_pref = 200; accept; };'
bird_begin transit 64501 30
bird_session provider 30 20 64500 '' ''
bird_session other 30 40 65550 '' ''
bird_session attacker 30 50 64511 'passive;' "$prefer export none;"
bird_session toBird 31 101 64505 'enable as4 off;' '' # an old speaker: two-octet AS numbers
bird_session toFrr 32 102 64506 '' ''
bird_session toGobgp 33 103 64507 '' ''

bird_begin other 65550 40 # a four-octet AS
bird_session provider 40 20 64500 '' 'add paths tx;'
bird_session transit 40 30 64501 'passive;' ''
bird_session attacker 40 50 64511 'passive;' "$prefer export none;"
bird_session toBird 41 101 64505 '' 'add paths tx;'
bird_session toFrr 42 102 64506 '' ''
bird_session toGobgp 43 103 64507 '' ''

gobgp_begin attacker 64511 50 accept-route
gobgp_session 50 30 64501 false
gobgp_session 50 40 65550 false

bird_begin bird 64505 101
echo "mrtdump \"$run/dumps/bird/updates.mrt\"; mrtdump protocols { messages, states };" >> "$bird_conf"
bird_session provider 101 21 64500 'passive;' 'export none;'
bird_session transit 101 31 64501 'passive;' 'export none;'
bird_session other 101 41 65550 'passive;' 'export none; add paths rx;'

frr_begin frr 64506 102 "dump bgp all $run/dumps/frr/updates.mrt"
frr_session 102 22 64500 collects
frr_session 102 32 64501 collects
frr_session 102 42 65550 collects
frr_end

gobgp_begin gobgp 64507 103 reject-route
gobgp_session 103 23 64500 true
gobgp_session 103 33 64501 true
gobgp_session 103 43 65550 true
gobgp_dump updates updates.mrt
gobgp_dump table rib.mrt 'dump-interval = 60'

ip netns add "$ns"
ip -n "$ns" link set lo up
for host in 10 20 21 22 23 30 31 32 33 40 41 42 43 50 101 102 103; do
  ip -n "$ns" addr add "$(v4 $host)/32" dev lo
  ip -n "$ns" -6 addr add "$(v6 $host)/128" dev lo nodad
done
for name in bird customer transit other; do launch $name bird -f -c "$run/$name.conf" -s "$run/$name.ctl"; done
launch gobgp gobgpd -f "$run/gobgp.conf" -t toml --api-hosts 127.0.0.1:$gobgp_port --pprof-disable
launch attacker gobgpd -f "$run/attacker.conf" -t toml --api-hosts 127.0.0.1:$attacker_port --pprof-disable
for name in frr provider; do
  mkdir -m 777 "$run/$name.vty"
  listen=(); for host in $([[ $name == frr ]] && echo 102 || echo 20 21 22 23); do listen+=(-l "$(v4 $host)" -l "$(v6 $host)"); done
  launch $name bgpd -f "$run/$name.conf" -n -Z -S --vty_socket "$run/$name.vty" -i "$run/$name.frrpid" -P 0 "${listen[@]}"
done

bird_up() { [[ $(bird_do "$1" 'show protocols' | grep -c Established) -eq $2 ]]; }
gobgp_up() { [[ $(gobgp_do "$1" neighbor | grep -c Establ) -eq $2 ]]; }
frr_up() { [[ $(frr_do "$1" 'show bgp summary json' | grep -c '"state":"Established"') -eq $2 ]]; }
all_up() { bird_up bird 6 && bird_up transit 12 && bird_up other 12 && frr_up frr 6 && frr_up provider 12 && gobgp_up $gobgp_port 6 && gobgp_up $attacker_port 4; }
await 'all sessions are up' all_up
frr_rib() { # writes FRR's RIB to rib.mrt of its folder: its first dump of an interval is an empty file
  frr_do frr 'configure terminal' "dump bgp routes-mrt $run/frr-rib.%H%M%S 2" > /dev/null
  await 'FRR writes its RIB' eval '[[ -n $(find "$run" -name "frr-rib.*" -size +0) ]]'
  frr_do frr 'configure terminal' "no dump bgp routes-mrt $run/frr-rib.%H%M%S 2" > /dev/null
  cp "$(find "$run" -name 'frr-rib.*' -size +0 | sort | head -n 1)" "$run/dumps/frr/rib.mrt"
}

# --- the story ---
began=$(now)
customer_announces hq $hq ''
customer_announces hq6 $hq6 ''
customer_announces hq_half $hq_half allowed-more-specific
attacker_announces $parked squatting # stays to the end

attacker_announces $hq origin-hijack
attacker_withdraws $hq origin-hijack
attacker_announces $hq_quarter subprefix-hijack
attacker_withdraws $hq_quarter subprefix-hijack
attacker_announces $hq forged-first-hop 64496
attacker_withdraws $hq forged-first-hop
attacker_announces $hq_cover superprefix-hijack
attacker_withdraws $hq_cover superprefix-hijack
attacker_announces $hq6 origin-hijack
attacker_withdraws $hq6 origin-hijack
attacker_announces $hq6_deep subprefix-hijack
attacker_withdraws $hq6_deep subprefix-hijack
customer_announces hq_deep $hq_deep unexpected-more-specific
customer_withdraws hq_deep $hq_deep unexpected-more-specific

step 64501 path-change $hq '64501 65550 64500 64496' '' # the transit loses its link to the provider and goes round
for family in 4 6; do bird_do transit "disable provider$family" > /dev/null; done
await 'the transit goes by 65550' carried $hq '^64501 65550 64500 64496$' 1 1
done_step
step 64501 path-change $hq '64501 64500 64496' ''
for family in 4 6; do bird_do transit "enable provider$family" > /dev/null; done
await 'the transit goes by 64500' carried $hq '^64501 64500 64496$' 1 9
done_step

step 64501 session-reset '' '' '' # all sessions of the transit with the collectors
for name in toBird toFrr toGobgp; do for family in 4 6; do bird_do transit "restart $name$family" > /dev/null; done; done
await 'the transit is down' eval '! bird_up transit 12'
await 'all sessions are up again' all_up
await 'the transit has announced anew' carried $hq '^64501 64500 64496$' 1 9
done_step

customer_withdraws hq $hq ''
customer_announces hq $hq ''
bird_do bird "mrt dump table \"master*\" to \"$run/dumps/bird/rib.mrt\"" > /dev/null
frr_rib
sleep 65 & wait $! # the hold-down of detection is 60 s of event time: what was withdrawn above resolves here

# An update from each collector's peers after the gap, then the first hijack once more: it re-opens, and is there at the end.
customer_announces hq_tagged $hq ''
attacker_announces $hq origin-hijack
customer_announces hq_other_half $hq_other_half allowed-more-specific
ended=$(now)

await 'GoBGP wrote a table' test -s "$run/dumps/gobgp/rib.mrt"
# Collectors are told from folder names (route-views.*), so that one replay of all keeps their sessions apart.
for collector in $collectors; do
  mkdir -p "$out/dumps/route-views.lab-$collector"
  install -m 644 "$run/dumps/$collector"/*.mrt "$out/dumps/route-views.lab-$collector"
done
mkdir -p "$out/extra"
install -m 644 "$run/dumps/provider/updates.mrt" "$out/extra/provider-updates.mrt"
{
  printf '{"began":"%s","ended":"%s","steps":[\n' "$began" "$ended"
  sed '$!s/$/,/' "$run/steps"
  printf ']}\n'
} > "$out/story.json"
