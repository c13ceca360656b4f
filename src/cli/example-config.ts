// The commented configuration that `init` writes: the parts of product.md section 5 that people set, every line of it a default
// and commented out, so that the file as written is valid and changes nothing.

/** Text of a new peerwatch.yaml. */
export const EXAMPLE_CONFIG = `# peerwatch configuration. Every key has a default, shown here; take the "#" away to change one.
# "peerwatch check-config" validates this file; SIGHUP makes a running daemon read it again.
# The registry (providers, connections, prefixes) is not here: see "peerwatch apply" and "peerwatch export".

# http:
#   listen: 127.0.0.1:9599          # metrics, health, API; elsewhere needs a token

# database:
#   maxBytes: 2147483648            # beyond it the oldest events go first

# sources:
#   spool:
#     directory: spool              # default: $STATE_DIRECTORY/spool; one sub-folder per collector allowed
#     collector: default            # for files whose name and folders tell none
#     onDone: keep                  # keep, delete, or move

# retention:                        # days
#   incidents: 400
#   evidence: 90
#   events: 90

# metrics:
#   watch: []                       # prefixes that get series of their own, at most 200

# log:
#   level: info
`;
