#!/usr/bin/env bash
# Everything an engineer does with this repository. Each verb does its own set-up.
#   ./build.sh demo      run the product with sample data (embedded SQLite) on https://127.0.0.1:8443
#   ./build.sh test      build and run every test (starts and stops a private PostgreSQL)
#   ./build.sh run …     run the command line from source:  ./build.sh run verify --help
#   ./build.sh publish   a folder to install: artifacts/strongroom/strongroom (needs the ASP.NET Core 10 runtime)
#   ./build.sh bench     measure against bare and pgcrypto, writes bench/RESULTS.md
#   ./build.sh fuzz      longer property and mutation runs · soak: slow proofs · tidy: slow analyzers and format check
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
configuration=Release
started=$SECONDS

say() { printf '\n== %s\n' "$*"; }
phase() { local at=$SECONDS name=$1; shift; say "$name"; "$@"; printf -- '-- %s: %d s\n' "$name" $((SECONDS - at)); }

apt_install() { # packages…: as root installs them, otherwise says exactly what to install
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing $*"
    apt-get update -q >/dev/null
    # Debian would start a cluster of its own on port 5432; the tests start a private one instead.
    case " $* " in *" postgresql-15 "*)
      DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends postgresql-common >/dev/null
      [ -f /etc/postgresql-common/createcluster.conf ] && sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf ;;
    esac
    DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$@" >/dev/null
  else
    echo "Missing on this machine: $*. Install with:  sudo apt-get install -y $*" >&2
    exit 1
  fi
}

need_dotnet() {
  if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -q '^10\.'; then
    echo "Strongroom needs the .NET 10 SDK (https://dotnet.microsoft.com/download); found: $(dotnet --version 2>/dev/null || echo none)." >&2
    exit 1
  fi
  [ -e /lib/x86_64-linux-gnu/libcrypto.so.3 ] || [ -e /usr/lib/libcrypto.so.3 ] || ldconfig -p | grep -q 'libcrypto\.so\.3' || apt_install libssl3
}

