#!/usr/bin/env bash
# Boots a real systemd as PID 1 of new namespaces inside $ROOTFS (a debootstrap minbase tree with systemd and dbus), where the host
# itself runs none. Needs root; nothing of it is left on the host once it ends. Reach it with `nsenter -t PID -a systemctl ...`, PID
# being the systemd process that this starts. $BINDS: folders and files of the host to show inside, `from:to`, one a line.
set -euo pipefail
exec unshare --mount --pid --uts --ipc --net --cgroup --fork --kill-child bash -c '
set -e
R=${ROOTFS:?}
mount --make-rprivate /
mount --bind "$R" "$R"
while IFS=: read -r from to; do
  [[ -n $from ]] || continue
  if [[ -d $from ]]; then mkdir -p "$R$to"; else mkdir -p "$(dirname "$R$to")"; touch "$R$to"; fi
  mount --bind -o ro "$from" "$R$to"
done <<<"${BINDS:-}"
mount -t proc proc "$R/proc"
mount -t sysfs sysfs "$R/sys" 2>/dev/null || mount --rbind /sys "$R/sys"
umount -R "$R/sys/fs/cgroup" 2>/dev/null || true
mount -t cgroup2 cgroup2 "$R/sys/fs/cgroup"
mount -t tmpfs tmpfs "$R/run"
mount -t tmpfs tmpfs "$R/tmp"
mount -t tmpfs tmpfs "$R/dev"
for node in "null 1 3" "zero 1 5" "full 1 7" "random 1 8" "urandom 1 9" "tty 5 0"; do
  read -r name major minor <<<"$node"
  mknod -m 666 "$R/dev/$name" c "$major" "$minor"
done
mkdir -p "$R/dev/pts" "$R/dev/shm"
mount -t devpts devpts "$R/dev/pts"
mount -t tmpfs tmpfs "$R/dev/shm"
ln -s /proc/self/fd "$R/dev/fd"
ln -s null "$R/dev/console"
hostname lab
ip link set lo up 2>/dev/null || true
cd "$R"
mkdir -p oldroot
pivot_root . oldroot
umount -l /oldroot
export container=other
exec /lib/systemd/systemd --system --unit=multi-user.target
'
