# Sourced after install.sh. build TARGET…: configures once, then builds into build/release. build_page: the web page.
# With VIGIL_NO_BUILD set (the end-to-end tests do) what stands there already is used as it is.

export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

build() {
  [ -z "${VIGIL_NO_BUILD:-}" ] || return 0
  [ -f "$root/build/release/build.ninja" ] || (cd "$root" && cmake --preset release >/dev/null)
  flock "$root/build/release/build.ninja" ninja -C "$root/build/release" "$@"
}

build_page() (
  set -e
  [ -z "${VIGIL_NO_BUILD:-}" ] || exit 0
  cd "$root/gateway/web"
  stamp=node_modules/.vigil-lock
  if ! cmp -s package-lock.json "$stamp"; then
    npm ci --no-audit --no-fund --loglevel=error
    cp package-lock.json "$stamp"
  fi
  newest=$(find src public index.html package-lock.json vite.config.* -newer dist/index.html 2>&1 | head -n 1)
  if [ -n "$newest" ]; then npm run build --silent; fi
)
