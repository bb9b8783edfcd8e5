#!/bin/sh
# Brings Debian packages: root gets them installed, anybody else is told the exact line. Exit status 3 when they stay missing.
# Usage: install_packages.sh PACKAGE...
set -eu

missing=
for package; do
    state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    printf 'labapp: system packages are missing - run this as root, then try again:\n\n    apt-get install%s\n\n' "$missing" >&2
    exit 3
fi

printf 'labapp: installing the system packages%s\n' "$missing" >&2
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086  # one word for each package
if ! { apt-get -qq update && apt-get -qq install -y --no-install-recommends $missing >/dev/null; } </dev/null; then
    printf 'labapp: apt-get could not install the system packages%s - its message stands above\n' "$missing" >&2
    exit 3
fi
