# Sourced by the other scripts: a virtual environment in .venv with Papergraph installed, made once.
# PAPERGRAPH_VENV names another folder for it; PYTHON the interpreter to make it with.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=${PAPERGRAPH_VENV:-$root/.venv}

fail() { printf '%s\n' "$*" >&2; exit 1; }

find_python() {
  local name
  for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2])' 2>/dev/null; then
      printf '%s' "$name"; return
    fi
  done
  fail "Papergraph needs Python 3.11 or newer: install it (Debian: apt-get install python3 python3-venv), or set PYTHON."
}

# environment EXTRA: make or refresh the virtual environment with an extra of pyproject.toml ("" for none), in the versions
# of locks/ (docs/trust.md), each file checked against its hash.
environment() {
  local extra=${1:-} lock mark python
  lock="$root/locks/${extra:-default}.txt"
  mark="$venv/.papergraph-$(cat "$root/pyproject.toml" "$lock" | cksum | tr ' ' '-')${extra:+-$extra}"
  [ -e "$mark" ] && return
  python=$(find_python)
  printf 'Setting up %s (once; a few minutes) …\n' "$venv" >&2
  if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv; } >/dev/null \
        || fail "python3-venv could not be installed: run  apt-get install python3-venv"
    else
      fail "Python's venv module is missing. Run  sudo apt-get install python3-venv  and try again."
    fi
  fi
  "$python" -m venv "$venv" || fail "No virtual environment could be made in $venv with $python."
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$lock" \
    && "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable "$root" \
    || fail "The packages could not be installed: see pip's message above."
  touch "$mark"
}
