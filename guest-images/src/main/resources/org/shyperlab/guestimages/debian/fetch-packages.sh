#!/bin/bash
# Fetches Debian packages of any suite and architecture with apt-get, as any user, and touches nothing of the system's.
#
#   fetch-packages.sh CACHE SUITE ARCHITECTURE NAME...
#
# Each NAME (a package, or a metapackage of a kernel) is left unpacked as
#   CACHE/packages/SUITE-ARCHITECTURE/NAME/{root/, package, sha256sums}
# and appears there only when it is whole. The packages come from the machine's own Debian archives, with the suite's name
# replaced, and apt verifies them with the machine's keyring. Progress goes to standard error as lines that begin with
# "shyperlab: "; any other line there is the error, one paragraph, and the exit status is then 1.
#
# It is a shell script, and not Java as the rest, because scripts/shyper needs it to get the JDK. Java runs it too (DebianPackages).
set -euo pipefail
export LC_ALL=C
cache=$1 suite=$2 architecture=$3
shift 3
store=$cache/packages/$suite-$architecture
state=$cache/apt/$suite-$architecture
log=$state/log
partial=
explained=

progress() {
    printf 'shyperlab: %s\n' "$*" >&2
}

fail() {
    explained=yes
    printf '%s\n' "$*" >&2
    exit 1
}

# What apt or dpkg complained about, as one line.
complaints() {
    { grep -hE '^(E:|W:|Err:|dpkg|tar:|rm:|mkdir:|mv:|cp:)' "$log" || tail -n 3 "$log"; } 2>/dev/null | tail -n 2 | tr '\n' ' '
}

# The paragraph for a step that failed.
fail_step() {
    if grep -qi 'no space left on device' "$log" 2>/dev/null || [ "$(df -Pk "$cache" 2>/dev/null | awk 'NR==2 {print $4}')" = 0 ]; then
        fail "The disk is full: $1 needs room in $cache and there is none left. Free some space there," \
            "or set XDG_CACHE_HOME to a directory on another disk, and try again. Nothing half-fetched was kept."
    fi
    if grep -qiE 'failure resolving|could not (connect|resolve)|network is unreachable|connection (failed|refused|timed out)' "$log"; then
        fail "$1 failed because the Debian archive cannot be reached. Is this machine on the network (and is a proxy set for apt, if" \
            "it needs one)? apt said: $(complaints)(all of it is in $log)"
    fi
    fail "$1 failed: $(complaints)(the whole of apt's output is in $log)"
}

# Runs a step quietly, its output in the log.
step() {
    local what=$1
    shift
    "$@" >>"$log" 2>&1 </dev/null || fail_step "$what"
}

# Prints the machine's Debian archives as deb822 stanzas, with the suite replaced: NAME, NAME-updates and NAME-security become
# SUITE, SUITE-updates and SUITE-security. Everything else in the machine's sources (other vendors, broken entries) is left out.
debian_archives() {
    local sourcelist='' sourceparts='' file
    eval "$(apt-config shell sourcelist Dir::Etc::sourcelist/f sourceparts Dir::Etc::sourceparts/d)"
    for file in "$sourcelist" "$sourceparts"/*.list; do
        [ -r "$file" ] && one_line_sources "$file"
    done
    for file in "$sourceparts"/*.sources; do
        [ -r "$file" ] && deb822_sources "$file"
    done
    return 0
}

# Shared by both forms: which suite to ask for instead of one of the machine's, or "" to leave it out.
suites_awk='
function replaced(name,   base, tail) {
    base = name; tail = ""
    if (match(name, /-(updates|security)$/)) { base = substr(name, 1, RSTART - 1); tail = substr(name, RSTART) }
    if (base !~ /^(bullseye|bookworm|trixie|forky|duke|sid|oldoldstable|oldstable|stable|testing|unstable)$/) return ""
    return suite tail
}
function all_replaced(names,   list, n, i, result) {
    n = split(names, list, /[ \t\n]+/); result = ""
    for (i = 1; i <= n; i++) if (replaced(list[i]) != "") result = result " " replaced(list[i])
    return result
}
function stanza(uris, suites, signed, extra) {
    if (suites == "" || uris == "" || uris ~ /cdrom:/) return
    if (signed == "") signed = " /usr/share/keyrings/debian-archive-keyring.gpg"
    printf "Types: deb\nURIs:%s\nSuites:%s\nComponents: main\nSigned-By:%s\n%s\n", uris, suites, signed, extra
}'

one_line_sources() {
    awk -v suite="$suite" "$suites_awk"'
    /^[ \t]*deb[ \t]/ {
        sub(/#.*/, ""); signed = ""; extra = ""
        if (match($0, /\[[^]]*\]/)) {
            n = split(substr($0, RSTART + 1, RLENGTH - 2), options, /[ \t]+/)
            for (i = 1; i <= n; i++) {
                if (options[i] ~ /^signed-by=/) signed = " " substr(options[i], 11)
                if (options[i] ~ /^check-valid-until=/) extra = "Check-Valid-Until: " substr(options[i], 19) "\n"
            }
            $0 = substr($0, 1, RSTART - 1) substr($0, RSTART + RLENGTH)
        }
        main = 0
        for (i = 4; i <= NF; i++) if ($i == "main") main = 1
        if (main) stanza(" " $2, all_replaced($3), signed, extra)
    }' "$1"
}

