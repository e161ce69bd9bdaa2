"""coturn as a TURN server."""

from stun_server import PORT, StunServer

USER, PASSWORD = "anna", "secret"

CONFIGURATION = """
listening-ip={first}
listening-ip={second}
relay-ip={first}
listening-port={port}
alt-listening-port={other_port}
no-tls
no-dtls
fingerprint
lt-cred-mech
user=%s:%s
realm={realm}
no-cli
relay-threads=1
userdb={folder}/turndb
pidfile={folder}/pid
log-file=stdout
simple-log
{lines}
""" % (USER, PASSWORD)


class TurnServer(StunServer):
    """`uri` is what agents are told; one user may relay."""

    configuration = CONFIGURATION

    @property
    def uri(self):
        return f"turn:{self.address}:{PORT}"

    @property
    def end(self):
        return f"{self.address}:{PORT}"
