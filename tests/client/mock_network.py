"""What the mock's inspector answers: a host with three addresses, and two past sessions."""

NETWORK_TYPE = ("(sxxxa(ssassbxssssssssssxxxxssa(sss))a(sssxuuxxb)a(uusssssuxxx)"
                "a(ssssxx))")
HISTORY_TYPE = "(a(xssxxsssxtt))"

CALLS = [("open", "open internet", "direct"), ("symmetric", "symmetric NAT", "relay")]

WLAN = (
    "wlan0", "192.168.1.7", ["temporary", "tunnel"], "used", False, 90_000_000,
    "port-restricted-cone", "port-restricted cone NAT", "yes", "yes", "yes",
    "endpoint-independent", "address-and-port-dependent", "no", "yes", "198.51.100.7:40000",
    12_500, 25_000_000, 30_000_000, 20_000_000, "direct-unless-symmetric",
    "A direct connection is to be expected, unless the other side is behind a symmetric NAT; "
    "then a relay (TURN server) is needed.", CALLS,
)
UNKNOWN = ("unknown",) * 9 + ("", -1, -1, -1, 15_000_000, "unknown", "Too little is known.")
IPV6 = ("wlan0", "2001:db8::7", [], "used", True, -1, *UNKNOWN, CALLS)
LO = ("lo", "127.0.0.1", ["loopback"], "loopback", False, -1, *UNKNOWN, [])

SERVERS = [
    ("stun:stun.example.org", "203.0.113.1:3478", "udp", 12_500, 3, 1, 2_000_000, 9_000_000,
     True),
    ("stun:stun.example.org", "203.0.113.1:3478", "tcp", -1, 0, 1, -1, 1_000_000, False),
    ("stun:nowhere.example", "", "udp", -1, 0, 2, -1, 1_000_000, False),
    ("turn:turn.example.org", "203.0.113.9:3478", "udp", 20_000, 1, 0, 1_000_000, -1, True),
]
RELAYED = "203.0.113.9:49160 relay udp -> 198.51.100.2:9 srflx udp"
MAPPINGS = [(5, 2, "wlan0", "192.168.1.7:50000", "203.0.113.1:3478", "198.51.100.7:40000",
             "known", 3, 20_000_000, 7_000_000, 60_000_000)]
DEAF = [("wlan0", "ipv6", "", "tls", 500_000_000, 100_000_000)]

DAY = 24 * 3600 * 1_000_000
NETWORK = ("wlan0, 192.168.1.0/24", 60_000_000, 3 * DAY, DAY, [WLAN, IPV6, LO], SERVERS,
           MAPPINGS, DEAF)
# A computer that is told of nothing.
NOTHING = ("", -1, -1, -1, [LO], [], [], [])

HISTORY = [
    (7, "game", "with Bert", 1_700_000_000, 1_700_007_500, "completed",
     "closed-by-application", "host to srflx over UDP", 1250, 4_500_000, 800),
    (4, "chat", "", 1_699_990_000, 1_699_990_040, "failed", "no-pair-succeeded", "", -1, 0, 0),
]
