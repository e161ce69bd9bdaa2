"""Whether a STUN server is there: coturn opens one kind of socket after another."""

import select
import socket

# A Binding request without attributes (RFC 8489 §5), for which nobody cares but we.
REQUEST = bytes.fromhex("00010000 2112a442") + b"is it ready?"
# Milliseconds that an answer of this computer gets before it is asked again.
INTERVAL = 20


def take_answer(asking):
    """Where the next answer came from; None: from a port at which nobody listens yet."""
    try:
        _, end = asking.recvfrom(2048)
    except ConnectionRefusedError:
        return None
    return end


def answers(address, port):
    """Whether it answers by UDP, at once, and accepts connections."""
    with socket.socket() as client:
        if client.connect_ex((address, port)) != 0:
            return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        waiting = select.poll()
        waiting.register(asking, select.POLLIN)
        asking.connect((address, port))
        asking.send(REQUEST)
        return bool(waiting.poll(INTERVAL)) and take_answer(asking) is not None
