# Sourced. Where one instance keeps its things, and on which ports it listens.

# is_port_base TEXT: whether it is a number that leaves room for the highest port, N + 1003.
is_port_base() { [[ $1 =~ ^[1-9][0-9]{0,4}$ ]] && [ "$1" -le 64532 ]; }

# use_data DIR PORT_BASE: sets $data, the folders in it and the ports, those of the last start where no base is given.
use_data() {
  data=$(realpath -m "$1")
  run=$data/run
  local base=${2:-}
  [ -n "$base" ] || base=$(cat "$run/port-base" 2>/dev/null) || true
  is_port_base "$base" || base=8080
  port_base=$base
  http_port=$base gateway_port=$((base + 1)) registry_port=$((base + 2)) alert_port=$((base + 3))
  gateway_metrics=$((base + 1000)) registry_metrics=$((base + 1002)) alert_metrics=$((base + 1003))
}

# alive PIDFILE: whether the process that the file names runs and is this instance's, not one that was given its number since.
alive() {
  local pid
  pid=$(cat "$1" 2>/dev/null) && tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -e "$data/" -e "$data "
}

services=(gateway alert-svc registry-svc redis)

# orphaned: the services that run although their supervisor is gone, in the order in which they are stopped.
orphaned() {
  local service found=()
  for service in "${services[@]}"; do
    if alive "$run/$service.pid"; then found+=("$service"); fi
  done
  echo "${found[*]}"
}

# new_secret FILE: 32 random bytes in hex, readable by the owner alone; an existing file is kept.
new_secret() {
  [ -s "$1" ] && return
  (umask 077 && od -An -tx1 -N32 /dev/urandom | tr -d ' \n' >"$1.new" && mv "$1.new" "$1")
}

# quoted TEXT: as a string of YAML, whatever the path of a folder has in it.
quoted() { printf "'%s'" "${1//\'/\'\'}"; }

# own_config SERVICE: the file in which the operator sets what he wants of a service; from standard input where it is not there.
own_config() {
  local file=$data/config/$1.yaml
  # Earlier versions kept the whole configuration there, and wrote it anew at each start.
  if grep -qs "^  clock_file: '.*/clock'\$" "$file" && ! grep -q '^# Yours:' "$file"; then
    mv "$file" "$file.before"
    echo "Vigil: $file is written anew, a last time; what you had set in it, now in $file.before, goes there" >&2
  fi
  [ -f "$file" ] && return
  cat >"$file.new" <<EOF
# Yours: written once and then left alone. It wins over run/$1.yaml, which is written at each start; the tokens of both count.
# Relative paths begin at the data folder. Every key: protos/vigil/config/v1/config.proto, and \`$1 --help\`.
$(cat)
EOF
  mv "$file.new" "$file"
}

# What follows from the folders and the ports of this start goes to run/, what is the operator's to config/, once.
write_configs() {
  local bind=127.0.0.1
  new_secret "$data/admin-token"
  new_secret "$data/tokens/alert-svc"
  new_secret "$data/tokens/cookie-key"
  new_secret "$data/tokens/gateway"
  new_secret "$data/tokens/action-key"
  # With it the gateway keeps calendars in the registry, and answers alerts for whoever follows an action link.
  local gateway="{file: $(quoted "$data/tokens/gateway"), name: gateway, role: service}"
  cat >"$run/registry-svc.yaml" <<EOF
common:
  grpc_listen: $bind:$registry_port
  metrics_listen: $bind:$registry_metrics
  clock_file: $(quoted "$data/clock")
  tokens:
    - {file: $(quoted "$data/tokens/alert-svc"), name: alert-svc, role: service}
    - $gateway
database: $(quoted "$data/registry.db")
rules_dir: $(quoted "$root/data/rules")
calendars_dir: $(quoted "$root/data/calendars")
EOF
  cat >"$run/alert-svc.yaml" <<EOF
common:
  grpc_listen: $bind:$alert_port
  metrics_listen: $bind:$alert_metrics
  clock_file: $(quoted "$data/clock")
  tokens:
    - $gateway
registry: $bind:$registry_port
registry_token_file: $(quoted "$data/tokens/alert-svc")
redis: $(quoted "unix:$data/redis.sock")
seeds: $(quoted "$data/alerts.yaml")
calendars_dir: $(quoted "$root/data/calendars")
page_url: http://$bind:$http_port
action_key_file: $(quoted "$data/tokens/action-key")
receiver_secrets_dir: $(quoted "$data/secrets")
mail:
  outbox: $(quoted "$data/outbox")
EOF
  cat >"$run/gateway.yaml" <<EOF
common:
  grpc_listen: $bind:$gateway_port
  metrics_listen: $bind:$gateway_metrics
  clock_file: $(quoted "$data/clock")
http_listen: $bind:$http_port
registry: $bind:$registry_port
alert: $bind:$alert_port
web_dir: $(quoted "$root/gateway/web/dist")
cookie_key_file: $(quoted "$data/tokens/cookie-key")
service_token_file: $(quoted "$data/tokens/gateway")
action_key_file: $(quoted "$data/tokens/action-key")
EOF
  local tokens='common:
  tokens:
    - {file: admin-token, name: admin, role: admin}'
  own_config registry-svc <<<"$tokens"
  own_config alert-svc <<<"$tokens
mail:
  from: vigil@vigil.example"
  own_config gateway <<<"$tokens"
  # Its command line names the folder, so that `alive` knows it.
  local folder=${data//\\/\\\\}
  folder=${folder//\"/\\\"}
  cat >"$run/redis.conf" <<EOF
port 0
unixsocket "$folder/redis.sock"
unixsocketperm 700
proc-title-template "{title} {unixsocket}"
dir "$folder/redis"
appendonly yes
appendfsync always
save ""
maxmemory-policy noeviction
# What is claimed at one time is some hundreds of entries: searched from end to end in a listpack.
hash-max-listpack-entries 64
zset-max-listpack-entries 32
daemonize no
EOF
}
