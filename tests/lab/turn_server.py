"""coturn as a TURN server, with all that it can do."""

import base64
import hashlib
import hmac
import os
import time
from dataclasses import dataclass

import turn_log
from proxies import await_listener
from stun_server import PORT, REALM, StunServer

TLS_PORT, OTHER_TLS_PORT = 5349, 5350
# Where firewalls think web servers are.
WEB_PORT = 443

USER, PASSWORD = "anna", "secret"
SECRET = "shared by server and application"

# What is the matter with a certificate.
GOOD, EXPIRED, MISNAMED = "good", "expired", "misnamed"
SOMEBODY_ELSE = "192.0.2.200"


@dataclass(frozen=True)
class LongTerm:
    """A user with a password (RFC 8489 §9.2)."""

    user: str = USER
    password: str = PASSWORD

    def lines(self):
        return ["lt-cred-mech", f"user={self.user}:{self.password}"]


@dataclass(frozen=True)
class SharedSecret:
    """Passwords that expire, made from a secret that the server has too."""

    secret: str = SECRET

    def lines(self):
        return ["use-auth-secret", f"static-auth-secret={self.secret}"]

    def credential(self, user, lifetime):
        """User name and password, for so many seconds from now on."""
        name = f"{int(time.time()) + lifetime}:{user}"
        digest = hmac.new(self.secret.encode(), name.encode(), hashlib.sha1).digest()
        return name, base64.b64encode(digest).decode()


class TurnServer(StunServer):
    """`uri` is what agents are told; who may relay is said by `users`.

    `certificate`: GOOD, signed by the lab's authority; or what is the matter with it; None:
    neither TLS nor DTLS.  `lines` go into its configuration.
    """

    def __init__(self, host, *lines, users=LongTerm(), certificate=None):
        self.lines, self.users, self.certificate = lines, users, certificate
        super().__init__(host)

    def start(self):
        super().start()
        if self.certificate is not None:
            for port in (TLS_PORT, WEB_PORT):
                await_listener(self.host, self.address, port, self.process)

    def configure(self):
        own = [*self.users.lines(), *self._secure(), *self.lines, "verbose"]
        if self.address6 is not None:
            own += [f"listening-ip={self.address6}", f"relay-ip={self.address6}"]
        return self.common() + own

    def _secure(self):
        if self.certificate is None:
            return ["no-tls", "no-dtls"]
        owner = [SOMEBODY_ELSE] if self.certificate == MISNAMED else self.addresses
        certificate, key = self.host.lab.authority.issue(
            self.host.name, *owner, expired=self.certificate == EXPIRED
        )
        return [
            f"cert={certificate}", f"pkey={key}", f"tls-listening-port={TLS_PORT}",
            f"alt-tls-listening-port={OTHER_TLS_PORT}", f"aux-server={self.address}:{WEB_PORT}",
        ]

    @property
    def address6(self):
        return self.host.address6

    @property
    def uri(self):
        return f"turn:{self.address}:{PORT}"

    def uri_by(self, transport, port=None):
        """By udp, tcp, tls or dtls."""
        secure = transport in ("tls", "dtls")
        carrier = "tcp" if transport in ("tcp", "tls") else "udp"
        port = port or (TLS_PORT if secure else PORT)
        return f"{'turns' if secure else 'turn'}:{self.address}:{port}?transport={carrier}"

    @property
    def web_uri(self):
        """By TLS where web servers are."""
        return self.uri_by("tls", WEB_PORT)

    @property
    def end(self):
        return f"{self.address}:{PORT}"

    def change_password(self, user, password):
        """From now on; of somebody whom the configuration does not name."""
        self.host.run(
            ["turnadmin", "-a", "-b", os.path.join(self.folder, "turndb"), "-u", user, "-r",
             REALM, "-p", password]
        )

    def allocations(self):
        """Every turn_log.Allocation that it has made."""
        return turn_log.read_allocations(self.said())
