#!/bin/sh
# Rebuilds the bare-metal guests with Debian's gcc-aarch64-linux-gnu.
#   build.sh [OUTPUT]    OUTPUT is the folder of NAME.bin and SHA256SUMS; without it: the committed resources.
# The same compiler version gives the same bytes wherever and whenever it runs; the version used is in OUTPUT/COMPILER.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sources=$here/src/main/guests/aarch64
output=${1:-$here/src/main/resources/org/shyperlab/guestimages/aarch64}
prefix=aarch64-linux-gnu-
guests="hello traps timer ipi smp bench latency"

command -v ${prefix}gcc >/dev/null || {
    echo "build.sh: ${prefix}gcc is not installed; on Debian: sudo apt-get install gcc-aarch64-linux-gnu" >&2
    exit 1
}
mkdir -p "$output"
output=$(cd "$output" && pwd)
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT

cd "$sources"
flags="-march=armv8-a -mgeneral-regs-only -mstrict-align -O2 -ffreestanding -fno-builtin -fno-pie
    -fno-tree-loop-distribute-patterns -fno-tree-switch-conversion -fno-stack-protector -fno-asynchronous-unwind-tables -fno-ident
    -ffunction-sections -mno-outline-atomics -fcf-protection=none -std=gnu17 -Wall -Wextra -Werror"
for source in *.c *.S; do
    # shellcheck disable=SC2086
    ${prefix}gcc $flags -c "$source" -o "$objects/${source%.*}.o"
done
runtime="start exceptions console machine psci guest gic mmu lock"
for guest in $guests; do
    link="$objects/$guest.o"
    [ -f "$guest-asm.S" ] && link="$link $objects/$guest-asm.o"
    case $guest in
    bench | latency) link="$link $objects/mailbox.o" ;;
    esac
    for part in $runtime; do
        link="$link $objects/$part.o"
    done
    # shellcheck disable=SC2086
    ${prefix}ld -pie --no-dynamic-linker --build-id=none --gc-sections --fatal-warnings --no-warn-rwx-segments -z norelro -T image.lds \
        -o "$objects/$guest.elf" $link
    ${prefix}objcopy -O binary -j .head -j .text -j .rodata -j .data "$objects/$guest.elf" "$output/$guest.bin"
done

cd "$output"
{
    ${prefix}gcc --version | head -n 1
    ${prefix}ld --version | head -n 1
} > COMPILER
for guest in $guests; do
    sha256sum "$guest.bin"
done > SHA256SUMS
