#!/usr/bin/env bash
# One host of the office: `host.sh HOSTNAME ROLE FOLDER LAB`, started by record.sh in a network,
# mount and name space of its own. Its /dev, /run, /home, /var/log and account files are private
# mounts, gone with the last process.
set -euo pipefail
NAME=$1 ROLE=$2 DIR=$3 LAB=$4
hostname "$NAME"

private_devices() {
    mkdir -p "$DIR/dev"
    mount -t tmpfs -o mode=755 tmpfs "$DIR/dev"
    local node
    for node in "null 1 3" "zero 1 5" "full 1 7" "random 1 8" "urandom 1 9" "tty 5 0"; do
        # shellcheck disable=SC2086
        set -- $node; mknod -m 666 "$DIR/dev/$1" c "$2" "$3"
    done
    mknod -m 600 "$DIR/dev/kmsg" c 1 11
    mkdir "$DIR/dev/pts" "$DIR/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=666 devpts "$DIR/dev/pts"
    ln -s pts/ptmx "$DIR/dev/ptmx"; ln -s /proc/self/fd "$DIR/dev/fd"
    mount --rbind "$DIR/dev" /dev
}

private_accounts() {
    /usr/bin/python3 "$LAB/cast.py" accounts "$DIR"
    local file
    for file in passwd shadow group; do mount --bind "$DIR/$file" /etc/$file; done
    # Sessions keep the lab's limits: some machines may not raise them, and would complain in the log.
    grep -v pam_limits /etc/pam.d/sshd > "$DIR/pam"; mount --bind "$DIR/pam" /etc/pam.d/sshd
    mount -t tmpfs tmpfs /home
    mount -t tmpfs tmpfs /run; mkdir -p /run/sshd
    mount -t tmpfs tmpfs /var/log; touch /var/log/{wtmp,lastlog}; install -m 600 /dev/null /var/log/btmp
    local home
    while IFS=: read -r user _ number _ _ home _; do
        case $home in /home/*) mkdir "$home"; chown "$number:$number" "$home" ;; esac
    done < /etc/passwd
    [ ! -e "$DIR/webadmin.key.pub" ] || { mkdir /home/webadmin/.ssh; cp "$DIR/webadmin.key.pub" /home/webadmin/.ssh/authorized_keys; chown -R webadmin /home/webadmin/.ssh; }
}

log_daemon() {  # FILE TEMPLATE INPUT FILTER
    cat > "$DIR/rsyslog.conf" <<END
global(workDirectory="$DIR")
\$RepeatedMsgReduction on
$3
if $4 then action(type="omfile" file="$DIR/$1" template="$2")
END
    rsyslogd -n -f "$DIR/rsyslog.conf" -i "$DIR/rsyslog.pid" &
    sleep 1
}

ssh_daemon() {  # LISTEN...
    ssh-keygen -q -t ed25519 -N '' -f "$DIR/host_key"
    {
        printf 'ListenAddress %s\n' "$@"
        cat <<END
HostKey $DIR/host_key
PidFile $DIR/sshd.pid
UsePAM yes
KbdInteractiveAuthentication no
MaxStartups 30:30:100
LoginGraceTime 60
PrintMotd no
UseDNS no
END
    } > "$DIR/sshd_config"
    # Newer servers shut out a guessing address; the bastion of this office does not know that yet.
    if /usr/sbin/sshd -T -f "$DIR/sshd_config" | grep -qi '^persourcepenalties'; then
        echo "PerSourcePenalties no" >> "$DIR/sshd_config"
    fi
    /usr/sbin/sshd -D -f "$DIR/sshd_config" &
}

web_server() {
    install -d -o nobody "$DIR/data"
    /usr/bin/python3 "$LAB/app.py" fill "$DIR/data/site.db"
    # The application is broken on purpose: it runs as nobody.
    (cd / && exec setpriv --reuid 65534 --regid 65534 --clear-groups /usr/bin/python3 "$LAB/app.py" "$DIR/data/site.db" 8080) &
    cp -r "$LAB/static" "$DIR/static"
    sed "s|@DIR@|$DIR|g" "$LAB/nginx.conf" > "$DIR/nginx.conf"
    mkdir -p "$DIR/temporary"
    nginx -c "$DIR/nginx.conf" -g 'daemon off;' &
}

private_devices
case $ROLE in
firewall)
    log_daemon kern.log RSYSLOG_FileFormat 'module(load="imkmsg")' '$msg contains "FW-"' ;;
bastion)
    private_accounts
    log_daemon auth.log RSYSLOG_FileFormat 'module(load="imuxsock")' '$syslogfacility-text == "auth" or $syslogfacility-text == "authpriv"'
    ssh_daemon 198.51.100.22 2001:db8:100::22 ;;
web)
    private_accounts
    log_daemon auth.log RSYSLOG_TraditionalFileFormat 'module(load="imuxsock")' '$syslogfacility-text == "auth" or $syslogfacility-text == "authpriv"'
    ssh_daemon 198.51.100.10 2001:db8:100::10
    web_server ;;
esac
wait
