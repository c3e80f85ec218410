# Sourced by run.sh: a Ceph cluster of one monitor, one OSD and one RADOS Gateway, as one's own user, on
# loopback and in memory, for as long as a test takes.

cluster_programs=(ceph-mon monmaptool ceph-osd ceph radosgw-admin radosgw openssl curl)

# cluster_say_failure WHAT LOG...: the reason, and the ends of the logs.
cluster_say_failure() {
    echo "FAILED: $1"
    shift
    local log
    for log in "$@"; do
        [[ ! -s $log ]] || { echo "-- $log" && tail -n 12 "$log" | cut -c1-300; }
    done
    return 1
}

# cluster_free_port: one that nobody listens on now.
cluster_free_port() {
    local port
    for ((;;)); do
        port=$((20000 + RANDOM % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

# cluster_certificate FOLDER NAME: an authority, ca.pem, and what it vouches for, server.pem.
cluster_certificate() {
    local folder=$1 name=$2
    printf '%s\n' basicConstraints=critical,CA:FALSE extendedKeyUsage=serverAuth \
        "subjectAltName=DNS:$name,DNS:*.$name,IP:127.0.0.1" >"$folder/extensions"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
        -subj "/CN=authority of a test" -keyout "$folder/ca.key" -out "$folder/ca.pem" \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$name" \
        -keyout "$folder/server.key" -out "$folder/server.csr"
    openssl x509 -req -in "$folder/server.csr" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" \
        -CAcreateserial -days 2 -extfile "$folder/extensions" -out "$folder/server.pem"
}

# cluster_configuration FOLDER: ceph.conf. No authentication within; `crc` for the monitor, as
# `secure`, which radosgw asks for, needs it. A proposal each 20 ms makes pools in a second instead of
# twelve. Beast leaves Nagle's algorithm on if not told otherwise: 45 ms a request.
cluster_configuration() {
    local folder=$1
    cat >"$folder/ceph.conf" <<END
[global]
fsid = $cluster_id
mon host = [v2:127.0.0.1:$cluster_monitor_port]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr1 = false
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
run dir = $folder
admin socket = $folder/\$name.asok
crash dir = $folder
log file = $folder/\$name.log
mon cluster log file = $folder/cluster.log
log to stderr = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
paxos propose interval = 0.02
paxos min wait = 0.01
[mon]
mon data = $folder/mon
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail crit = 1
mon data avail warn = 2
[osd]
osd data = $folder/osd
osd objectstore = memstore
osd crush initial weight = 1
osd class update on start = false
memstore device bytes = 1073741824
[client]
rgw rados pool pg num min = 4
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$cluster_http_port ssl_endpoint=127.0.0.1:$cluster_https_port ssl_certificate=$folder/server.pem ssl_private_key=$folder/server.key tcp_nodelay=1
rgw dns name = $cluster_name
rgw thread pool size = 16
rgw crypt require ssl = true
rgw crypt s3 kms backend = testing
rgw crypt s3 kms encryption keys = key-one=$(printf 'the first key, 32 bytes of text.' | base64) key-two=$(printf 'the second key, also of 32 bytes' | base64)
END
}

# cluster_until SECONDS PID COMMAND...: waits for success; fails when the process ends before.
cluster_until() {
    local end=$((SECONDS + $1)) process=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        kill -0 "$process" 2>/dev/null || return 1
        ((SECONDS < end)) || return 1
        sleep 0.2
    done
}

cluster_osd_is_up() {
    timeout 20 ceph -c "$1/ceph.conf" osd stat | grep -q '1 up.* 1 in'
}
cluster_gateway_answers() {
    curl -s -o /dev/null --noproxy '*' --max-time 5 "http://127.0.0.1:$cluster_http_port/" &&
        curl -s -o /dev/null --noproxy '*' --max-time 5 --cacert "$1/ca.pem" \
            "https://127.0.0.1:$cluster_https_port/"
}

# cluster_start FOLDER: sets cluster_* and starts it; with cluster_stop, whatever came of it, it ends.
cluster_start() {
    local folder=$1
    local conf=(-c "$folder/ceph.conf")
    cluster_processes=()
    cluster_name=s3.localhost
    cluster_access_key=TESTACCESSKEY0000001
    cluster_secret_key=test/secret+key/of/a/throw-away/cluster
    cluster_id=$(cat /proc/sys/kernel/random/uuid)
    cluster_monitor_port=$(cluster_free_port)
    cluster_http_port=$(cluster_free_port)
    cluster_https_port=$(cluster_free_port)
    mkdir "$folder/mon" "$folder/osd"
    cluster_certificate "$folder" "$cluster_name" >"$folder/openssl.log" 2>&1 ||
        cluster_say_failure "the certificate" "$folder/openssl.log" || return 1
    cluster_configuration "$folder"

    { monmaptool --create --fsid "$cluster_id" \
        --addv a "[v2:127.0.0.1:$cluster_monitor_port]" "$folder/monmap" &&
        ceph-mon "${conf[@]}" -i a --mkfs --monmap "$folder/monmap"; } >"$folder/mon.out" 2>&1 ||
        cluster_say_failure "making the monitor" "$folder/mon.out" || return 1
    ceph-mon "${conf[@]}" -i a -f >>"$folder/mon.out" 2>&1 &
    cluster_processes+=($!)
    cluster_until 60 $! timeout 20 ceph "${conf[@]}" mon stat ||
        cluster_say_failure "the monitor" "$folder/mon.out" "$folder/mon.a.log" || return 1

    local osd_id
    osd_id=$(cat /proc/sys/kernel/random/uuid)
    { timeout 20 ceph "${conf[@]}" osd new "$osd_id" 0 &&
        ceph-osd "${conf[@]}" -i 0 --mkfs --osd-uuid "$osd_id" --no-mon-config; } \
        >"$folder/osd.out" 2>&1 ||
        cluster_say_failure "making the OSD" "$folder/osd.out" || return 1
    ceph-osd "${conf[@]}" -i 0 -f --no-mon-config >>"$folder/osd.out" 2>&1 &
    cluster_processes+=($!)
    cluster_until 60 $! cluster_osd_is_up "$folder" ||
        cluster_say_failure "the OSD" "$folder/osd.out" "$folder/osd.0.log" || return 1

    timeout 90 radosgw-admin "${conf[@]}" -n client.rgw --no-mon-config user create --uid=tester \
        --display-name=tester --access-key="$cluster_access_key" \
        --secret-key="$cluster_secret_key" >"$folder/user.out" 2>&1 ||
        cluster_say_failure "making the user" "$folder/user.out" || return 1
    radosgw "${conf[@]}" -n client.rgw -f --no-mon-config >"$folder/gateway.out" 2>&1 &
    cluster_processes+=($!)
    cluster_until 90 $! cluster_gateway_answers "$folder" ||
        cluster_say_failure "the gateway" "$folder/gateway.out" "$folder/client.rgw.log" || return 1
}

# cluster_stop: ends what cluster_start has started, the gateway first.
cluster_stop() {
    local i process
    for ((i = ${#cluster_processes[@]} - 1; i >= 0; --i)); do
        process=${cluster_processes[i]}
        kill "$process" 2>/dev/null || continue
        for ((tries = 0; tries != 50; ++tries)); do
            kill -0 "$process" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL "$process" 2>/dev/null || true
    done
    wait 2>/dev/null || true
}
