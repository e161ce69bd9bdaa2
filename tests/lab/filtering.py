"""What a router lets through, apart from what its NAT does: the rules of a firewall."""

from dataclasses import dataclass

UDP = "udp"
ALL_BUT_WEB = "all-but-web"

# What a network may forbid its hosts, as rules for what they send.
FORBIDDEN = {
    None: [],
    UDP: ["meta l4proto udp drop"],
    # Only TCP, and that only to where web servers are.
    ALL_BUT_WEB: [
        "iifname lan0 oifname wan0 tcp dport { 80, 443 } accept",
        "iifname lan0 oifname wan0 drop",
    ],
}

# Neighbour discovery, without which there is no IPv6, and echo.
ICMP6 = (
    "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, echo-request,"
    " echo-reply } accept"
)


@dataclass(frozen=True)
class Firewall:
    """`forbidden`: what inner hosts may not send; `only`: the address of the one that may send
    at all, or None; `stateful`: nothing comes in but what an inner host asked for, where no
    translation sees to that."""

    forbidden: str = None
    only: str = None
    stateful_ipv4: bool = False
    stateful_ipv6: bool = True

    def __post_init__(self):
        if self.forbidden not in FORBIDDEN:
            raise ValueError(f"Nobody forbids “{self.forbidden}”; choose of {list(FORBIDDEN)}")


def rules(firewall):
    """The rules for the interfaces wan0 and lan0.

    What is not wanted vanishes without a word.  What is meant for the router itself does so
    before the kernel notes the flow: the note would be in the way of the same flow when an
    inner host begins it.
    """
    forward = ["ct state established,related accept"]
    forward = FORBIDDEN[firewall.forbidden] + forward
    if firewall.only is not None:
        out = "iifname lan0 oifname wan0"
        forward = [f"{out} ip saddr != {firewall.only} drop", f"{out} meta nfproto ipv6 drop",
                   *forward]
    if firewall.stateful_ipv4:
        forward.append("meta nfproto ipv4 iifname wan0 drop")
    if firewall.stateful_ipv6:
        forward.append("meta nfproto ipv6 iifname wan0 drop")
    lines = "".join(f"    {line}\n" for line in forward)
    return (
        "table inet lab_firewall\n"
        "delete table inet lab_firewall\n"
        "table inet lab_firewall {\n"
        "  chain forward {\n"
        "    type filter hook forward priority 0; policy accept;\n"
        f"{lines}"
        "  }\n"
        "  chain input {\n"
        "    type filter hook input priority 0; policy drop;\n"
        "    iifname lo accept\n"
        "    icmp type echo-request accept\n"
        f"    {ICMP6}\n"
        "    ct state established,related accept\n"
        "  }\n"
        "}\n"
    )