# A real OpenID provider for the tests, from npm by its lock file, in the cache of whoever runs them.
need_oidc() {
  command -v npm >/dev/null || apt_install nodejs npm
  local source=tests/Strongroom.Server.Tests/oidc
  export STRONGROOM_OIDC=${XDG_CACHE_HOME:-$HOME/.cache}/strongroom/oidc-$(cat $source/* 2>/dev/null | sha256sum | cut -c1-16)
  [ -e "$STRONGROOM_OIDC/node_modules/.package-lock.json" ] && return
  mkdir -p "$STRONGROOM_OIDC"; cp $source/package.json $source/package-lock.json $source/provider.mjs "$STRONGROOM_OIDC/"
  npm ci --prefix "$STRONGROOM_OIDC" --ignore-scripts --no-audit --no-fund --loglevel=error
}

need_chromium() { [ -e /usr/bin/chromium ] || [ -e /usr/bin/google-chrome ] || apt_install chromium; }

need_node() { # Vite asks for Node 20.19
  command -v npm >/dev/null || apt_install nodejs npm
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' || {
    echo "The console is built with Node 20.19 or newer; found: $(node --version)." >&2; exit 1; }
}

# The web console, into console/dist, which the server's project copies. Nothing happens while what it is made of is unchanged.
build_console() {
  local stamp
  stamp=$( (sha256sum docs/openapi/v1.json; find console -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path 'console/src/api/v1.ts' -print0 | sort -z | xargs -0 sha256sum) | sha256sum | cut -c1-32)
  [ "$(cat console/dist/.stamp 2>/dev/null)" != "$stamp" ] || return 0
  need_node
  console_packages
  rm -f console/dist/.stamp
  npm run build --prefix console --silent
  echo "$stamp" > console/dist/.stamp
}
console_packages() {
  local lock; lock=$(sha256sum console/package-lock.json | cut -c1-32)
  [ "$(cat console/node_modules/.stamp 2>/dev/null)" != "$lock" ] || return 0
  npm ci --prefix console --ignore-scripts --no-audit --no-fund --loglevel=error
  echo "$lock" > console/node_modules/.stamp
}
check_console() { need_node; console_packages; npm run check --prefix console --silent; }
test_console() { npm run test --prefix console --silent -- --reporter=default --reporter=junit --outputFile.junit="$PWD/TestResults/console.junit.xml"; }
need_fonts() { fc-list 2>/dev/null | grep -qi 'Noto.*CJK' || apt_install fonts-noto-cjk fontconfig; }   # for screenshots in Chinese

need_compiler() { command -v cc >/dev/null || apt_install gcc libc6-dev; }   # for the disk that forgets (tests/…/Promises/lostwrites.c)
need_postgres() { ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || apt_install postgresql-15; }

# A real mail server for the outbox; only root can start it, so only root needs it.
need_mail() { [ "$(id -u)" != 0 ] || [ -e /usr/sbin/exim4 ] || apt_install exim4-daemon-light; }
# Debian's sshd, for what a host's certificate opens. The package must not start one of its own: its unit asks for this file.
need_sshd() { [ "$(id -u)" != 0 ] || [ -e /usr/sbin/sshd ] || { mkdir -p /etc/ssh; touch /etc/ssh/sshd_not_to_be_run; apt_install openssh-server; }; }

restore() { dotnet restore Strongroom.slnx --locked-mode -v quiet; }
build() { dotnet build Strongroom.slnx -c "$configuration" --no-restore --nologo -v quiet -clp:"ErrorsOnly;NoSummary"; }
server() { dotnet "src/Strongroom.Server/bin/$configuration/net10.0/Strongroom.Server.dll" "$@"; }
build_server() {
  dotnet restore src/Strongroom.Server --locked-mode -v quiet
  dotnet build src/Strongroom.Server -c "$configuration" --no-restore --nologo -v quiet -clp:"ErrorsOnly;NoSummary"
}

# What tests and bench start is what is shipped: published and compiled ahead of time, so that a hundred starts cost less.
publish() { # folder
  rm -rf "$1"
  dotnet publish src/Strongroom.Server -c Release -r linux-x64 --no-restore -o "$1" --nologo -v quiet -clp:"ErrorsOnly;NoSummary"
}
shipped() { publish artifacts/shipped; export STRONGROOM_SERVER=$PWD/artifacts/shipped/Strongroom.Server.dll; }

# Databases of tests live in memory where there is room for them: they prove kills and full disks, which need no spindle.
use_memory() {
  local free; free=$(df --output=avail -k /dev/shm 2>/dev/null | tail -1 || echo 0)
  if [ "${free:-0}" -gt 4000000 ]; then
    memory=$(mktemp -d /dev/shm/strongroom-XXXXXX); chmod 1777 "$memory"; export TMPDIR=$memory
    trap 'rm -rf "$memory"' EXIT
  fi
}

# One trx per test assembly; the totals come from its counters, never from what a runner prints.
assembly() { local project=$1; shift; dotnet "tests/$project/bin/$configuration/net10.0/$project.dll" -noLogo -trx "$results/$project.trx" "$@"; }
run_tests() { # results-folder, extra xunit arguments…
  local results=$1; shift
  local failed=0 project
  rm -rf "$results"; mkdir -p "$results"
  export DOTNET_TieredPGO=0   # processes that live for minutes: instrumenting them costs more than it gives
  if [ "$results" = TestResults ]; then say console; test_console || failed=1; fi
  # Browser and processes wait as much as they compute: two rows of assemblies run side by side, whoever is done first takes no core.
  ( bad=0; for project in Strongroom.Console.Tests Strongroom.Tests; do assembly "$project" "$@" >"$results/$project.log" 2>&1 || bad=1; done; exit "$bad" ) &
  local beside=$!
  for project in tests/*/; do
    project=$(basename "$project")
    case "$project" in Strongroom.Console.Tests | Strongroom.Tests) continue ;; esac
    say "$project"
    assembly "$project" "$@" || failed=1
  done
  wait "$beside" || failed=1
  for project in Strongroom.Console.Tests Strongroom.Tests; do say "$project"; cat "$results/$project.log"; done
  summarise "$results" || failed=1
  return "$failed"
}

