#!/usr/bin/env bash
# Runs the shipped unit under a real systemd, booted in namespaces of its own (systemd-boot.sh), and checks what only systemd can
# tell: Type=notify, the status line, reload, the watchdog's restart of a daemon that hangs, a clean stop, the journal's priorities.
# Needs root, debootstrap and a built checkout; takes about a minute, and two more the first time, for the Debian tree (240 MB).
# usage: sudo test/lab/systemd-service.sh [ROOTFS], where the tree is kept; without it, it is made and removed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
project=$PWD
tree=${1:-}
work=$(mktemp -d)
boot=''

finish() {
  if [[ -n $boot ]]; then
    kill -KILL "$boot" 2>/dev/null || true # the parent of the namespaces: --kill-child takes all with it
    wait "$boot" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT

if [[ -z $tree ]]; then tree=$work/root; fi
if [[ ! -e $tree/lib/systemd/systemd ]]; then
  echo "making a Debian tree in $tree"
  debootstrap --variant=minbase --include=systemd,dbus,iproute2,procps bookworm "$tree" >"$work/debootstrap.log" 2>&1 || {
    tail -20 "$work/debootstrap.log" >&2
    exit 1
  }
fi

# The unit as it is shipped; only what a container cannot do, and the watchdog's time, are set beside it.
install -D -m 644 systemd/peerwatch.service "$tree/etc/systemd/system/peerwatch.service"
mkdir -p "$tree/etc/systemd/system/peerwatch.service.d" "$tree/etc/peerwatch"
cat >"$tree/etc/systemd/system/peerwatch.service.d/lab.conf" <<'UNIT'
[Unit]
After=
Wants=
[Service]
# 226/NAMESPACE in a container without the device nodes of a machine; the shipped unit keeps it.
PrivateDevices=no
WatchdogSec=6
UNIT
printf 'log: { level: debug }\n' >"$tree/etc/peerwatch/peerwatch.yaml"
rm -f "$tree/usr/bin/peerwatch"
printf '#!/bin/sh\nexec /usr/bin/node /opt/peerwatch/dist/bin/main.js "$@"\n' >"$tree/usr/bin/peerwatch"
chmod 755 "$tree/usr/bin/peerwatch"

binds="$(readlink -f "$(command -v node)"):/usr/bin/node"
for part in dist package.json node_modules fixtures; do binds+=$'\n'"$(readlink -f "${PEERWATCH_BUILT:-$project}/$part"):/opt/peerwatch/$part"; done
ROOTFS=$tree BINDS=$binds test/lab/systemd-boot.sh >"$work/boot.log" 2>&1 &
boot=$!

pid1=''
inside() { nsenter -t "$pid1" -a "$@"; }
# until DESCRIPTION COMMAND...: asks again for 60 s.
until_true() {
  local what=$1 end=$((SECONDS + 60))
  shift
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS > end)); then
      echo "FAILED: waited in vain until $what" >&2
      inside systemctl status --no-pager -l peerwatch.service >&2 || true
      inside journalctl --no-pager -n 30 -u peerwatch.service >&2 || cat "$work/boot.log" >&2
      exit 1
    fi
    sleep 0.2
  done
  echo "ok: $what"
}
find_pid1() {
  local child
  for child in $(pgrep -P "$boot"); do
    [[ $(cat "/proc/$child/comm") == systemd ]] && pid1=$child && return 0
  done
  return 1
}
# check DESCRIPTION COMMAND...: holds now.
check() {
  local what=$1
  shift
  if ! "$@"; then
    echo "FAILED: $what" >&2
    exit 1
  fi
  echo "ok: $what"
}
property() { inside systemctl show --value -p "$1" peerwatch.service; }
is() { [[ $(property "$1") == "$2" ]]; }
has_status() { property StatusText | grep -q "$1"; }
journal() { inside journalctl --no-pager -o json -u peerwatch.service; }

until_true 'systemd runs as PID 1 of its namespaces' find_pid1
until_true 'systemd answers' inside systemctl list-units
inside systemctl start --no-block peerwatch.service
until_true 'the service is active: READY=1 has come' is ActiveState active
until_true 'it says what it watches' has_status 'watching 0 prefixes'
until_true 'it runs as a user of its own' is DynamicUser yes
is_nobody_else() { (($(inside stat -c %u "/proc/$(property MainPID)") >= 61184)); } # the range of dynamic users
check 'that is no user of the system' is_nobody_else
check 'the database is in /var/lib/peerwatch' inside test -s /var/lib/peerwatch/peerwatch.db

main=$(property MainPID)
inside systemctl reload peerwatch.service
is_reloaded() { journal | grep -q 'configuration read again'; }
until_true 'a reload is told in the journal' is_reloaded
check 'the reload kept the process' is MainPID "$main"
has_priorities() { journal | grep 'ready url' | grep -q '"PRIORITY":"6"'; }
check 'the journal has the priority of a line, not its number' has_priorities

inside systemctl show -p WatchdogTimestampMonotonic --value peerwatch.service >"$work/ping"
pinged_again() { [[ $(property WatchdogTimestampMonotonic) != "$(cat "$work/ping")" ]]; }
until_true 'an idle daemon pings the watchdog' pinged_again
inside sh -c "kill -STOP $main"
restarted() { is NRestarts 1 && is ActiveState active; }
until_true 'a daemon that hangs is restarted by the watchdog' restarted
is_other() { [[ $(property MainPID) != "$main" ]]; }
check 'it is another process' is_other

inside systemctl stop peerwatch.service
is_stopped() { is ActiveState inactive && is Result success && is ExecMainStatus 0; }
check 'it stops cleanly' is_stopped
is_closed() { [[ -z $(inside find /var/lib/private/peerwatch/ -name '*-wal') ]]; }
check 'the database is closed' is_closed
echo 'the unit does under systemd what it says'
