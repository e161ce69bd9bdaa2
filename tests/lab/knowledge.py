"""What framd knows of a network from earlier times."""

import os
import subprocess

# The bridge of every router has it.
GATEWAY = "02:00:00:00:00:01"


def of_network(router, *facts, interface="eth0"):
    """Writes that into the cache of a framd that does not run yet: a function of its
    environment.  `facts` are options of `remember`, and of what is before the interface."""
    network = router.pool.network

    def prepare(environment):
        words = [GATEWAY, str(network.network_address), str(network.prefixlen), interface]
        subprocess.run(
            [os.environ["REMEMBER"], *words, *facts], env=environment, check=True
        )

    return prepare


def lifetime(seconds):
    """A mapping that nobody uses lives so long, and a tenth more at most."""
    return [f"--alive={round(1000 * seconds)}", f"--dead={round(1100 * seconds)}"]