summarise() { # results-folder: the last line is "N passed, N failed"
  local passed=0 failed=0 skipped=0 counters value file assemblies=0
  for file in "$1"/*.trx; do
    counters=$(grep -o '<Counters [^>]*>' "$file" | head -1)
    value() { printf '%s' "$counters" | sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p"; }
    passed=$((passed + $(value passed)))
    failed=$((failed + $(value failed) + $(value error) + $(value timeout) + $(value aborted)))
    skipped=$((skipped + $(value notExecuted)))
    assemblies=$((assemblies + 1))
  done
  if [ "$1" = TestResults ]; then   # the console's own tests speak junit
    counters=$(grep -o '<testsuites [^>]*>' "$1/console.junit.xml" 2>/dev/null)
    [ -n "$counters" ] || { echo "the console's tests wrote no result"; failed=$((failed + 1)); }
    local tests=$(($(value tests) + 0)) broken=$(($(value failures) + $(value errors) + 0))
    passed=$((passed + tests - broken)); failed=$((failed + broken))
  fi
  printf '\ntotal: %d s in %d assemblies\n' $((SECONDS - started)) "$assemblies"
  [ "$skipped" = 0 ] || echo "skipped: $skipped"
  [ "$assemblies" = "$(ls -d tests/*/ | wc -l)" ] || { echo "a test assembly wrote no result"; failed=$((failed + 1)); }
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

verb=${1:-help}; [ $# -gt 0 ] && shift
case "$verb" in
  demo)
    need_dotnet; phase console build_console; phase build build_server
    server demo "$@" ;;
  run)
    need_dotnet; build_console >&2; build_server >&2
    server "$@" ;;
  test)
    need_dotnet; need_postgres; need_mail; need_sshd; need_chromium; need_fonts; need_oidc
    phase console build_console
    phase 'console check' check_console
    phase restore restore
    phase build build
    phase publish shipped
    use_memory
    run_tests TestResults -trait- "Suite=soak" "$@" ;;
  fuzz)
    need_dotnet; need_postgres; phase restore restore; phase build build; use_memory
    STRONGROOM_CASES=${STRONGROOM_CASES:-20000} run_tests TestResults/fuzz -trait "Suite=fuzz" "$@" ;;
  soak)
    need_dotnet; need_postgres; need_compiler; need_chromium; phase console build_console; phase restore restore; phase build build
    STRONGROOM_SOAK=1 run_tests TestResults/soak -trait "Suite=soak" "$@" ;;
  tidy)
    need_dotnet; phase restore restore
    phase analyzers dotnet build Strongroom.slnx -c "$configuration" --no-restore --no-incremental --nologo -v quiet -clp:"ErrorsOnly;NoSummary" -p:Tidy=true
    phase format dotnet format whitespace Strongroom.slnx --no-restore --verify-no-changes ;;
  bench)
    need_dotnet; need_postgres
    command -v wrk >/dev/null || apt_install wrk
    [ -e /usr/share/postgresql/15/extension/pgaudit.control ] || apt_install postgresql-15-pgaudit postgresql-contrib
    phase build dotnet build bench/Strongroom.Bench -c Release --nologo -v quiet -clp:"ErrorsOnly;NoSummary"
    dotnet restore src/Strongroom.Server --locked-mode -v quiet
    phase publish shipped
    dotnet bench/Strongroom.Bench/bin/Release/net10.0/Strongroom.Bench.dll "$@" ;;
  publish)
    need_dotnet; build_console
    dotnet restore src/Strongroom.Server --locked-mode -v quiet
    publish artifacts/strongroom
    mv artifacts/strongroom/Strongroom.Server artifacts/strongroom/strongroom
    echo "artifacts/strongroom/strongroom" ;;
  *)
    sed -n '2,9p' build.sh | sed 's/^# \{0,1\}//'; [ "$verb" = help ] || exit 2 ;;
esac
