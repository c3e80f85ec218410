# Sourced by tests that tell the conformance table what they have found, see table.py. Their
# programs append lines to the file that COSIO_CONFORMANCE_RECORD names. It becomes a record once all
# has passed, if there is a folder for records: COSIO_CONFORMANCE_FOLDER.

# record_begin PEER: from here on there is no record of an earlier run.
record_begin() {
    record_file=${COSIO_CONFORMANCE_FOLDER:+$COSIO_CONFORMANCE_FOLDER/$1}
    [[ -z $record_file ]] || { mkdir -p "$COSIO_CONFORMANCE_FOLDER" && rm -f "$record_file"; }
}

# record_leave_out REASON: the table does without this peer, and says so.
record_leave_out() {
    echo "SKIPPED: $1"
    [[ -z $record_file ]] || echo "skipped|$1" >"$record_file"
}

# record_skip REASON: ends the test as skipped.
record_skip() {
    record_leave_out "$1"
    exit 77
}

# record_end VERSION: of the peer.
record_end() {
    echo "version|$1" >>"$COSIO_CONFORMANCE_RECORD"
    [[ -z $record_file ]] || cp "$COSIO_CONFORMANCE_RECORD" "$record_file"
}
