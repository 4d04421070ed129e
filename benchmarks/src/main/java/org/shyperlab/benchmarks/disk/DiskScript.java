package org.shyperlab.benchmarks.disk;

import java.util.List;
import java.util.stream.Collectors;

/** What the guest and the management VM run. */
final class DiskScript {
    /** The guest VM's name. */
    static final String GUEST = "debian";
    /** The disk that the management VM serves. */
    static final String MEDIATED = "mediated";
    /** The disk that the hypervisor has itself. */
    static final String OWN = "own";

    private static final int PAGE = 4096;

    private DiskScript() {}

    /** The guest's part: passes over both disks with records of these sizes, {@code bytes} each. */
    static String guest(long bytes, List<Integer> records) {
        String sizes = records.stream().map(String::valueOf).collect(Collectors.joining(" "));
        return """
                # requests DEVICE: how many requests the kernel has made, reads, writes and flushes
                requests() {
                    read -r r a b c w d e f g h i t u v x y z < /sys/block/$1/stat
                    echo $((r + w + y))
                }
                # pass DISK DEVICE OPERATION RECORD
                pass() {
                    before=$(requests $2)
                    echo "@ begin $1 $3 $4"
                    case $3 in
                        write) dd if=/tmp/data of=/dev/$2 bs=$4 oflag=direct conv=fsync 2> /dev/null ;;
                        read) dd if=/dev/$2 of=/tmp/back bs=$4 count=$((%1$d / $4)) iflag=direct 2> /dev/null ;;
                    esac
                    echo "@ end $(($(requests $2) - before))"
                }
                # disk DISK DEVICE RECORD
                disk() {
                    dd if=/dev/urandom of=/tmp/data bs=64k count=$((%1$d / 65536)) 2> /dev/null
                    data=$(md5sum < /tmp/data)
                    pass $1 $2 write $3
                    rm /tmp/data
                    pass $1 $2 read $3
                    [ "$data" = "$(md5sum < /tmp/back)" ] && echo "@ same $1 $3" || echo "@ DIFFERENT $1 $3"
                    rm /tmp/back
                }
                sleep 2 # the kernel still has things to do after its start
                pass none vda nothing 0
                for record in %2$s; do disk %4$s vdb $record; disk %3$s vda $record; done
                echo "@ last $data"
                echo finished | dd of=/dev/vda bs=512 seek=$((%1$d / 512)) conv=sync,fsync 2> /dev/null
                """.formatted(bytes, sizes, MEDIATED, OWN);
    }

    /** The management VM's part: the served file is in its memory and has a page more, for the guest's last word. */
    static String management(long bytes) {
        return """
                cd /root
                dd if=/dev/zero of=disk.img bs=4096 count=%1$d 2> /dev/null
                shyper system daemon mediated-cfg.json &
                usleep 50000
                shyper vm config vm1.json
                shyper vm boot 1
                until dd if=disk.img bs=4096 skip=%2$d 2> /dev/null | grep -q finished; do sleep 1; done
                echo "served: $(head -c %3$d disk.img | md5sum)"
                sleep 1
                """.formatted(bytes / PAGE + 1, bytes / PAGE, bytes);
    }
}
