#!/bin/sh
# booted.sh ROOT COMMAND…: as root; starts the system in the folder ROOT with its own systemd, runs
# the command in it and ends it. As much of a container as systemd needs: it sees neither processes
# nor files of this one, but its network, and has a part of the tree of control groups to itself.
set -eu
root=$(realpath "$1")
shift
tree=$(findmnt -n -o TARGET -t cgroup2 | head -n 1)
group=$tree/rushes-$$
mkdir "$group"
sh -c 'echo $$ > "$0/cgroup.procs"; exec unshare --mount --pid --cgroup --uts --ipc --fork --kill-child \
    sh -eu -c "$1" sh "$2"' "$group" '
    mount --make-rprivate /
    mount --bind "$1" "$1"
    mount -t proc proc "$1/proc"; mount -t sysfs sysfs "$1/sys"
    mount -t tmpfs -o mode=755 none "$1/dev"; mount -t tmpfs -o mode=755 none "$1/run"
    mount -t tmpfs -o mode=1777 none "$1/tmp"
    for each in null zero full random urandom tty; do
        touch "$1/dev/$each"; mount --bind "/dev/$each" "$1/dev/$each"
    done
    mkdir "$1/dev/shm" "$1/dev/pts"
    mount -t tmpfs none "$1/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=666 devpts "$1/dev/pts"
    ln -s pts/ptmx "$1/dev/ptmx"
    mount -t cgroup2 cgroup2 "$1/sys/fs/cgroup"
    cd "$1"; pivot_root . mnt; umount -l /mnt
    exec env -i container=rushes PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
        /lib/systemd/systemd --log-target=null --show-status=0' "$root" &
outer=$!
trap 'kill -KILL $outer; wait $outer 2>/dev/null || true; sleep 1
    find "$group" -depth -type d -exec rmdir {} +' EXIT
pid=
until [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm")" = systemd ]; do
    sleep 0.2
    pid=$(cat "/proc/$outer/task/$outer/children" 2>/dev/null | tr -d " ")
done
inside() { nsenter --target "$pid" --mount --pid --cgroup --uts --ipc "$@"; }
# "degraded" is good enough: it may load no modules.
until inside systemctl is-system-running --wait 2>/dev/null | grep -q -e running -e degraded; do
    sleep 0.5
done
inside "$@"
