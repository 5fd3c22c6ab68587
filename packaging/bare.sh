#!/bin/sh
# Tries Rushes in bare Debian systems; as root:
#   packaging/bare.sh [SUITE…]           installs dist/*.deb where there is no Python, tries it there
#                                        and removes it; systems are kept in build/chroots
#   packaging/bare.sh --readme [SUITE…]  README's two commands on what is committed, in a system
#                                        that is made anew and has nothing but Python
#   packaging/bare.sh --without-libraries [SUITE…]  the wheel in dist/, without one after the other of
#                                        the libraries that Qt needs: each is one sentence
#   packaging/bare.sh --installs [SUITE…]  `dev.py installs` with the Python of that system
#   packaging/bare.sh --service [SUITE…]  dist/*.deb, and rushes-watch.service under a real systemd
# Counts what the demo saved. Fails where a model is not drawn, the doctor finds a problem,
# or anything is left outside the users' folders after a purge.
set -eu
cd "$(dirname "$0")/.."
what=deb
case "${1:-}" in
    --readme | --without-libraries | --installs | --service) what=${1#--} && shift ;;
esac
for suite in "${@:-trixie}"; do
    root=build/chroots/$suite-$what
    [ $what != readme ] || rm -rf --one-file-system "$root"
    if [ ! -d "$root/usr" ]; then
        mkdir -p build/chroots
        # A mirror that stands still for some weeks is good enough for this.
        with=ca-certificates
        [ $what != installs ] || with=$with,python3,python3-venv
        [ $what != service ] || with=$with,systemd-sysv,dbus-user-session,libpam-systemd
        mmdebstrap --quiet --variant=minbase --include=$with \
            --aptopt='Acquire::Check-Valid-Until "false"' "$suite" "$root"
    fi
    # The names and authorities of this network.
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
    if [ $what = deb ] || [ $what = service ]; then
        rm -f "$root"/root/rushes_*.deb
        cp "$(ls -t dist/rushes_*.deb | head -n 1)" "$root/root/"
        inside=bare_inside.sh
        [ $what = deb ] || inside=bare_service.sh
    elif [ $what = without-libraries ]; then
        rm -f "$root"/root/rushes-*.whl
        cp "$(ls -t dist/rushes-*.whl | head -n 1)" packaging/dev.py "$root/root/"
        [ -e "$root/usr/bin/python3" ] || chroot "$root" sh -c \
            'apt-get update -qq && apt-get install -y -qq --no-install-recommends python3' >/dev/null
        inside=bare_libraries.py
    elif [ $what = installs ]; then
        rm -f "$root"/root/rushes-*
        cp "$(ls -t dist/rushes-*.whl | head -n 1)" packaging/dev.py packaging/installs.py "$root/root/"
        cp "$(ls -t dist/rushes-*[0-9].tar.gz | head -n 1)" "$root/root/"
        inside=bare_installs.sh
    else
        git archive -o "$root/root/rushes.tar" HEAD
        inside=bare_readme.sh
    fi
    cp "packaging/$inside" "$root/root/"
    with=sh
    [ "$inside" = "${inside%.py}" ] || with=python3
    echo "== $suite: $(cat "$root/etc/debian_version")"
    if [ $what = service ]; then
        packaging/booted.sh "$root" sh "/root/$inside"
        continue
    fi
    # Mounts are in a name space of their own, and end with it.
    unshare --mount --pid --fork --kill-child sh -eu -c '
        mount --rbind /dev "$1/dev"; mount -t proc proc "$1/proc"
        mount -t tmpfs -o mode=1777 none "$1/tmp"
        exec chroot "$1" "$3" "/root/$2"' sh "$root" "$inside" "$with"
done
