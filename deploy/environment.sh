#!/usr/bin/env bash
# Makes one Python 3.11 environment from its hashed lock; Makefile and container images use it.
#
#   deploy/environment.sh FOLDER LOCK [--with-betro]
#
# The stamp FOLDER/.ready (the lock's SHA-256) is written last, so that a run broken off half way
# is taken up again. Every failure ends with one sentence that says what to do.
set -euo pipefail

folder=$1 lock=$2 with_betro=${3:-}
# The newest uv of its time that was tried; used only where the machine has none.
uv_version=0.13.9
log=$(mktemp)
trap 'rm -f "$log"' EXIT

stop() { printf '\nbetro: %s\n' "$1" >&2; exit 1; }

free_mib() { df -Pm "$1" | awk 'NR == 2 {print $4}'; }

bring_uv() {
    command -v uv >/dev/null && return
    export PATH="$PWD/.tools/bin:$PATH"
    [ -x .tools/bin/uv ] && return
    command -v python3 >/dev/null ||
        stop "Python is missing. Install Python 3.11 (Debian: apt-get install python3 python3-venv)."
    echo "==> bringing uv $uv_version into .tools"
    python3 -m venv .tools >"$log" 2>&1 || {
        rm -rf .tools
        stop "'python3 -m venv' does not work. Install it (Debian: apt-get install python3-venv) or install uv yourself."
    }
    .tools/bin/python -m pip install -q --disable-pip-version-check "uv==$uv_version" 2>&1 | tee "$log" >&2 ||
        explain "uv could not be fetched. Check the internet connection, or install uv yourself, and try again."
}

# One sentence for what is known to go wrong; $1 for everything else.
explain() {
    if grep -qi 'no space left on device' "$log"; then
        stop "The disk is full: $(free_mib .) MiB are free here. Make room and run the same command again."
    elif grep -qiE 'no interpreter found|no download found for request|failed to download.*python' "$log"; then
        stop "Python 3.11 is missing and could not be fetched. Install it (Debian 12: apt-get install python3.11 python3.11-venv) and try again."
    elif grep -qiE 'failed to build|error: command .*(gcc|cc|g\+\+).* failed' "$log"; then
        stop "A package has no ready-made wheel for this machine and could not be built. Install a compiler (Debian: apt-get install build-essential python3.11-dev) and try again."
    elif grep -qiE 'permission denied|read-only file system' "$log"; then
        stop "$PWD/$folder cannot be written. Run this as the user who owns the checkout."
    elif grep -qiE 'hash mismatch' "$log"; then
        stop "A downloaded package is not the one in $lock (hash mismatch). Do not go on; run it again, and report it if it stays."
    fi
    stop "$1"
}

# Shows progress, but not the list of each package, and keeps what was said for `explain`.
loudly() { "$@" 2>&1 | tee -a "$log" | sed -u '/^ [+~-] /d' >&2; }

make_environment() {
    if ! "$folder/bin/python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
        local needed=1200
        [ "$folder" = nlu/.venv ] && needed=4000
        [ "$(free_mib .)" -ge "$needed" ] ||
            stop "$folder needs about $needed MiB of disk and $(free_mib .) MiB are free. Make room and run the same command again."
        loudly uv venv --quiet --clear --python 3.11 "$folder" ||
            explain "$folder could not be made. The lines above say why."
    fi
    loudly uv pip sync --compile-bytecode --require-hashes --python "$folder" "$lock" ||
        explain "The packages of $lock could not be installed. Check the internet connection and try again."
    if [ "$with_betro" = --with-betro ]; then
        # The build backend is in the lock: nothing is fetched outside of it.
        loudly uv pip install --quiet --no-build-isolation --no-deps --python "$folder" --editable . ||
            explain "The betro command could not be put into $folder. The lines above say why."
    fi
}

started=$(date +%s)
bring_uv
rm -f "$folder/.ready"
echo "==> making $folder from $lock"
make_environment
sha256sum "$lock" | cut -d' ' -f1 >"$log"
install -m 644 "$log" "$folder/.ready" || stop "The disk is full. Make room and run the same command again."
echo "==> $folder ready in $(($(date +%s) - started)) s"
