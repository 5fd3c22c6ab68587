#!/bin/sh
# Installs dist/*.deb into bare Debian systems without Python, tries it there and removes it:
#   packaging/bare.sh [SUITE…]      as root; systems are kept in build/chroots
# Counts what the demo saved. Fails where a model is not drawn, the doctor finds a problem,
# or anything is left outside the users' folders after a purge.
set -eu
cd "$(dirname "$0")/.."
deb=$(ls -t dist/rushes_*.deb | head -n 1)
for suite in "${@:-trixie}" ; do
    root=build/chroots/$suite
    if [ ! -d "$root/usr" ]; then
        mkdir -p build/chroots
        mmdebstrap --quiet --variant=minbase --include=ca-certificates "$suite" "$root"
    fi
    cp "$deb" "$root/root/"
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    cp packaging/bare_inside.sh "$root/root/"
    echo "== $suite: $(cat "$root/etc/debian_version")"
    # Mounts are in a name space of their own, and end with it.
    unshare --mount --pid --fork --kill-child sh -eu -c '
        mount --rbind /dev "$1/dev"; mount -t proc proc "$1/proc"
        mount -t tmpfs -o mode=1777 none "$1/tmp"
        exec chroot "$1" sh /root/bare_inside.sh' sh "$root"
done
