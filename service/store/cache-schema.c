#include "store/cache-schema.h"

#include "store/cache.h"

/* Times are seconds since 1970 in UTC.  NULL is never, or not known.  Words rather than
 * numbers stand for what is an enumeration in the program, so that it may grow in any place. */
static const char version_1[] = //
    "CREATE TABLE networks ("
    "  id INTEGER PRIMARY KEY,"
    "  key TEXT NOT NULL UNIQUE," /* fram_network_key() */
    "  name TEXT NOT NULL,"
    "  first_seen INTEGER NOT NULL,"
    "  last_seen INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX networks_by_last_seen ON networks (last_seen);"

    "CREATE TABLE servers ("
    "  network INTEGER NOT NULL REFERENCES networks ON DELETE CASCADE,"
    "  uri TEXT NOT NULL,"
    "  address TEXT NOT NULL," /* with the port; '': the name has none */
    "  transport TEXT NOT NULL,"
    "  rtt INTEGER," /* microseconds, smoothed */
    "  successes INTEGER NOT NULL,"
    "  failures INTEGER NOT NULL,"
    "  last_success INTEGER,"
    "  last_failure INTEGER,"
    "  PRIMARY KEY (network, uri, address, transport)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE deaf ("
    "  network INTEGER NOT NULL REFERENCES networks ON DELETE CASCADE,"
    "  interface TEXT NOT NULL,"
    "  uri TEXT NOT NULL," /* '': all servers */
    "  family INTEGER NOT NULL,"
    "  transport TEXT NOT NULL,"
    "  since INTEGER NOT NULL,"
    "  confirmed INTEGER NOT NULL,"
    "  PRIMARY KEY (network, interface, uri, family, transport)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE nats ("
    "  network INTEGER NOT NULL REFERENCES networks ON DELETE CASCADE,"
    "  interface TEXT NOT NULL,"
    "  family INTEGER NOT NULL,"
    "  translated TEXT NOT NULL,"
    "  keeps_port TEXT NOT NULL,"
    "  mapping TEXT NOT NULL,"
    "  filtering TEXT NOT NULL,"
    "  hairpin TEXT NOT NULL,"
    "  found INTEGER NOT NULL,"
    "  PRIMARY KEY (network, interface, family)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE lifetimes ("
    "  network INTEGER NOT NULL REFERENCES networks ON DELETE CASCADE,"
    "  interface TEXT NOT NULL,"
    "  family INTEGER NOT NULL,"
    "  alive INTEGER NOT NULL," /* milliseconds */
    "  dead INTEGER,"           /* milliseconds */
    "  found INTEGER NOT NULL,"
    "  PRIMARY KEY (network, interface, family)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE sessions ("
    "  id INTEGER PRIMARY KEY,"
    "  started INTEGER NOT NULL,"
    "  ended INTEGER NOT NULL,"
    "  application TEXT NOT NULL,"
    "  label TEXT NOT NULL,"
    "  state TEXT NOT NULL,"
    "  cause TEXT NOT NULL,"
    "  path TEXT NOT NULL,"
    "  rtt INTEGER,"              /* microseconds */
    "  sent INTEGER NOT NULL,"    /* bytes */
    "  received INTEGER NOT NULL" /* bytes */
    ") STRICT;"
    "CREATE INDEX sessions_by_ended ON sessions (ended);";

static const char *const steps[] = { version_1 };

const FramSchema fram_cache_schema = {
  .steps = steps,
  .n_steps = G_N_ELEMENTS (steps),
  .expendable = TRUE,
  .max_bytes = FRAM_CACHE_MAX_BYTES,
};
