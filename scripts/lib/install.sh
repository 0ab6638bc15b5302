# Sourced. install_packages SECTION…: installs what is missing of those sections of packages.txt, and says so.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

section() { sed -n "/^\[$1\]/,/^\[/p" "$root/scripts/lib/packages.txt" | grep -v -e '^\[' -e '^#' -e '^$'; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
    echo "Vigil: need root (or sudo) once, to run: $*" >&2
    return 1
  fi
}

install_packages() {
  local missing=() package unless command
  while read -r package unless command; do
    if [ "$unless" = "?" ]; then
      command -v "$command" >/dev/null || missing+=("$package")
    elif ! dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed; then
      missing+=("$package")
    fi
  done < <(for name in "$@"; do section "$name"; done)
  [ ${#missing[@]} = 0 ] && return 0
  echo "Vigil: installing ${#missing[@]} Debian packages: ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
