# Sourced after install.sh. build TARGET…: configures once, then builds into build/release. build_page: the web page.

export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

build() {
  [ -f "$root/build/release/build.ninja" ] || (cd "$root" && cmake --preset release >/dev/null)
  flock "$root/build/release/build.ninja" ninja -C "$root/build/release" "$@"
}

build_page() (
  cd "$root/gateway/web"
  stamp=node_modules/.vigil-lock
  cmp -s package-lock.json "$stamp" || { npm ci --no-audit --no-fund --loglevel=error && cp package-lock.json "$stamp"; }
  newest=$(find src index.html package-lock.json vite.config.* -newer dist/index.html 2>/dev/null | head -n 1)
  [ -f dist/index.html ] && [ -z "$newest" ] || npm run build --silent
)
