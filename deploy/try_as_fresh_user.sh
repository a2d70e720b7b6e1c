#!/usr/bin/env bash
# Follows RUNBOOK.md, "Plain", as a newly made user in a fresh folder: set-up, start of bot and NLU with
# production settings, a message, a graceful stop, an update, a roll-back. Needs root (to make the user)
# and what `make setup` needs. Leaves nothing behind. Takes minutes: it makes both environments, trains.
#
#   sudo deploy/try_as_fresh_user.sh [REPOSITORY [VECTORS]]
#
# VECTORS: a folder nlu/.cache of an earlier training, to spare the minutes of encoding.
set -euo pipefail

repository=$(realpath "${1:-.}")
vectors=${2:-}
user=betro-try-$$
home=$(mktemp -d /tmp/betro-try.XXXXXX)
page=18080 ops=19100 nlu=15005

fail() { printf 'failed: %s\n' "$1"; tail -n 30 "$home"/*.log; exit 1; } >&2

say() { printf '\n==> %s (%s s)\n' "$1" "$SECONDS"; }

# What this machine needs to reach package servers (certificates, proxy); nothing else is handed on.
mapfile -t network < <(env | grep -iE '^(SSL_CERT_FILE|PIP_[A-Z_]*|UV_[A-Z_]*|(https?|no)_proxy)=' || true)

as_user() {
    env -i "${network[@]}" HOME="$home" PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 \
        setpriv --reuid "$user" --regid "$user" --clear-groups --no-new-privs bash -euo pipefail -c "$1"
}

clean_up() {
    # Only processes of the user that was made here.
    while pkill -KILL -u "$user" 2>/dev/null; do sleep 0.2; done
    userdel "$user" 2>/dev/null || true
    rm -rf "$home"
}
trap clean_up EXIT

start() {
    as_user "cd $home/betro && umask 077
        echo BETRO_NLU_TOKEN=\$(openssl rand -hex 32) > $home/nlu.env
        set -a; . $home/nlu.env; set +a
        ulimit -c 0
        nlu/.venv/bin/python nlu/serve.py --host 127.0.0.1 --port $nlu > $home/nlu.log 2>&1 & echo \$! > $home/nlu.pid
        # Patient, because whoever tries this may have a busy machine.
        BETRO_NLU_START=0 BETRO_NLU_URL=http://127.0.0.1:$nlu BETRO_NLU_TIMEOUT=5 BETRO_KEY_FILE=$home/key \
        BETRO_PORT=$page BETRO_OPS_PORT=$ops BETRO_RUN_DIR=$home/run \
            .venv/bin/betro run > $home/bot.log 2>&1 & echo \$! > $home/bot.pid"
    for _ in $(seq 600); do
        curl -fsS "http://127.0.0.1:$ops/ready" 2>/dev/null | grep -q '"understanding": true' && return
        sleep 0.5
    done
    fail "it did not become ready"
}

stop() {
    for part in bot nlu; do
        kill -TERM "$(cat "$home/$part.pid")"
        for _ in $(seq 60); do
            kill -0 "$(cat "$home/$part.pid")" 2>/dev/null || continue 2
            sleep 0.5
        done
        fail "$part did not stop"
    done
    grep -qx stopped "$home/bot.log" || fail "the bot did not stop in order"
}

ask() {
    local page_says counts
    page_says=$(curl -fsS --data-urlencode 'text=min far slår mig' "http://127.0.0.1:$page/plain")
    grep -q '116 111' <<<"$page_says" || fail "the answer names no number"
    counts=$(curl -fsS "http://127.0.0.1:$ops/metrics")
    grep -q 'betro_turns_total{by_nlu="true"' <<<"$counts" || fail "the NLU took no part"
    python3 "$home/betro/deploy/health.py" bot "$ops"
    ! grep -iE 'far|slår' "$home/bot.log" "$home/nlu.log" || fail "a log repeats the message"
}

say "a new user and a fresh clone"
useradd --home-dir "$home" --no-create-home --shell /usr/sbin/nologin "$user"
chown "$user:$user" "$home"
git -c safe.directory="*" clone -q --bare "file://$repository" "$home/origin.git"
git clone -q "$home/origin.git" "$home/betro"
git -C "$home/betro" reset -q --hard HEAD~1 # so that there is something to update to
[ -z "$vectors" ] || cp -r "$vectors" "$home/betro/nlu/.cache"
chown -R "$user:$user" "$home/betro" "$home/origin.git"

say "make setup train"
as_user "cd $home/betro && make setup train"
as_user "(umask 077; head -c 64 /dev/urandom > $home/key)"

say "start, a message, health, stop"
start
ask
stop

say "update to the last commit: what is missing is done and no more"
as_user "cd $home/betro && git rev-parse HEAD > $home/before && git pull -q && make setup train"
start
ask
stop

say "roll back to the commit before"
as_user "cd $home/betro && git checkout -q \$(cat $home/before) && make setup train"
start
ask
stop

say "done: the key is private, no core dump, nothing outside of its home"
[ "$(stat -c %a "$home/key")" = 600 ]
[ -z "$(find "$home/betro" -name 'core*' -size +1M -not -path '*/.venv/*')" ]
du -sm "$home/betro" | cut -f1 | sed 's/$/ MiB on disk/'
