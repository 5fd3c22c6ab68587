#!/bin/sh
# Runs in the system that `bare.sh` made.
set -eu
export DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8 HOME=/root
apt-get update -qq
command -v python3 && { echo "this system has a Python"; exit 1; }
# What the desktop of a user has anyway: a screen, and a driver that draws.
apt-get install -y -qq --no-install-recommends xvfb xauth libgl1-mesa-dri fonts-dejavu-core >/dev/null
id tester >/dev/null 2>&1 || useradd -m tester
apt-get purge -y -qq rushes >/dev/null 2>&1 || true # of a run that was ended
files() { find / -xdev \( -path /root -o -path /home -o -path /var/lib/dpkg -o -path /var/lib/apt \
    -o -path /var/cache -o -path /var/log -o -path /var/lib/systemd -o -path /run \) -prune -o -type f -print | sort; }
# The libraries of the desktop that it needs stay: they are no files of ours.
apt-get install -y -qq --no-install-recommends $(dpkg-deb -f /root/rushes_*.deb Depends | sed 's/([^)]*)//g; s/,/ /g') >/dev/null
files > /root/before
apt-get install -y -qq --no-install-recommends /root/rushes_*.deb
cat > /home/tester/try.sh <<'T'
set -eu
cd; rm -rf base turned
rushes --version
rushes --base-dir base doctor --json > doctor.json || { cat doctor.json; exit 1; }
grep -q 'otio, fcpxml, xml, edl' doctor.json || { cat doctor.json; exit 1; }
xvfb-run -a rushes --base-dir base doctor --json > screen.json || { cat screen.json; exit 1; }
xvfb-run -a -s "-screen 0 1600x1000x24" sh -c 'rushes --base-dir base --demo & p=$!; sleep ${1:-75}; kill $p; wait $p' || echo "ended with $?"
rushes --base-dir base list --json > list.json
echo "tasks $(wc -l < list.json), with all files saved: $(grep -c '"state": "saved"' list.json)"
# Of the demo, one take succeeds without a link to a file, and the link of one ended before.
unsaved=$(grep '"status": "succeeded"' list.json | grep -v '"state": "saved"' | grep -cv -e '"state": "lost"' -e '"result_missing"') || true
echo "not saved of what could be: $unsaved"
[ "$unsaved" = 0 ]
echo "posters: $(ls base/cache/posters | wc -l)"
mkdir -p turned read
model=$(ls base/files/*/seed3d*.zip | head -n 1)
xvfb-run -a rushes --helper models read "$model" read || true
xvfb-run -a rushes --helper models render read/model.glb turned --frames 4 || echo "render ended with $?"
echo "turned: $(ls turned | wc -l) pictures"
[ "$(ls turned | wc -l)" = 4 ]
T
su tester -c "sh /home/tester/try.sh"
apt-get purge -y -qq rushes >/dev/null
files > /root/after
diff /root/before /root/after && echo "nothing is left"