deb822_sources() {
    grep -v '^[ \t]*#' "$1" | awk -v suite="$suite" "$suites_awk"'
    BEGIN { RS = ""; FS = "\n" }
    {
        split("", field); key = ""
        for (i = 1; i <= NF; i++) {
            if ($i ~ /^[ \t]/) { field[key] = field[key] "\n" $i; continue }
            colon = index($i, ":"); key = tolower(substr($i, 1, colon - 1)); field[key] = substr($i, colon + 1)
        }
        extra = field["check-valid-until"] == "" ? "" : "Check-Valid-Until:" field["check-valid-until"] "\n"
        if (tolower(field["enabled"]) ~ /no|false/ || (" " field["types"] " ") !~ /[ \t\n]deb[ \t\n]/) next
        if ((" " field["components"] " ") !~ /[ \t\n]main[ \t\n]/) next
        stanza(field["uris"], all_replaced(field["suites"]), field["signed-by"], extra)
    }'
}

# apt's settings for this suite and architecture: its own state, none of the machine's hooks and pins.
write_settings() {
    debian_archives >"$state/sources/debian.sources"
    [ -s "$state/sources/debian.sources" ] || fail "Debian $suite's packages cannot be fetched: among this machine's apt sources" \
        "(/etc/apt/sources.list, /etc/apt/sources.list.d) there is no Debian archive with the component main."
    cat >"$state/apt.conf" <<SETTINGS
#clear APT::Update;
#clear APT::Architectures;
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
Dir::State::Lists "$state/lists";
Dir::State::status "/dev/null";
Dir::Cache "$state/cache";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$state/sources";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
SETTINGS
}

known() {
    apt-cache -c "$state/apt.conf" show --no-all-versions "$1" 2>>"$log"
}

# The package behind a kernel's metapackage (linux-image-cloud-arm64), or the package itself.
resolve() {
    case $1 in
        linux-image-[a-z]*)
            known "$1" | sed -n 's/^Depends:.*\(linux-image-[0-9][^ ,]*\).*/\1/p' | head -n 1
            ;;
        *) echo "$1" ;;
    esac
}

fetch() {
    local name=$1 real size deb
    real=$(resolve "$name" || true)
    size=$(known "${real:-$name}" | awk '/^Size:/ {printf "%.1f MB", $2 / 1e6; exit}' || true)
    [ -n "$size" ] || fail_step "Looking up the package $name in Debian $suite ($architecture)"
    progress "fetching $real ($size)"
    partial=$store/.$name.partial.$$
    step "Making $partial" mkdir -p "$partial/root"
    step "Fetching the Debian package $real" env -C "$partial" apt-get -q -c "$state/apt.conf" download "$real"
    deb=$(find "$partial" -maxdepth 1 -name '*.deb')
    [ -f "$deb" ] || fail_step "Fetching the Debian package $real"
    step "Checking the Debian package $real" dpkg-deb --field "$deb" Package
    # Not unpacked: what is large and nobody here reads (device trees of boards, modules for jlink).
    step "Unpacking the Debian package $real" unpack "$deb" "$partial/root"
    {
        echo "name $real"
        echo "version $(dpkg-deb --field "$deb" Version)"
        echo "deb $(sha256sum <"$deb" | cut -d ' ' -f 1)"
    } >"$partial/package" 2>>"$log" || fail_step "Recording the Debian package $real"
    step "Recording the Debian package $real" record "$partial"
    step "Cleaning up after $real" rm -rf "$deb" "$store/$name"
    step "Storing the Debian package $real" mv -T "$partial" "$store/$name"
    partial=
}

unpack() {
    dpkg-deb --fsys-tarfile "$1" |
        tar -x -C "$2" --no-same-owner --exclude='*/jmods' --exclude='./usr/lib/linux-image-*' --exclude='./usr/share/doc/*/changelog*'
}

record() (
    set -o pipefail
    cd "$1/root" && find . -type f -printf '%P\0' | sort -z | xargs -0 -r sha256sum >../sha256sums
)

for tool in apt-get apt-cache apt-config dpkg-deb tar sha256sum awk flock; do
    command -v "$tool" >/dev/null || fail "$tool is missing: Shyperlab fetches Debian packages ($*) and needs a Debian system with apt" \
        "for that. On another system, name the files yourself (see shyper run --help and shyper doctor)."
done
if ! mkdir -p "$store" "$state/lists/partial" "$state/cache/archives/partial" "$state/sources" 2>/dev/null || ! : 2>/dev/null >"$log"; then
    fail "The cache directory $cache cannot be written to. Set XDG_CACHE_HOME to a directory where you may write and that has room."
fi
# Whatever happens, nothing half-fetched stays and nothing fails without a word.
leave() {
    local status=$?
    [ -z "$partial" ] || rm -rf "$partial"
    [ "$status" = 0 ] || [ -n "$explained" ] || fail_step "Fetching Debian packages ($*)"
}
trap 'leave "$@"' EXIT
exec 9>"$state/lock"
flock 9 # a second shyper waits here until the first has fetched
missing=()
for name; do
    [ -f "$store/$name/sha256sums" ] || missing+=("$name")
done
[ ${#missing[@]} -gt 0 ] || exit 0
write_settings
progress "reading the package lists of Debian $suite ($architecture)"
# Its status says nothing: one broken archive among good ones fails it. Whether a package can be found is what counts.
apt-get -q -c "$state/apt.conf" update >>"$log" 2>&1 </dev/null || true
for name in "${missing[@]}"; do
    fetch "$name"
done
