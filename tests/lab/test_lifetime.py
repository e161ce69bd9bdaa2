#!/usr/bin/python3
"""framd finds out how long a NAT keeps mappings, and then keeps its own, and no more often
than it has to."""

import cases
import lifetimes
from processes import Stage

# Seconds that a mapping lives: a little more than the first rest of a measurement.
LIFETIME = 6
# Of the measurement, before which a mapping of so short a life is lost; of the time until the
# next keep-alive; and of that in which nothing may be lost any more.
PATIENCE, SETTLING, KEPT = 90, 8, 20


class Lifetime(cases.LabCase):
    def test_found_and_kept(self):
        server = self.lab.stun_server()
        with Stage() as stage:
            keeper = lifetimes.Keeper(self.lab, stage, server, LIFETIME)
            found = lifetimes.watch(stage, [keeper], PATIENCE, until=lifetimes.all_found)
            lives, dies = keeper.found
            print(f"It lives {lives:.1f} to {dies:.1f} s, found after {keeper.took} s")
            self.assertTrue(found)
            # The clock of the kernel's mappings goes by seconds.
            self.assertLessEqual(lives, LIFETIME + 1)
            self.assertGreaterEqual(dies, LIFETIME)
            self.assertLess(keeper.keepalive, LIFETIME)
            lifetimes.watch(stage, [keeper], SETTLING)
            n_lost = keeper.n_lost
            lifetimes.watch(stage, [keeper], KEPT)
            self.assertEqual(keeper.n_lost, n_lost, keeper.mapped)


if __name__ == "__main__":
    cases.main()
