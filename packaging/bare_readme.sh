#!/bin/sh
# Runs in the system that `bare.sh --readme` made: README's two commands, with nothing there but
# Python, as root and then as an ordinary user. TESTS: what `test` is given; nothing is the suite.
set -eu
export DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8 HOME=/root
apt-get update -qq
apt-get install -y -qq --no-install-recommends python3 >/dev/null
id tester >/dev/null 2>&1 || useradd -m tester
for who in root tester; do
    home=$(getent passwd $who | cut -d: -f6)
    rm -rf "$home/rushes"
    mkdir "$home/rushes"
    tar -C "$home/rushes" -xf /root/rushes.tar
    chown -R $who: "$home/rushes"
done
try() { # WHO COMMAND…
    who=$1
    shift
    echo "-- $who: $*"
    start=$(date +%s)
    code=0
    su "$who" -c "cd ~/rushes && $*" >/root/said 2>&1 || code=$?
    tail -n "${LINES_SHOWN:-6}" /root/said
    echo "-- ended with $code after $(($(date +%s) - start)) s"
    if grep -q Traceback /root/said; then
        echo "a traceback reached the user"
        return 1
    fi
    return $code
}
# An ordinary user cannot install packages: he is told which ones, in one line.
if try tester python3 packaging/dev.py demo; then
    echo "nothing was missing: this system is not bare"
fi
[ "$(grep -c '^dev.py: please run' /root/said)" = 1 ]
for who in root tester; do
    try $who python3 packaging/dev.py demo
    try $who "python3 packaging/dev.py test ${TESTS:-}"
done
