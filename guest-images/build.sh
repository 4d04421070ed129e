#!/bin/sh
# Rebuilds the bare-metal guests and the shyper program of one architecture with Debian's cross compiler.
#   build.sh [ARCHITECTURE [OUTPUT]]    ARCHITECTURE: aarch64 (without it) or riscv64
#                                       OUTPUT: the folder of NAME.bin, shyper and SHA256SUMS; without it: the committed resources
# The same compiler version gives the same bytes wherever and whenever it runs; the version used is in OUTPUT/COMPILER.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
architecture=${1:-aarch64}
guests=$here/src/main/guests
output=${2:-$here/src/main/resources/org/shyperlab/guestimages/$architecture}
prefix=$architecture-linux-gnu-
images="hello traps timer ipi smp bench latency rtvm disk packets unikernel"
case $architecture in
aarch64)
    runtime="start exceptions console board psci gic mmu"
    target="-march=armv8-a -mgeneral-regs-only -mstrict-align -mno-outline-atomics -fcf-protection=none"
    linking=""
    program="-march=armv8-a -mno-outline-atomics"
    ;;
riscv64)
    runtime="start exceptions console board sbi mmu"
    target="-march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany -mstrict-align -msmall-data-limit=0"
    linking="--no-relax"
    program="-march=rv64imac_zicsr_zifencei -mabi=lp64"
    ;;
*)
    echo "build.sh: there are no guests for $architecture; there are for aarch64 and riscv64" >&2
    exit 2
    ;;
esac

command -v ${prefix}gcc >/dev/null || {
    echo "build.sh: ${prefix}gcc is not installed; on Debian: sudo apt-get install gcc-$architecture-linux-gnu" >&2
    exit 1
}
mkdir -p "$output"
output=$(cd "$output" && pwd)
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT

flags="$target -O2 -ffreestanding -fno-builtin -fno-pie -I$guests/$architecture
    -fno-tree-loop-distribute-patterns -fno-tree-switch-conversion -fno-stack-protector -fno-asynchronous-unwind-tables -fno-ident
    -ffunction-sections -std=gnu17 -Wall -Wextra -Werror"
for source in "$guests/common"/*.[cS] "$guests/$architecture"/*.[cS]; do
    object=${source##*/}
    # shellcheck disable=SC2086
    ${prefix}gcc $flags -c "$source" -o "$objects/${object%.*}.o"
done

# What a guest consists of besides its own file and the runtime.
parts_of() {
    case $1 in
    traps) [ "$architecture" = aarch64 ] && echo traps-steps ;;
    timer) echo ticks ;;
    ipi) echo sends ;;
    bench) echo loops loops-asm mailbox ;;
    packets) echo mailbox ;;
    latency) echo interrupt latency-asm mailbox $([ "$architecture" = riscv64 ] && echo controllers) ;;
    disk) echo mailbox ;;
    rtvm) echo realtime hypercall $([ "$architecture" = riscv64 ] && echo controllers) ;;
    unikernel) echo hypercall $([ "$architecture" = aarch64 ] && echo quiet) ;;
    esac
}
# rtvm wants to see what else is in the device tree.
options_of() {
    case $1 in
    rtvm) echo --wrap=board_property ;;
    esac
}
for guest in $images; do
    link=
    for part in $guest $(parts_of "$guest") $runtime print devicetree guest lock; do
        link="$link $objects/$part.o"
    done
    # shellcheck disable=SC2086
    ${prefix}ld $linking $(options_of "$guest") -pie --no-dynamic-linker --build-id=none --gc-sections --fatal-warnings --no-warn-rwx-segments -z norelro \
        -T "$guests/common/image.lds" -o "$objects/$guest.elf" $link
    ${prefix}objcopy -O binary -j .head -j .text -j .rodata -j .data "$objects/$guest.elf" "$output/$guest.bin"
done

# The shyper program for the Linux guest: static, without a C library.
cd "$guests/shyper"
# shellcheck disable=SC2086
${prefix}gcc $program -O2 -ffreestanding -fno-builtin -fno-pie -fno-tree-loop-distribute-patterns -fno-stack-protector \
    -fno-asynchronous-unwind-tables -fno-ident -ffunction-sections -std=gnu17 -Wall -Wextra -Werror -static -nostdlib -s \
    -Wl,--build-id=none,--gc-sections,--fatal-warnings,-z,max-page-size=4096,-z,norelro -o "$output/shyper" ./*.c entry.S

cd "$output"
{
    ${prefix}gcc --version | head -n 1
    ${prefix}ld --version | head -n 1
} > COMPILER
{
    for guest in $images; do
        sha256sum "$guest.bin"
    done
    sha256sum shyper
} > SHA256SUMS
