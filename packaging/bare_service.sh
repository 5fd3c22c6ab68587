#!/bin/sh
# Runs in the system that `bare.sh --service` booted: rushes-watch.service under a user's systemd.
# Started, it saves what comes; killed, it comes back; told to end, it has ended well.
set -eu
export DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8 HOME=/root
apt-get update -qq
apt-get install -y -qq --no-install-recommends /root/rushes_*.deb >/dev/null
id tester >/dev/null 2>&1 || useradd -m tester
loginctl enable-linger tester # a user's systemd without anybody at a screen
cat > /home/tester/try.sh <<'T'
set -eu
cd
export XDG_RUNTIME_DIR=/run/user/$(id -u)
rm -rf .local/share/[Rr]ushes Videos simulated
unit=rushes-watch
ask() { systemctl --user show -P "$1" $unit; }
until_() { # SECONDS WHAT COMMAND…: wait for it, fail if it does not come
    end=$(($(date +%s) + $1)) what=$2
    shift 2
    until "$@"; do
        [ "$(date +%s)" -lt $end ] || { echo "BAD, did not come: $what"; journalctl --user -u $unit -n 20 --no-pager || true; exit 1; }
        sleep 1
    done
    echo "good: $what"
}
rushes simulate --port 0 --scene one --speed 20 > simulated & simulator=$!
trap 'kill $simulator' EXIT
until_ 20 "the simulator serves" grep -q '"rong"' simulated
told() { grep "\"service\": \"$1\"" simulated | sed -E "s/.*\"$2\": \[?\"([^\"]*)\".*/\1/"; }
# There is no keyring where nobody logs in, so the keys are in the unit's surroundings.
mkdir -p .config/systemd/user/$unit.service.d
cp /usr/share/doc/rushes/$unit.service .config/systemd/user/
printf '[Service]\nEnvironment=KEY_ark=%s KEY_rong=%s\n' "$(told ark key)" "$(told rong key)" \
    > .config/systemd/user/$unit.service.d/keys.conf
for service in ark rong; do
    rushes accounts add --name $service --service $service --base-url "$(told $service base_url)" --key-env KEY_$service
done
rushes add --account ark "$(told ark ids)"
saved() { [ "$(rushes list --json | grep -c '"state": "saved"')" = "$1" ]; }
systemctl --user daemon-reload
systemctl --user enable --now $unit
is() { [ "$(ask "$1")" = "$2" ]; }
until_ 60 "it runs" is ActiveState active
until_ 120 "a result is saved" saved 1
first=$(ask MainPID)
systemctl --user kill -s KILL $unit
back() { [ "$(ask NRestarts)" = 1 ] && is SubState running && [ "$(ask MainPID)" != "$first" ]; }
until_ 90 "it is back after kill -9" back
rushes add --account rong "$(told rong ids)"
until_ 120 "it saves what is added to the running one" saved 2
systemctl --user stop $unit
echo "stopped: $(ask ActiveState), $(ask Result), exit status $(ask ExecMainStatus)"
is ActiveState inactive
is Result success
saved 2
systemctl --user disable -q $unit
T
until systemctl is-active -q "user@$(id -u tester)"; do sleep 1; done
su tester -c "sh /home/tester/try.sh"
