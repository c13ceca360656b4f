# What the story does to the lab's routers, and what it waits for. Sourced by stage.sh, which sets $run, $ns and the ports.
# Nothing sleeps for a guessed time: every act is followed by polling the three collectors, with a deadline.

collectors='bird frr gobgp'
deadline=25

fail() { echo "stage: $*" >&2; exit 1; }
now() { date -u +%Y-%m-%dT%H:%M:%S.%6NZ; }
in_ns() { ip netns exec "$ns" "$@"; }
bird_do() { local name=$1; shift; birdc -s "$run/$name.ctl" "$*"; }
frr_do() { local name=$1; shift; local args=(); for line in "$@"; do args+=(-c "$line"); done; vtysh --vty_socket "$run/$name.vty" "${args[@]}"; }
gobgp_do() { local port=$1; shift; in_ns gobgp -p "$port" "$@"; }

# paths COLLECTOR PREFIX: the AS path of each route to the prefix, one a line.
paths() {
  local family=ipv4; [[ $2 == *:* ]] && family=ipv6
  case $1 in
    bird) bird_do bird "show route $2 all" | sed -n 's/.*BGP.as_path: *//p' ;;
    frr) frr_do frr "show bgp $family unicast $2 json" | grep -A1 '"aspath":{' | sed -n 's/.*"string":"\([0-9 ]*\)".*/\1/p' ;;
    gobgp) gobgp_do "$gobgp_port" -j -a $family global rib "$2" | grep -o '"asns":\[[0-9,]*\]' | tr -dc '0-9,\n' | tr ',' ' ' ;;
  esac 2>/dev/null || true
}

# carried PREFIX REGEX MIN MAX: every collector holds MIN to MAX routes to the prefix whose path matches.
carried() {
  local collector count
  for collector in $collectors; do
    count=$(paths "$collector" "$1" | grep -cE "$2" || true)
    (( count >= $3 && count <= $4 )) || return 1
  done
}

# await WHAT COMMAND...: polls until the command succeeds.
await() {
  local what=$1 end=$((SECONDS + deadline)); shift
  until "$@" > /dev/null 2>&1; do
    (( SECONDS < end )) || fail "not within $deadline s: $what"
    sleep 0.2
  done
}

# step BY ACT PREFIX PATH INTENT: notes what is about to happen; `done_step` notes when all collectors had seen it.
step() { step_fields=$(printf '"by":%s,"act":"%s","prefix":%s,"path":[%s],"intent":%s' "$1" "$2" "$(quoted "$3")" "${4// /,}" "$(quoted "$5")"); step_at=$(now); }
quoted() { if [[ -n $1 ]]; then printf '"%s"' "$1"; else printf null; fi; }
done_step() {
  printf '{"at":"%s","seen":"%s",%s}\n' "$step_at" "$(now)" "$step_fields" >> "$run/steps"
  sleep 1 # MRT times are whole seconds: two steps never share one
}

# The customer's routes are static protocols of its BIRD: `customer_announces NAME PREFIX INTENT [REGEX]`.
customer_announces() {
  step 64496 announce "$2" 64496 "$3"
  bird_do customer "enable $1" > /dev/null
  await "collectors see $2 of 64496" carried "$2" "${4:- 64496$}" 3 9
  done_step
}
customer_withdraws() {
  step 64496 withdraw "$2" 64496 "$3"
  bird_do customer "disable $1" > /dev/null
  await "collectors lose $2 of 64496" carried "$2" ' 64496$' 0 0
  done_step
}

# The attacker is a GoBGP: `attacker_announces PREFIX INTENT [FORGED_TAIL]`; at least two of three peers believe it.
attacker_announces() {
  local family=ipv4 tail=${3:-}; [[ $1 == *:* ]] && family=ipv6
  step 64511 announce "$1" "64511${tail:+ $tail}" "$2"
  gobgp_do "$attacker_port" -a $family global rib add "$1" ${tail:+aspath "$tail"}
  await "collectors see $1 of 64511" carried "$1" " 64511${tail:+ $tail}\$" 2 9
  done_step
}
attacker_withdraws() {
  local family=ipv4; [[ $1 == *:* ]] && family=ipv6
  step 64511 withdraw "$1" 64511 "$2"
  gobgp_do "$attacker_port" -a $family global rib del "$1"
  await "collectors lose $1 of 64511" carried "$1" ' 64511( |$)' 0 0
  done_step
}
