/* A DNS server on 127.0.0.1:53 of a namespace, and the system's resolver asking it alone. */
#pragma once

#include <glib.h>

typedef struct
{
  const char *name;
  const char *ipv4;   /* an A record; or */
  const char *target; /* an SRV record of this host */
  guint16 port;
} NameServerRecord;

/* Before the process has other threads, and in a namespace of its own.  `records` ends with
 * a NULL name, and is there for as long as the process is, as the server is. */
void name_server_start (const NameServerRecord *records);
