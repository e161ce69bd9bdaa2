/* Where the two ends of a path are: on one host, or on two, which are network namespaces.  Sockets
 * belong to the one in which they were made, whoever uses them. */
#pragma once

#include <glib.h>

typedef struct
{
  const char *addresses[2]; /* of the sender, of the receiver */
  const char *way;          /* how they call the kernel */
  guint n_sessions;         /* at either port, if ports are shared */
} Places;

/* Reads "ADDRESS [WAY]" and the options of the places; `name` is the program's.
 * What it gives is valid until the program ends. */
Places places_parse (const char *name, int argc, char **argv);
/* What is made until places_leave() is on the receiver's host. */
void places_enter_other (void);
void places_leave (void);
