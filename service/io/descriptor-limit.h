/* How many descriptors the process may have open. */
#pragma once

/* Raises the soft limit to the hard one: each open component is a descriptor here and, until
 * it is handed over, another.  A limit that cannot be raised stays. */
void fram_raise_descriptor_limit (void);
