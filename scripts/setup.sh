# Sourced by the other scripts: finds or brings the JDK, Maven and the native libraries. Never asks and never waits for input,
# except that sudo may want a password when there is a terminal. Functions that fail say why in one paragraph and exit.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cache=${XDG_CACHE_HOME:-${HOME:?is not set, so there is no place for the cache}/.cache}/shyperlab
sources=$root/guest-images/src/main
java_home=

# The JDK reads and writes names of files in the locale's characters; in the locale C that is ASCII only.
export LC_ALL=C.UTF-8

say() {
    printf 'shyperlab: %s\n' "$*" >&2
}

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Sets java_home to a JDK 25 or newer. Starts no program, because every start of shyper comes through here.
find_jdk() {
    local home line
    for home in "${JAVA_HOME:-}" "$cache/jdk" /usr/lib/jvm/*25* /usr/lib/jvm/* /opt/*jdk* "${HOME:-}"/.sdkman/candidates/java/* \
        "${HOME:-}"/.jdks/*; do
        if [ ! -x "$home/bin/javac" ] || [ ! -r "$home/release" ]; then
            continue
        fi
        while read -r line; do
            if [[ $line =~ ^JAVA_VERSION=\"([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -ge 25 ]; then
                java_home=$home
                return
            fi
        done <"$home/release"
    done
    return 1
}

# Installs Debian packages when this user may; else names the command that does.
apt_install() {
    local why=$1 as_root=() log
    shift
    command -v apt-get >/dev/null || fail "$why, and this is not a Debian system: install $* in your system's way, then try again."
    if [ "$(id -u)" != 0 ]; then
        if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
            as_root=(sudo)
        else
            fail "$why. As root, run: apt-get install $*"
        fi
    fi
    say "installing $* with apt-get"
    mkdir -p "$cache"
    log=$cache/apt-install.log
    as_root+=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300)
    # The update's status says nothing: one broken source among good ones fails it.
    "${as_root[@]}" update >"$log" 2>&1 </dev/null || true
    "${as_root[@]}" install --no-install-recommends "$@" >>"$log" 2>&1 </dev/null ||
        fail "$why, and apt-get could not install $*: $(grep -E '^(E:|W:)' "$log" | tail -n 3 | tr '\n' ' ')(all of it is in $log)"
}

fetch_packages() {
    bash "$sources/resources/org/shyperlab/guestimages/debian/fetch-packages.sh" "$cache" "$@"
}

need_jdk() {
    find_jdk && return
    need_maven # first, because it may end here with the command to run
    if [ "$(id -u)" = 0 ] && apt-get -s install openjdk-25-jdk-headless >/dev/null 2>&1; then
        apt_install "Shyperlab needs JDK 25" openjdk-25-jdk-headless
    else
        fetch_jdk
    fi
    find_jdk || fail "Shyperlab needs JDK 25 and found none in JAVA_HOME, $cache/jdk, /usr/lib/jvm and /opt. Install one" \
        "(Debian trixie: apt-get install openjdk-25-jdk-headless) or set JAVA_HOME."
}

# Unpacks Debian's JDK 25 into the cache, for systems whose own release has none.
fetch_jdk() {
    local architecture store partial=$cache/.jdk.partial file
    command -v dpkg >/dev/null || fail "Shyperlab needs JDK 25, and this is not a Debian system: install one and set JAVA_HOME."
    architecture=$(dpkg --print-architecture)
    store=$cache/packages/trixie-$architecture
    say "this machine has no JDK 25: fetching Debian's into $cache/jdk (some 150 MB, once)"
    fetch_packages trixie "$architecture" openjdk-25-jre-headless openjdk-25-jdk-headless
    say "unpacking the JDK"
    rm -rf "$partial" "$cache/jdk"
    mv "$store/openjdk-25-jre-headless/root" "$partial"
    cp -al "$store/openjdk-25-jdk-headless/root/." "$partial"
    # Its settings are links into /etc, where they would be if it were installed.
    find "$partial/usr/lib/jvm" -type l -lname '/etc/java-25-openjdk/*' | while read -r file; do
        cp --remove-destination "$partial$(readlink "$file")" "$file"
    done
    mv -T "$(echo "$partial"/usr/lib/jvm/java-25-openjdk-*)" "$cache/jdk"
    rm -rf "$partial" "$store"/openjdk-25-j*
    "$cache/jdk/bin/java" -version >/dev/null 2>&1 || use_own_glibc "$architecture"
    "$cache/jdk/bin/java" -version >/dev/null 2>&1 ||
        fail "Debian's JDK 25 in $cache/jdk does not run on this system: $("$cache/jdk/bin/java" -version 2>&1 | head -n 1)." \
            "Install another JDK 25 and set JAVA_HOME."
}

# Debian 12 has glibc 2.36 and the JDK wants 2.38: let its programs use the C library of the release they were built on.
use_own_glibc() {
    local release store program loader
    release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    store=$cache/packages
    fetch_packages "$release" "$1" patchelf
    fetch_packages trixie "$1" libc6
    cp -a "$(dirname "$(find "$store/trixie-$1/libc6/root" -name libc.so.6 | head -n 1)")" "$cache/jdk/glibc"
    loader=$(find "$cache/jdk/glibc" -name 'ld-linux-*' | head -n 1)
    for program in "$cache"/jdk/bin/* "$cache/jdk/lib/jspawnhelper"; do
        "$store/$release-$1/patchelf/root/usr/bin/patchelf" --set-interpreter "$loader" --force-rpath \
            --set-rpath "\$ORIGIN/../glibc:\$ORIGIN/../lib" "$program" 2>/dev/null || true
    done
}

need_maven() {
    command -v mvn >/dev/null || apt_install "Shyperlab is built with Maven" maven
    # Maven fetches over TLS and so needs the certificates that come with Debian's own JRE.
    if [ "$java_home" = "$cache/jdk" ] && [ ! -e /etc/ssl/certs/java/cacerts ]; then
        apt_install "Shyperlab's JDK needs the system's certificates" ca-certificates-java
    fi
}

# Programs that some tests hold ours against. In CI they are installed; elsewhere it is the user who decides, and those tests are skipped.
want_test_tools() {
    local tool packages=() riscv=qemu-system-riscv
    grep -qs '^VERSION_ID="12"' /etc/os-release && riscv=qemu-system-misc # Debian 13 has made a package of it
    for tool in dtc:device-tree-compiler gcc:gcc objdump:binutils aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu \
        riscv64-linux-gnu-gcc:gcc-riscv64-linux-gnu qemu-system-aarch64:qemu-system-arm qemu-system-riscv64:$riscv; do
        command -v "${tool%%:*}" >/dev/null || packages+=("${tool#*:}")
    done
    [ ${#packages[@]} = 0 ] && return
    if [ "${CI:-}" = true ] && [ "$(id -u)" = 0 ]; then
        apt_install "CI runs every test" "${packages[@]}"
    else
        say "some tests will be skipped. All of them run after: apt-get install --no-install-recommends ${packages[*]}"
    fi
}

# Unicorn and Capstone, brought by the project's own Java code before anything is built.
need_libraries() {
    local package=org/shyperlab/guestimages/debian classes
    [ -f "$cache/lib/libunicorn.so.2" ] && [ -f "$cache/lib/libcapstone.so.5" ] && return
    classes=$(mktemp -d)
    "$java_home/bin/javac" -proc:none -d "$classes" "$sources/java/$package"/[DN]*.java
    if ! "$java_home/bin/java" -cp "$classes:$sources/resources" "${package//\//.}.NativeLibraryInstaller"; then
        rm -rf "$classes"
        exit 1
    fi
    rm -rf "$classes"
}

# Runs Maven and tells in a few words how far it is; everything it says goes to a log, which is shown when it fails.
quiet_maven() {
    local log=$root/target/build.log fetched=0 line
    mkdir -p "$root/target"
    # The pipe fails when Maven does (pipefail).
    if ! JAVA_HOME=$java_home mvn -B -Dstyle.color=never -f "$root/pom.xml" "$@" </dev/null 2>&1 | while read -r line; do
        case $line in
            *'Downloaded from'*)
                fetched=$((fetched + 1))
                [ $((fetched % 100)) != 0 ] || say "fetched $fetched files for the build"
                ;;
            '[INFO] Building Shyperlab '[a-z]*) line=${line#\[INFO\] Building Shyperlab } && say "building ${line%% *}" ;;
        esac
        printf '%s\n' "$line"
    done >"$log"; then
        grep -F '[ERROR]' "$log" | head -n 20 >&2 || true
        fail "The build failed; what Maven said is in $log. If the network failed, the same command goes on where it stopped."
    fi
}
