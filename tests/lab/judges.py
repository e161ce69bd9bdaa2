"""What programs that others wrote say about a NAT: coturn's and stun-client's."""

import re
import subprocess

from translation import ADDRESS, ADDRESS_AND_PORT, ENDPOINT

# Seconds; they wait for many an answer that a NAT withholds.
PATIENCE = 60
# Two answers come at once; then turnutils_stunclient waits for ever for one that does not
# reach any mapping.
FIRST_ANSWER = 1

NATDISCOVERY = {
    "Endpoint Independent": ENDPOINT,
    "Address Dependent": ADDRESS,
    "Address and Port Dependent": ADDRESS_AND_PORT,
}


def natdiscovery_mapping(host, server):
    """RFC 5780 §4.3, by coturn's turnutils_natdiscovery."""
    return _natdiscovery(host, server, "-m", "Mapping")


def natdiscovery_filtering(host, server):
    """RFC 5780 §4.4, by coturn's turnutils_natdiscovery."""
    return _natdiscovery(host, server, "-f", "Filtering")


def _natdiscovery(host, server, option, what):
    said = host.run(
        ["turnutils_natdiscovery", option, str(server.address)], patience=PATIENCE
    ).stdout
    found = re.findall(rf"NAT with (.*) {what}!", said)
    if len(found) != 1:
        raise AssertionError(f"turnutils_natdiscovery did not come to a verdict:\n{said}")
    return NATDISCOVERY[found[0]]


def natdiscovery_hairpin(host, server):
    """Whether a request to its own outer address comes back, by turnutils_natdiscovery."""
    said = host.run(
        ["turnutils_natdiscovery", "-H", str(server.address)], patience=PATIENCE
    ).stdout
    return "successful hairpinning" in said


def stun_words(host, server):
    """The verdict of the program `stun`, which speaks RFC 3489, as its set of words."""
    said = host.run(["stun", str(server.address)], patience=PATIENCE).stdout
    found = re.search(r"^Primary: (.*)$", said, re.MULTILINE)
    if found is None:
        raise AssertionError(f"stun did not come to a verdict:\n{said}")
    return {word.strip() for word in found[1].split(",")}


def stunclient_address(host, server):
    """The outer address as turnutils_stunclient sees it."""
    try:
        said = host.run(
            ["turnutils_stunclient", str(server.address)], patience=FIRST_ANSWER
        ).stdout
    except subprocess.TimeoutExpired as error:
        said = error.output
    found = re.search(r"UDP reflexive addr: ([0-9.]+):\d+", said)
    if found is None:
        raise AssertionError(f"turnutils_stunclient got no answer:\n{said}")
    return found[1]
