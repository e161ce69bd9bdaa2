"""Proxies, which for the hosts of some networks are the only way out."""

import os
import socket
import time

from namespace import Refused

HTTP_PORT, SOCKS_PORT = 8888, 1080

# Seconds for one to listen.
PATIENCE = 10

TINYPROXY = """
Listen {address}
Port {port}
Timeout 3600
MaxClients 200
LogFile "{log}"
LogLevel Connect
PidFile "{folder}/pid"
"""


class Proxy:
    """`uri` is what settings say of it; `log` is the path of what it says, which names
    everybody to whom it was asked to connect."""

    scheme = port = None

    def __init__(self, host):
        self.host = host
        self.folder = os.path.join(host.lab.folder, host.name)
        os.mkdir(self.folder)
        self.log = os.path.join(self.folder, "log")
        with open(self.log, "wb") as log:
            self.process = host.popen(self.command(), stdin=log, stdout=log, stderr=log)
        await_listener(host, host.address, self.port, self.process)

    @property
    def uri(self):
        return f"{self.scheme}://{self.host.address}:{self.port}"

    def command(self):
        raise NotImplementedError

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()


class HttpProxy(Proxy):
    """tinyproxy, which connects to any port (RFC 9110 §9.3.6)."""

    scheme, port = "http", HTTP_PORT

    def command(self):
        configuration = os.path.join(self.folder, "tinyproxy.conf")
        with open(configuration, "w", encoding="ascii") as file:
            file.write(TINYPROXY.format(
                address=self.host.address, port=self.port, log=self.log, folder=self.folder
            ))
        return ["tinyproxy", "-d", "-c", configuration]


class SocksProxy(Proxy):
    """microsocks (RFC 1928)."""

    scheme, port = "socks5", SOCKS_PORT

    def command(self):
        return ["microsocks", "-i", str(self.host.address), "-p", str(self.port)]


def by_environment(proxy):
    """What tells a program where there is no desktop: a function of its environment."""

    def prepare(environment):
        environment["http_proxy"] = environment["https_proxy"] = proxy.uri

    return prepare


def by_desktop(proxy):
    """The settings of GNOME, for programs that it starts; likewise."""

    def prepare(environment):
        folder = os.path.join(environment["HOME"], ".config", "glib-2.0", "settings")
        os.makedirs(folder)
        kind = "https" if isinstance(proxy, HttpProxy) else "socks"
        with open(os.path.join(folder, "keyfile"), "w", encoding="ascii") as file:
            file.write(
                f"[system/proxy]\nmode='manual'\n[system/proxy/{kind}]\n"
                f"host='{proxy.host.address}'\nport={proxy.port}\n"
            )
        environment["GSETTINGS_BACKEND"] = "keyfile"
        environment["XDG_CURRENT_DESKTOP"] = "GNOME"

    return prepare


KINDS = {"http": HttpProxy, "socks5": SocksProxy}


def of_host(host):
    """The proxy of the network that the host is in; None: there is none."""
    return getattr(host.interface.behind, "proxy", None)


def settings_of(host):
    """What tells a program on the host of the proxy that it has to use, if there is one."""
    proxy = of_host(host)
    return None if proxy is None else by_environment(proxy)


def await_listener(host, address, port, process):
    """Waits until a program accepts connections there."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with host, socket.socket(
            socket.AF_INET6 if ":" in str(address) else socket.AF_INET, socket.SOCK_STREAM
        ) as asking:
            if asking.connect_ex((str(address), port)) == 0:
                return
    raise Refused(f"{process.args[0]} of {host.name} does not listen at {address} port {port}")
