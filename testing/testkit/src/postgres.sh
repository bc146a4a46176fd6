# A PostgreSQL server that lives as long as this script's standard input is open.
# $1: the folder of its programs; $2: on or off, whether commits wait for the disk.
set -eu
folder=$(mktemp -d /tmp/ward-pg.XXXXXX)
server=
leave() {
    # Nothing in it is worth keeping: the quickest way to stop is the right one.
    [ -z "$server" ] || { kill -QUIT "$server" && wait "$server"; } || true
    rm -rf "$folder"
}
trap leave EXIT
trap 'exit 1' HUP INT TERM
cd "$folder"
"$1/initdb" -D data -A trust -U ward -E UTF8 --no-locale -N >log 2>&1 || { cat log >&2; exit 1; }
# Only a socket in the folder: no port that another could take.
"$1/postgres" -D data -k "$folder" -h '' -c "fsync=$2" -c max_connections=400 \
    </dev/null >>log 2>&1 &
server=$!
tries=0
until "$1/pg_isready" -q -h "$folder"; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] && kill -0 "$server" || { cat log >&2; exit 1; }
    sleep 0.1
done
echo "$folder"
cat >/dev/null
